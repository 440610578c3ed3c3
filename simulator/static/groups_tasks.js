// Mass messages that members must confirm, what became of them, and how many one may receive.

import { h } from "./dom.js";
import { face, moment } from "./pieces.js";
import { brief } from "./groups_lines.js";

const RULES = [
  ["day", "每天 1 条"],
  ["week", "每周 7 条"],
  ["month", "只看每月总数"],
];
const RESULTS = { 0: "还没发", 1: "已送达", 2: "不是好友", 3: "已收过群发" };
const GROUP_RESULTS = { ...RESULTS, 2: "群已解散" };

/**
 * The panel; `hooks` is {confirm(userid, msgid, chosen), setRule(rule), nameOf(id), now()}. Call `show(state)` with what the control
 * API tells of contacts.
 */
export class TaskPanel {
  constructor(hooks) {
    this.hooks = hooks;
    this.sign = "";
    this.rule = h("select", { onchange: () => hooks.setRule(this.rule.value) }, ...RULES.map(([value, words]) => h("option", { value }, words)));
    this.list = h("ol", { class: "tasks" });
    this.element = h(
      "section",
      { class: "task-panel", "aria-label": "群发任务" },
      h("div", { class: "rooms-head" }, h("h3", {}, "群发任务")),
      h("label", { class: "rule" }, h("span", {}, "每位顾客、每个群最多收"), this.rule),
      this.list,
    );
  }

  /** How many confirmations are waited for. */
  static waiting(state) {
    return state.mass.filter((task) => !task.cancelled).flatMap((task) => Object.values(task.senders)).filter((sender) => sender.status === 0).length;
  }

  show(state) {
    if (document.activeElement !== this.rule) this.rule.value = state.mass_rule;
    const sign = JSON.stringify([state.mass, state.groups.map((group) => group.name)]);
    if (sign === this.sign) return;
    this.sign = sign;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((item) => item.dataset.of));
    const tasks = [...state.mass].reverse();
    this.list.replaceChildren(
      ...(tasks.length
        ? tasks.map((task) => this.task(task))
        : [h("li", { class: "rooms-hint" }, "还没有群发任务。店小二建好任务后，要成员在这里确认，才会真的发出去。")]),
    );
    for (const item of this.list.querySelectorAll("details")) item.open = open.has(item.dataset.of);
    if (focused) (this.list.querySelector(`[data-focus="${CSS.escape(focused)}"]`) ?? this.rule).focus({ preventScroll: true });
  }

  task(task) {
    const senders = Object.entries(task.senders);
    const waiting = senders.filter(([, sender]) => sender.status === 0).length;
    const state = task.cancelled ? ["off", "已取消"] : waiting ? ["wait", `等 ${waiting} 人确认`] : ["done", "已完成"];
    return h(
      "li",
      { class: "task", "data-task": task.msgid },
      h(
        "div",
        { class: "task-head" },
        h("b", {}, task.chat_type === "group" ? "发到客户群" : "发给顾客"),
        h("span", { class: `task-state ${state[0]}` }, state[1]),
        h("time", {}, moment(new Date(task.created * 1000), this.hooks.now())),
      ),
      h("p", { class: "task-words" }, brief(task.message)),
      ...senders.map(([userid, sender]) => this.sender(task, userid, sender)),
    );
  }

  sender(task, userid, sender) {
    const targets = Object.entries(sender.results);
    const done = targets.filter(([, status]) => status === 1).length;
    const pending = sender.status === 0 && !task.cancelled;
    const name = this.hooks.nameOf(userid);
    const key = `${task.msgid} ${userid}`;
    const what = task.chat_type === "group" ? "个群" : "位顾客";
    const boxes = new Map();
    const choosing = pending && task.allow_select;
    const rows = targets.map(([target, status]) => {
      const box = choosing ? h("input", { type: "checkbox", checked: true }) : null;
      if (box) boxes.set(target, box);
      const label = this.hooks.nameOf(target);
      const word = (task.chat_type === "group" ? GROUP_RESULTS : RESULTS)[status];
      return h("li", {}, choosing ? h("label", {}, box, label) : h("span", {}, label), h("span", { class: `result r${status}` }, word));
    });
    const chosen = () => (choosing ? [...boxes].filter(([, box]) => box.checked).map(([target]) => target) : null);
    return h(
      "div",
      { class: "sender", "data-sender": userid },
      h(
        "div",
        { class: "sender-head" },
        face(name, userid),
        h("span", {}, h("b", {}, name), h("small", {}, sender.status === 0 ? `${targets.length} ${what}` : `送达 ${done} / ${targets.length}`)),
        pending
          ? h(
              "button",
              { type: "button", class: "confirm", "data-focus": `confirm ${key}`, onclick: (event) => this.confirm(event.target, userid, task.msgid, chosen()) },
              "确认发送",
            )
          : null,
      ),
      h("details", { "data-of": key }, h("summary", { "data-focus": `open ${key}` }, choosing ? "选择发给谁" : "看每一个"), h("ul", {}, ...rows)),
    );
  }

  async confirm(button, userid, msgid, chosen) {
    button.disabled = true;
    if ((await this.hooks.confirm(userid, msgid, chosen)) === null) button.disabled = false;
  }
}
