// The phone of one member: WeCom with its messages, the reception of 微信客服, and customers.

import { h, icon, ICONS } from "./dom.js";
import { Frame } from "./frame.js";
import { Screens } from "./screens.js";
import { StaffCustomers } from "./staff_customers.js";
import { StaffMessages } from "./staff_messages.js";
import { StaffReception } from "./staff_reception.js";

const TABS = [
  ["messages", "消息", "chat"],
  ["reception", "客服", "headset"],
  ["customers", "客户", "group"],
];

export class StaffPhone {
  /** `around` holds world, corp, contacts, bus; `choose(userid)` opens another member in this one's place. */
  constructor(member, around) {
    this.member = member;
    this.person = { id: member.userid };
    this.around = { ...around, me: member.userid };
    this.corp = around.corp;
    this.frame = new Frame({ names: { "data-member": member.userid }, look: "wecom" });
    this.element = this.frame.element;
    this.screens = new Screens(() => around.onClose(this));
    this.around.push = (view) => this.screens.push(view);
    this.around.pop = () => this.screens.pop();
    this.around.caption = () => this.screens.caption();
    this.marks = {};
    this.buttons = new Map(TABS.map(([key, label, drawing]) => [key, this.tabButton(key, label, drawing)]));
    this.tabs = h("div", { class: "tabbar", role: "group", "aria-label": "企业微信" }, ...this.buttons.values());
    this.screens.onChange = () => (this.tabs.hidden = this.screens.stack.length > 1);
    this.frame.phone.append(this.screens.nav, this.screens.body, this.tabs);
    this.frame.name(member.name, `${member.name}的手机（企业微信）`);
    this.stop = this.corp.watch(() => this.drawCap());
    this.show(around.tab ?? "reception");
    this.drawCap();
    this.tick();
  }

  tabButton(key, label, drawing) {
    this.marks[key] = h("span", { class: "count", hidden: true });
    return h("button", { type: "button", onclick: () => this.show(key) }, icon(ICONS[drawing]), label, this.marks[key]);
  }

  show(key) {
    this.tab = key;
    for (const [name, button] of this.buttons) {
      if (name === key) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    const View = { messages: StaffMessages, reception: StaffReception, customers: StaffCustomers }[key];
    this.screens.root(new View(this.around));
  }

  drawCap() {
    const waiting = [...this.corp.customers.values()].filter((customer) => customer.sessions.some((session) => session.state === 2)).length;
    const serving = this.corp.accounts.some((account) => this.corp.servicer(account, this.member.userid));
    this.marks.reception.hidden = waiting === 0 || !serving;
    this.marks.reception.textContent = String(waiting);
    const servicer = this.corp.servicer(this.corp.accounts[0], this.member.userid);
    const words = servicer ? (servicer.status === 0 ? "接待中" : servicer.stop_type ? "暂时挂起" : "停止接待") : "不是接待人员";
    const tone = servicer?.status === 0 ? "human" : "over";
    const select = h(
      "select",
      { "aria-label": "员工", onchange: () => this.around.choose(this, select.value) },
      ...this.corp.members.map((member) => h("option", { value: member.userid }, member.name === member.userid ? member.name : `${member.name} · ${member.userid}`)),
    );
    select.value = this.member.userid;
    const busy = document.activeElement?.closest(".cap") === this.frame.cap;
    if (busy && this.frame.cap.childElementCount) return void this.stateBadge?.replaceWith((this.stateBadge = badge(tone, words)));
    this.stateBadge = badge(tone, words);
    this.frame.setCap(h("div", { class: "cap-row" }, h("label", { class: "chooser" }, h("span", {}, "企业微信"), select), this.stateBadge));
  }

  load() {}

  settle() {
    this.screens.top?.settle?.();
  }

  close() {
    this.stop();
    this.screens.close();
    this.element.remove();
  }

  tick() {
    this.frame.tick(this.around.world.now());
  }
}

const badge = (tone, words) => h("span", { class: `state-badge ${tone}`, role: "status", "aria-label": "接待状态" }, words);
