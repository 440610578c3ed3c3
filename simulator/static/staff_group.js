// An internal group on a member's phone, in which the app or a group robot writes.

import { call } from "./api.js";
import { appBody } from "./app_bodies.js";
import { paced } from "./bus.js";
import { h } from "./dom.js";
import { signFace } from "./pieces.js";
import { chatLine, Thread } from "./thread.js";

const STATES = { disabled: "机器人已停用", out: "机器人已移出群聊" };

export class StaffGroup {
  /** `what` is {kind: "chat"|"robot", id}. */
  constructor(what, around) {
    Object.assign(this, { what, around });
    this.title = "群聊";
    this.thread = new Thread(around.world.now, "群聊");
    this.thread.setBlank(h("p", {}, "群里还没有消息。"));
    this.foot = h("p", { class: "gate-words bar" }, what.kind === "robot" ? "群机器人只会说，听不到群里的话。" : "应用听不到群里的话。");
    this.element = h("div", { class: "view" }, this.thread.element, this.foot);
    this.refresh = paced(() => this.load());
    this.stop = around.bus.on(["corp.call"], (entry) => /\/(appchat|webhook)\//.test(entry.path) && this.refresh());
    this.refresh();
  }

  close() {
    this.stop();
  }

  settle() {
    this.thread.settle();
  }

  async load() {
    const messages = this.what.kind === "robot" ? await this.robot() : await this.chat();
    this.around.caption();
    (messages ?? []).forEach((message, number) => {
      const draw = () => chatLine({ key: number, kind: message.kind, face: signFace(this.what.kind === "robot" ? "horn" : "app", "blue"), name: this.speaker, tag: this.speaker, body: appBody(message.kind, message.content) });
      this.thread.put({ key: number, at: new Date(message.at * 1000), stamp: "", draw });
    });
  }

  async robot() {
    const found = (await call("GET", "corpapp/robots"))?.robots.find((robot) => robot.key === this.what.id);
    if (!found) return null;
    this.title = `${found.name}的群`;
    this.subtitle = STATES[found.state] ?? "群机器人";
    this.speaker = found.name;
    return found.messages;
  }

  async chat() {
    const found = (await call("GET", "corpapp/chats"))?.chats.find((chat) => chat.chatid === this.what.id);
    if (!found) return null;
    this.title = `${found.name || "群聊"}（${found.userlist.length}）`;
    this.subtitle = "内部群";
    this.speaker = "应用";
    return found.messages;
  }
}
