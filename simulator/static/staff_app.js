// The chat with the app on a member's phone: text, menu, cards with their buttons.

import { call } from "./api.js";
import { appBody, messageBodies } from "./app_bodies.js";
import { paced } from "./bus.js";
import { chooseFile, Composer } from "./composer.js";
import { ask, h, toast } from "./dom.js";
import { MenuBar } from "./menu_bar.js";
import { face, signFace } from "./pieces.js";
import { chatLine, noticeLine, Thread } from "./thread.js";

const EVENTS = {
  subscribe: "你可以使用这个应用了",
  unsubscribe: "你不再使用这个应用",
  enter_agent: "你进入了应用",
  LOCATION: "你的手机上报了位置",
};
const ROUTES = { app: "应用消息", passive: "被动回复", mass: "群发任务" };

export class StaffApp {
  constructor(name, around) {
    Object.assign(this, { around, me: around.me, corp: around.corp });
    this.title = name;
    this.subtitle = "应用";
    this.thread = new Thread(around.world.now);
    this.thread.setBlank(h("p", {}, "还没有消息。写点什么，或者点菜单。"));
    this.composer = new Composer({ say: (text) => this.act("say", { text }), things: () => this.things(), onGrow: () => this.thread.settle() });
    this.menu = new MenuBar(this.composer, (button) => this.choose(button));
    this.element = h("div", { class: "view" }, this.thread.element, this.composer.element);
    this.refresh = paced(() => this.load(), 400);
    const own = (entry) => entry.shopper?.toLowerCase() === this.me.toLowerCase() && this.refresh();
    this.stop = [
      around.bus.on(["app.said", "app.heard", "app.card"], own),
      around.bus.on(["corp.call"], (entry) => /\/(message|menu)\//.test(entry.path) && this.refresh()),
      around.bus.on(["contacts.mass-asked"], () => this.refresh()),
    ];
    this.refresh();
  }

  close() {
    this.stop.forEach((stop) => stop());
  }

  settle() {
    this.thread.settle();
  }

  async act(name, data = {}) {
    const done = await call("POST", `corpapp/members/${encodeURIComponent(this.me)}/${name}`, data);
    if (done) this.refresh();
    return done;
  }

  async load() {
    const phone = await call("GET", `corpapp/members/${encodeURIComponent(this.me)}`);
    if (!phone) return;
    if (JSON.stringify(phone.menu) !== this.menuStamp) {
      this.menuStamp = JSON.stringify(phone.menu);
      this.menu.show(phone.menu);
    }
    for (const line of phone.lines) if (!line.route.startsWith("chat:")) this.add(line);
  }

  add(line) {
    this.thread.put({
      key: line.number,
      at: new Date(line.at * 1000),
      mine: line.direction === "said",
      stamp: `${line.kind} ${JSON.stringify(line.card ?? null)}`,
      draw: () => this.line(line),
    });
  }

  line(line) {
    if (line.kind === "recalled") return noticeLine(line.number, "应用撤回了一条消息");
    if (line.kind === "event") return noticeLine(line.number, this.eventWords(line.content));
    const mine = line.direction === "said";
    const name = mine ? this.corp.nameOf(this.me) : this.title;
    const press = line.card ? (key, selected) => this.act("card-click", { task_id: (line.card.card ?? {}).task_id, key, selected }) : undefined;
    const bodies = line.kind === "mass-task" ? this.massTask(line.content) : appBody(line.kind, line.content, { press, state: line.card });
    return chatLine({
      key: line.number,
      kind: line.kind,
      mine,
      face: mine ? face(name, this.me) : signFace("app"),
      name,
      body: bodies,
      origin: mine ? null : (ROUTES[line.route] ?? line.route),
    });
  }

  massTask(content) {
    return h("div", { class: "card tcard" }, h("strong", {}, "你有一条群发待确认"), h("div", { class: "mass-body" }, ...messageBodies(content)), h("span", { class: "foot" }, "到「客户 → 群发助手」里确认发送"));
  }

  eventWords(content) {
    if (content.event === "click") return `你点击了菜单「${this.buttonName(content.EventKey)}」`;
    if (content.event === "view") return `你打开了「${content.EventKey}」`;
    if (content.event === "template_card_event") return "你点了卡片上的按钮";
    if (content.event === "template_card_menu_event") return "你点了卡片右上角的菜单";
    return EVENTS[content.event] ?? `事件 ${content.event}`;
  }

  buttonName(key) {
    const buttons = (this.menu.menu?.button ?? []).flatMap((button) => button.sub_button ?? [button]);
    return buttons.find((button) => button.key === key)?.name ?? key;
  }

  choose(button) {
    const { type, key } = button;
    if (type === "click") return this.act("click", { key });
    if (type === "view") return this.act("view", { url: button.url });
    if (type === "view_miniprogram") return this.act("view-miniprogram", { page: button.pagepath });
    if (type.startsWith("scancode")) return this.scan(type.replace("_", "-"), key);
    if (type === "location_select") return this.act("location-select", { key });
    if (type.startsWith("pic_")) return this.act(type.replaceAll("_", "-"), { key });
    return toast(`这个按钮不能按：${type}`);
  }

  async scan(name, key) {
    const values = await ask("扫码", [{ name: "result", label: "扫到的内容", value: "HY20261101001" }]);
    if (values) this.act(name, { key, result: values.result });
  }

  things() {
    return [
      ["image", "照片", () => chooseFile("image/*", (form) => this.act("image", form))],
      ["camera", "拍摄", () => this.act("image")],
      ["mic", "语音", () => this.act("voice")],
      ["film", "视频", () => this.act("video")],
      ["pin", "位置", () => this.act("location")],
      ["door", "重新进入", () => this.act("enter")],
    ];
  }
}
