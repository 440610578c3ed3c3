// A member's list of chats in WeCom: the app, internal groups, robots, the AI bot.

import { call } from "./api.js";
import { appSummary } from "./app_bodies.js";
import { paced } from "./bus.js";
import { ask, h } from "./dom.js";
import { signFace } from "./pieces.js";
import { row, section, smallButton } from "./screens.js";
import { StaffApp } from "./staff_app.js";
import { StaffBot } from "./staff_bot.js";
import { StaffGroup } from "./staff_group.js";

export class StaffMessages {
  constructor(around) {
    this.around = around;
    this.corp = around.corp;
    this.me = around.me;
    this.title = "企业微信";
    this.element = h("div", { class: "view scrolling" });
    this.refresh = paced(() => this.load());
    const own = (entry) => entry.shopper?.toLowerCase() === this.me.toLowerCase() && this.refresh();
    this.stop = [
      around.bus.on(["app.said", "app.heard"], own),
      around.bus.on(["corp.call"], (entry) => /\/(message|appchat|webhook)\//.test(entry.path) && this.refresh()),
      around.bus.on(["aibot.line", "contacts.mass-asked"], () => this.refresh()),
    ];
    this.refresh();
  }

  close() {
    this.stop.forEach((stop) => stop());
  }

  async load() {
    const [phone, app, chats, robots, bot] = await Promise.all([
      call("GET", `corpapp/members/${encodeURIComponent(this.me)}`),
      call("GET", "corpapp"),
      call("GET", "corpapp/chats"),
      call("GET", "corpapp/robots"),
      this.corp.aibot ? call("GET", "aibot") : null,
    ]);
    if (!phone || !chats || !robots) return;
    Object.assign(this, { phone, app, chats: chats.chats, robots: robots.robots, bot });
    this.draw();
  }

  draw() {
    const own = this.chats.filter((chat) => chat.userlist.includes(this.me));
    const robots = this.robots.filter((robot) => robot.state !== "removed");
    const rooms = (this.bot?.rooms ?? []).filter((room) => room.chattype === "group" && room.members.includes(this.me));
    const groups = [...own.map((chat) => this.chatRow(chat)), ...robots.map((robot) => this.robotRow(robot)), ...rooms.map((room) => this.roomRow(room))];
    this.element.replaceChildren(
      section("应用", [this.appRow(), ...(this.bot ? [this.botRow()] : [])]),
      section("内部群", groups, "应用建的群、群机器人所在的群会出现在这里。", this.bot ? smallButton("建群（带机器人）", () => this.create()) : null),
    );
  }

  appRow() {
    const lines = this.phone.lines.filter((line) => !line.route.startsWith("chat:"));
    const last = lines[lines.length - 1];
    return row({
      key: "app",
      picture: signFace("app"),
      title: this.app?.name ?? "应用",
      detail: last ? (last.kind === "event" ? "你的操作" : appSummary(last.kind, last.content)) : "店务助手：找答案、接待、结单",
      at: last ? new Date(last.at * 1000) : null,
      now: this.around.world.now(),
      onclick: () => this.openApp(),
    });
  }

  async openApp() {
    this.around.push(new StaffApp(this.app?.name ?? "应用", this.around));
    if (this.phone.member.visible) await call("POST", `corpapp/members/${encodeURIComponent(this.me)}/enter`, {});
  }

  chatRow(chat) {
    const last = chat.messages[chat.messages.length - 1];
    return this.groupRow(`chat:${chat.chatid}`, "group", chat.name || "群聊", last, `${chat.userlist.length} 人`, () => new StaffGroup({ kind: "chat", id: chat.chatid }, this.around));
  }

  robotRow(robot) {
    const last = robot.messages[robot.messages.length - 1];
    return this.groupRow(`robot:${robot.key}`, "horn", `${robot.name}的群`, last, "群机器人", () => new StaffGroup({ kind: "robot", id: robot.key }, this.around));
  }

  roomRow(room) {
    return this.groupRow(`room:${room.id}`, "group", room.name, null, `${room.members.length} 人 · 有智能机器人`, () => new StaffBot(room, this.around));
  }

  groupRow(key, picture, title, last, empty, make) {
    return row({
      key,
      picture: signFace(picture, "blue"),
      title,
      detail: last ? appSummary(last.kind, last.content) : empty,
      at: last ? new Date(last.at * 1000) : null,
      now: this.around.world.now(),
      onclick: () => this.around.push(make()),
    });
  }

  botRow() {
    const room = { id: this.me, chattype: "single", name: "智能机器人", members: [this.me] };
    const detail = this.bot.connected ? "长连接已建立" : this.bot.callback_url ? "通过回调应答" : "还没有连上";
    return row({ key: "aibot", picture: signFace("robot", "violet"), title: "智能机器人", detail, onclick: () => this.openBot(room) });
  }

  async openBot(room) {
    this.around.push(new StaffBot(room, this.around));
    await call("POST", `aibot/people/${encodeURIComponent(this.me)}/enter`, {});
  }

  async create() {
    const values = await ask("建群（带智能机器人）", [{ name: "name", label: "群名", value: "售后讨论群" }]);
    if (!values) return;
    const members = this.corp.members.map((member) => member.userid);
    await call("PUT", `aibot/groups/wr${Date.now().toString(36)}`, { name: values.name || "群聊", members });
    this.refresh();
  }
}
