// The bodies of 微信客服's messages, as both phones show them.

import { h } from "./dom.js";
import { bubble, fileCard, linkCard, mediaUrl, miniCard, photo, placeCard, richText, safe, videoCard, voiceCard } from "./pieces.js";

/** The body of a line; `deeds.click(id)` presses an item of a menu and is missing where it cannot be pressed. */
export function kefuBody(line, deeds = {}) {
  const draw = DRAWERS[line.kind];
  return draw ? draw(line.content, deeds, line) : bubble(`［${line.kind}］`);
}

/** What a list of chats shows of a line. */
export function kefuSummary(line) {
  if (!line) return "";
  if (line.recalled) return "撤回了一条消息";
  return line.kind === "text" ? line.content.content : (WORDS[line.kind] ?? `[${line.kind}]`);
}

const WORDS = {
  image: "[图片]",
  voice: "[语音]",
  video: "[视频]",
  file: "[文件]",
  location: "[位置]",
  link: "[链接]",
  miniprogram: "[小程序]",
  msgmenu: "[菜单]",
  business_card: "[名片]",
};

function menu(content, deeds) {
  return bubble(
    content.head_content ? h("p", {}, content.head_content) : null,
    h("ul", { class: "choices" }, ...(content.list ?? []).map((item) => h("li", {}, menuItem(item, deeds)))),
    content.tail_content ? h("p", { class: "tail" }, content.tail_content) : null,
  );
}

function menuItem(item, deeds) {
  const part = item[item.type] ?? {};
  if (item.type === "click") {
    if (!deeds.click) return h("span", { class: "inline-link" }, part.content);
    return h("button", { type: "button", class: "inline-link", onclick: () => deeds.click(part.id) }, part.content);
  }
  if (item.type === "view") {
    return h("a", { class: "inline-link", href: safe(part.url), target: "_blank", rel: "noopener noreferrer" }, part.content);
  }
  if (item.type === "miniprogram") return h("span", { class: "inline-link" }, `${part.content}（小程序）`);
  return h("span", {}, part.content ?? "");
}

const DRAWERS = {
  text: (content, _, line) => bubble(...(line.direction === "said" ? [content.content] : richText(String(content.content ?? "")))),
  image: (content) => photo(content.media_id),
  voice: () => voiceCard(),
  video: () => videoCard(),
  file: () => fileCard("文件.pdf", "点开在手机里看"),
  location: (content) => placeCard(content.name, content.address || `${content.latitude}, ${content.longitude}`),
  link: (content) =>
    linkCard({
      title: content.title,
      description: content.desc,
      url: content.url,
      thumb: content.thumb_media_id ? mediaUrl(content.thumb_media_id) : safe(content.pic_url),
    }),
  miniprogram: (content) =>
    miniCard({ title: content.title, page: content.pagepath, thumb: content.thumb_media_id ? mediaUrl(content.thumb_media_id) : null }),
  msgmenu: menu,
  business_card: (content) => fileCard(content.userid || "企业微信名片", "企业微信名片"),
  ca_link: (content) => linkCard({ title: "获客链接", url: content.link_url, foot: "企业微信" }),
  channels_shop_product: (content) => fileCard(content.title || "视频号商品", content.shop_nickname || "视频号小店"),
  channels_shop_order: (content) => fileCard(content.product_titles || "视频号订单", content.order_id || "视频号小店"),
  merged_msg: (content) => fileCard(content.title || "聊天记录", "合并转发的聊天记录"),
};
