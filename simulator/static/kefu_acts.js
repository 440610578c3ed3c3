// What customers and members do in 微信客服, and what stands behind a customer's plus.

import { call } from "./api.js";
import { chooseFile } from "./composer.js";
import { ask } from "./dom.js";

/** An act of a customer at an account. */
export const customerAct = (id, account, name, data = {}) =>
  call("POST", `kefu/customers/${encodeURIComponent(id)}/${name}`, data instanceof FormData ? data : { account, ...data });

/** An act of a member in the reception. */
export const servicerAct = (userid, account, name, data = {}) =>
  call("POST", `kefu/servicers/${encodeURIComponent(userid)}/${name}`, { account, ...data });

/** [icon, label, action] of everything that can be sent. */
export function customerThings(id, account) {
  const send = (name, data) => customerAct(id, account, name, data);
  return [
    ["image", "照片", () => chooseFile("image/*", (form) => send("image", form))],
    ["camera", "拍摄", () => send("image")],
    ["mic", "语音", () => send("voice")],
    ["film", "视频", () => send("video")],
    ["pin", "位置", () => place(send)],
    ["file", "文件", () => send("file")],
    ["chain", "链接", () => share(send)],
    ["mini", "小程序", () => mini(send)],
  ];
}

async function place(send) {
  const values = await ask("发送位置", [
    { name: "name", label: "地点", value: "文三路 90 号" },
    { name: "address", label: "地址", value: "杭州市西湖区文三路 90 号" },
    { name: "latitude", label: "纬度", type: "number", value: "30.2741" },
    { name: "longitude", label: "经度", type: "number", value: "120.1551" },
  ]);
  if (values) send("location", { ...values, latitude: Number(values.latitude), longitude: Number(values.longitude) });
}

async function share(send) {
  const values = await ask("分享链接", [
    { name: "title", label: "标题", value: "这款还有货吗？" },
    { name: "desc", label: "说明", value: "海南妃子笑荔枝 5 斤装" },
    { name: "url", label: "网址", value: "https://shop.example.com/item/1001" },
  ]);
  if (values) send("link", values);
}

async function mini(send) {
  const values = await ask("分享小程序", [
    { name: "title", label: "标题", value: "海南妃子笑荔枝 5 斤装" },
    { name: "pagepath", label: "页面", value: "pages/item/1001.html" },
  ]);
  if (values) send("miniprogram", { ...values, appid: "wx00000000000000" });
}
