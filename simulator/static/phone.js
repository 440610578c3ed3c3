// The phone of one shopper, showing the chat with the 公众号.

import { act, call } from "./api.js";
import { lineElement } from "./bubbles.js";
import { chooseFile, Composer } from "./composer.js";
import { ask, h, iconButton } from "./dom.js";
import { Frame } from "./frame.js";
import { MenuBar } from "./menu_bar.js";
import { Thread } from "./thread.js";

const SAMPLES = ["几点发货？", "我的订单到哪了", "可以退货吗", "有优惠券吗", "转人工"];
const TYPING_MS = 15_000;

export class Phone {
  /** `world` has account {name}, menu, now(); `bus` the log; `onClose(phone)` takes the phone away. */
  constructor(person, { world, bus, onClose }) {
    this.person = person;
    this.world = world;
    this.last = 0;
    this.frame = new Frame({ names: { "data-shopper": person.id } });
    this.element = this.frame.element;
    this.thread = new Thread(world.now);
    this.composer = new Composer({
      say: (words) => this.say(words),
      things: () => this.things(),
      chips: SAMPLES,
      onGrow: () => this.thread.settle(),
    });
    this.composer.lead.append(iconButton("voice", "发语音", () => this.voice()));
    this.menu = new MenuBar(this.composer, (button) => this.choose(button));
    this.title = h("h2", { class: "phone-title" });
    this.frame.phone.append(
      h(
        "div",
        { class: "nav" },
        iconButton("back", "收起这部手机", () => onClose(this)),
        this.title,
        iconButton("person", "公众号资料", () => this.profile()),
      ),
      this.thread.element,
      this.composer.element,
    );
    this.frame.phone.addEventListener("click", (event) => {
      if (!event.target.closest(".submenu, .menu-button")) this.menu.closePopup();
    });
    this.stop = [
      bus.on(["said", "heard"], (entry) => entry.shopper === person.id && this.add([entry.line])),
      bus.on(["typing"], (entry) => entry.shopper === person.id && this.typing(entry.on)),
      bus.on(["menu"], (entry) => this.menu.show(entry.menu)),
    ];
    this.menu.show(world.menu);
    this.update(person);
    this.tick();
  }

  /** Fetch what was said before. */
  async load() {
    const answer = await call("GET", `shoppers/${encodeURIComponent(this.person.id)}/transcript`);
    if (!answer) return;
    this.update({ ...this.person, ...answer.shopper });
    this.add(answer.lines);
  }

  close() {
    clearTimeout(this.typingTimer);
    this.stop.forEach((stop) => stop());
    this.element.remove();
  }

  /** The shopper's data have changed. */
  update(person) {
    this.person = person;
    this.frame.name(person.nickname, `${person.nickname}的手机`);
    this.typing(person.typing);
    this.drawBar();
  }

  /** Whether the account shows that it is writing. */
  typing(on) {
    clearTimeout(this.typingTimer);
    if (on) this.typingTimer = setTimeout(() => this.typing(false), TYPING_MS);
    this.title.textContent = on ? "对方正在输入…" : this.world.account.name;
  }

  /** Append lines that are not shown yet. */
  add(lines) {
    const names = { shopper: this.person.nickname, key: this.person.id, account: this.world.account.name };
    const deeds = { say: (words, menuId) => this.say(words, menuId) };
    for (const line of lines) {
      if (line.number <= this.last) continue;
      this.last = line.number;
      const mine = line.direction === "said";
      this.thread.put({ key: line.number, at: new Date(line.at), mine, draw: () => lineElement(line, names, deeds) });
      if (!mine) this.typing(false);
      if (line.content.event === "subscribe") this.person.following = true;
      if (line.content.event === "unsubscribe") this.person.following = false;
      if (line.kind === "event") this.drawBar();
    }
  }

  settle() {
    this.thread.stick = true;
    this.thread.settle();
  }

  /** Show the platform's time. */
  tick() {
    this.frame.tick(this.world.now());
  }

  say(words, menuId) {
    const data = menuId === undefined ? { text: words } : { text: words, menu_id: menuId };
    return act(this.person.id, "say", data);
  }

  drawBar() {
    if (this.person.following === this.joined) return;
    this.joined = this.person.following;
    if (this.joined) this.composer.close();
    else {
      this.menu.toggle(false, false);
      this.composer.close(
        h("button", { type: "button", class: "join-button", onclick: () => act(this.person.id, "follow") }, "关注公众号"),
      );
    }
  }

  choose(button) {
    if (button.type === "view") act(this.person.id, "view", { url: button.url, name: button.name });
    else if (button.key) act(this.person.id, "click", { key: button.key, name: button.name });
  }

  things() {
    const id = this.person.id;
    return [
      ["image", "照片", () => chooseFile("image/*", (form) => act(id, "image", form))],
      ["camera", "拍摄", () => act(id, "image")],
      ["mic", "语音", () => this.voice()],
      ["film", "视频", () => act(id, "video")],
      ["pin", "位置", () => this.place()],
      ["chain", "链接", () => this.share()],
      ["scan", "扫码", () => this.scan()],
      ["leave", "取消关注", () => act(id, "unfollow")],
    ];
  }

  async voice() {
    const values = await ask("发一段语音", [
      { name: "recognition", label: "识别出的文字", placeholder: "留空：平台没有识别结果" },
      { name: "seconds", label: "时长（秒）", type: "number", value: "3" },
    ]);
    if (!values) return;
    const data = { seconds: Number(values.seconds) || 3 };
    if (values.recognition) data.recognition = values.recognition;
    act(this.person.id, "voice", data);
  }

  async place() {
    const values = await ask("发送位置", [
      { name: "label", label: "地点", value: "杭州市西湖区文三路 90 号" },
      { name: "latitude", label: "纬度", type: "number", value: "30.2741" },
      { name: "longitude", label: "经度", type: "number", value: "120.1551" },
    ]);
    if (!values) return;
    act(this.person.id, "location", {
      label: values.label,
      latitude: Number(values.latitude),
      longitude: Number(values.longitude),
    });
  }

  async share() {
    const values = await ask("分享链接", [
      { name: "title", label: "标题", value: "这款还有货吗？" },
      { name: "url", label: "网址", value: "https://shop.example.com/item/1001" },
    ]);
    if (values) act(this.person.id, "link", { title: values.title, url: values.url, description: values.url });
  }

  async scan() {
    const values = await ask("扫描带参数的二维码", [{ name: "scene", label: "场景值", value: "store_12" }]);
    if (values) act(this.person.id, this.person.following ? "scan" : "follow", { scene: values.scene });
  }

  async profile() {
    const { following, id } = this.person;
    const shopper = (await call("GET", `shoppers/${encodeURIComponent(id)}`)) ?? this.person;
    const values = await ask(
      this.world.account.name,
      [
        { fact: shopper.nickname, label: "顾客" },
        { fact: shopper.openid, label: "OpenID" },
        { fact: `${shopper.quota_left ?? 0} 条`, label: "公众号还可主动发" },
      ],
      following ? "取消关注" : "关注公众号",
    );
    if (values) act(id, following ? "unfollow" : "follow");
  }
}
