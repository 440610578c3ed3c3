// A chat with the 智能机器人: alone, or in a group where it is mentioned.

import { call } from "./api.js";
import { appBody } from "./app_bodies.js";
import { paced } from "./bus.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { face, signFace } from "./pieces.js";
import { chatLine, noticeLine, Thread } from "./thread.js";

const RATINGS = [
  [1, "准确"],
  [2, "不准确"],
];

export class StaffBot {
  /** `room` is {id, chattype, name, members}. */
  constructor(room, around) {
    Object.assign(this, { room, around, me: around.me, corp: around.corp });
    this.group = room.chattype === "group";
    this.title = this.group ? `${room.name}（${room.members.length}）` : room.name;
    this.subtitle = this.group ? "群里 @智能机器人 才会应答" : "智能机器人";
    this.thread = new Thread(around.world.now);
    this.thread.setBlank(h("p", {}, this.group ? "@智能机器人，问一句试试。" : "问智能机器人一句试试。"));
    this.composer = new Composer({ say: (text) => this.say(text), chips: ["满多少包邮？", "今天有多少人转人工？"], onGrow: () => this.thread.settle() });
    if (this.group) this.composer.lead.append(h("span", { class: "mention" }, "@机器人"));
    this.element = h("div", { class: "view" }, this.thread.element, this.composer.element);
    this.refresh = paced(() => this.load());
    this.stop = around.bus.on(["aibot.line"], (entry) => entry.shopper === room.id && this.put(entry.line));
    if (room.lines !== 0) this.refresh();
  }

  close() {
    this.stop();
  }

  settle() {
    this.thread.settle();
  }

  path(name) {
    return `aibot/rooms/${encodeURIComponent(this.room.id)}/${name}`;
  }

  async load() {
    const rooms = (await call("GET", "aibot"))?.rooms ?? [];
    if (!rooms.some((room) => room.id === this.room.id)) return;
    for (const line of (await call("GET", this.path("transcript")))?.lines ?? []) this.put(line);
  }

  say(text) {
    return call("POST", this.path("say"), { text, user: this.me });
  }

  put(line) {
    this.thread.put({
      key: line.number,
      at: new Date(line.at),
      mine: line.who === this.me,
      stamp: `${line.finished} ${JSON.stringify(line.content)}`,
      draw: () => this.line(line),
    });
  }

  line(line) {
    if (line.who === "system") return noticeLine(line.number, line.content.text ?? "");
    const mine = line.who === this.me;
    const bot = line.who === "bot";
    const name = bot ? "智能机器人" : this.corp.nameOf(line.who);
    const press = (key, selected) => this.press(line, key, selected);
    const body = appBody(line.kind, this.shown(line), { press: line.content.task_id ? press : undefined });
    const asks = bot && line.finished && line.content.feedback_id;
    return chatLine({
      key: line.number,
      kind: line.kind,
      mine,
      face: bot ? signFace("robot", "violet") : face(name, line.who),
      name,
      tag: this.group && !mine ? name : null,
      body,
      origin: bot && !line.finished ? "正在输出…" : null,
      actions: asks ? RATINGS.map(([type, label]) => h("button", { type: "button", class: "line-act", onclick: () => this.rate(line, type) }, label)) : null,
    });
  }

  /** The bot's id in a mention is shown as its name. */
  shown(line) {
    const words = line.content.content;
    const id = this.corp.aibot?.id;
    return typeof words === "string" && id ? { ...line.content, content: words.replace(`@${id}`, "@智能机器人") } : line.content;
  }

  press(line, key, selected) {
    const chosen = Object.entries(selected).map(([question, options]) => ({ question_key: question, option_ids: { option_id: options } }));
    return call("POST", this.path("click"), { user: this.me, task_id: line.content.task_id, key, ...(chosen.length ? { selected: chosen } : {}) });
  }

  rate(line, type) {
    return call("POST", this.path("rate"), { user: this.me, line: line.number, type });
  }
}
