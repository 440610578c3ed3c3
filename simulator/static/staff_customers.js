// A member's customers: mass messages that wait for the member, customer groups, contacts.

import { messageBodies } from "./app_bodies.js";
import { contactsAct } from "./contacts.js";
import { CustomerGroup } from "./customer_group.js";
import { ask, h, toast } from "./dom.js";
import { face, signFace } from "./pieces.js";
import { emptyView, row, section, smallButton } from "./screens.js";

const RESULTS = { 0: "未发送", 1: "已送达", 2: "不是好友", 3: "已收过别的群发" };

export class StaffCustomers {
  constructor(around) {
    this.around = around;
    this.corp = around.corp;
    this.contacts = around.contacts;
    this.me = around.me;
    this.title = "客户";
    this.element = h("div", { class: "view scrolling" });
    this.stop = this.contacts.watch(() => this.draw());
    this.draw();
  }

  close() {
    this.stop();
  }

  draw() {
    const { me, contacts } = this;
    const tasks = contacts.mass.filter((task) => !task.cancelled && task.senders[me]);
    const waiting = tasks.filter((task) => task.senders[me].status === 0);
    const done = tasks.filter((task) => task.senders[me].status !== 0).slice(-5);
    const groups = contacts.groupsWith(me);
    const friends = contacts.follows.filter((follow) => follow.userid === me);
    this.element.replaceChildren(
      section(`群发助手 ${waiting.length || ""}`, [...waiting.map((task) => this.task(task)), ...done.map((task) => this.sent(task))], "没有等你确认的群发。"),
      section("客户群", groups.map((group) => this.groupRow(group)), "还没有客户群。", smallButton("建群", () => this.create())),
      section("我的客户", friends.map((follow) => this.friendRow(follow)), null),
      friends.length === 0 ? emptyView("group", "顾客加你为好友后会出现在这里：在顾客的手机里切到「微信」，点「加员工为好友」。") : "",
    );
  }

  /** A mass message that nothing sends until the member confirms. */
  task(task) {
    const targets = Object.keys(task.senders[this.me].results);
    const names = targets.slice(0, 3).map((target) => this.targetName(task, target));
    const more = targets.length > 3 ? ` 等 ${targets.length} ${task.chat_type === "group" ? "个群" : "人"}` : "";
    const confirm = h("button", { type: "button", class: "join-button", onclick: () => this.confirm(task, confirm) }, "确认发送");
    return h(
      "article",
      { class: "mass", "data-task": task.msgid },
      h("p", { class: "mass-head" }, h("b", {}, task.chat_type === "group" ? "群发到客户群" : "群发给客户"), h("small", {}, `发给：${names.join("、")}${more}`)),
      h("div", { class: "mass-body" }, ...messageBodies(task.message)),
      confirm,
    );
  }

  sent(task) {
    const results = Object.entries(task.senders[this.me].results);
    const words = results.map(([target, status]) => `${this.targetName(task, target)}：${RESULTS[status] ?? status}`).join("；");
    return h("article", { class: "mass done" }, h("p", { class: "mass-head" }, h("b", {}, "已发送"), h("small", {}, words)));
  }

  targetName(task, target) {
    if (task.chat_type === "group") return this.contacts.groups.find((group) => group.chat_id === target)?.name ?? target;
    return this.contacts.nameOf(target);
  }

  async confirm(task, button) {
    button.disabled = true;
    if (await contactsAct("mass-confirm", { userid: this.me, msgid: task.msgid })) toast("已发送");
    button.disabled = false;
  }

  groupRow(group) {
    const { around } = this;
    const open = () => around.push(new CustomerGroup(group.chat_id, this.me, { ...around, leave: () => around.pop() }));
    const mine = group.owner === this.me ? "我是群主" : `群主 ${this.corp.nameOf(group.owner)}`;
    return row({ key: `group:${group.chat_id}`, picture: signFace("group", "green"), title: group.name, detail: `${group.size} 人 · ${mine}`, onclick: open });
  }

  friendRow(follow) {
    const name = follow.remark || this.contacts.nameOf(follow.external_userid);
    return row({
      key: `friend:${follow.external_userid}`,
      picture: face(name, follow.external_userid),
      title: name,
      detail: follow.alone ? "已把你删除" : `@微信${follow.tag_ids.length ? ` · ${follow.tag_ids.length} 个标签` : ""}`,
      at: new Date(follow.createtime * 1000),
      now: this.around.world.now(),
      onclick: () => this.friend(follow, name),
    });
  }

  async friend(follow, name) {
    const values = await ask(name, [
      { label: "外部联系人", fact: follow.external_userid },
      { label: "来源（state）", fact: follow.state || "—" },
      { name: "remark", label: "备注", value: follow.remark },
    ], "保存备注");
    if (values) await contactsAct("edit", { userid: this.me, external_userid: follow.external_userid, remark: values.remark });
  }

  async create() {
    const values = await ask("建客户群", [{ name: "name", label: "群名", value: "禾野集福利群" }]);
    if (values) await contactsAct("group-create", { owner: this.me, name: values.name || "客户群" });
  }
}
