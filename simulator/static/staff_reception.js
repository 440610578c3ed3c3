// The reception of 微信客服 on a member's phone: who waits, whom the member serves, who has gone.

import { call } from "./api.js";
import { h } from "./dom.js";
import { face } from "./pieces.js";
import { emptyView, row, section, smallButton } from "./screens.js";
import { stateBadge } from "./session_state.js";
import { StaffSession } from "./staff_session.js";

const ENDED_SHOWN = 8;

/** An act of a member in the reception. */
export const servicerAct = (userid, account, name, data = {}) =>
  call("POST", `kefu/servicers/${encodeURIComponent(userid)}/${name}`, { account, ...data });

export class StaffReception {
  constructor(around) {
    this.around = around;
    this.corp = around.corp;
    this.me = around.me;
    this.account = this.corp.accounts.find((account) => this.corp.servicer(account, this.me))?.open_kfid ?? this.corp.accounts[0]?.open_kfid ?? "";
    this.title = "微信客服";
    this.receiving = h("input", { type: "checkbox", class: "switch", role: "switch", "aria-label": "接待", onchange: () => this.receive(this.receiving.checked) });
    this.words = h("small", {});
    this.head = h("label", { class: "reception-head" }, h("span", {}, h("b", {}, "接待"), this.words), this.receiving);
    this.account_choice = this.chooser();
    this.lists = h("div", { class: "lists" });
    this.element = h("div", { class: "view scrolling" }, this.account_choice, this.head, this.lists);
    this.stop = this.corp.watch(() => this.draw());
    this.draw();
  }

  close() {
    this.stop();
  }

  chooser() {
    if (this.corp.accounts.length < 2) return h("span", { hidden: true });
    const select = h(
      "select",
      {
        "aria-label": "客服账号",
        onchange: () => {
          this.account = select.value;
          this.draw();
        },
      },
      ...this.corp.accounts.map((account) => h("option", { value: account.open_kfid }, account.name)),
    );
    select.value = this.account;
    return h("div", { class: "account-choice" }, select);
  }

  async receive(on) {
    const known = this.corp.servicer(this.corp.account(this.account), this.me);
    const done = known
      ? await servicerAct(this.me, this.account, on ? "start" : "stop")
      : await call("PUT", `kefu/servicers/${encodeURIComponent(this.me)}`, { account: this.account, receiving: on });
    if (!done) this.receiving.checked = !on;
    this.corp.refreshAccounts();
  }

  /** [customer, session] of this account, those who wrote last first. */
  sessions() {
    return [...this.corp.customers.values()]
      .map((customer) => [customer, this.corp.session(customer.id, this.account)])
      .filter(([, session]) => session && session.last_words_at !== null)
      .sort(([, a], [, b]) => b.last_words_at - a.last_words_at);
  }

  draw() {
    const account = this.corp.account(this.account);
    if (!account) return this.element.replaceChildren(emptyView("headset", "这个企业还没有客服账号。"));
    const servicer = this.corp.servicer(account, this.me);
    this.receiving.checked = servicer?.status === 0;
    this.words.textContent = !servicer
      ? `还不是「${account.name}」的接待人员，打开就加入`
      : servicer.status === 0
        ? "新的顾客可以分给你"
        : "打开后才能接入和被转接";
    const all = this.sessions();
    const mine = all.filter(([, session]) => session.state === 3 && session.servicer === this.me);
    const pool = all.filter(([, session]) => session.state === 2);
    const others = all.filter(([, session]) => session.state === 3 && session.servicer !== this.me);
    const bots = all.filter(([, session]) => session.state < 2);
    const over = all.filter(([, session]) => session.state === 4).slice(0, ENDED_SHOWN);
    const focused = document.activeElement?.closest("[data-row]")?.dataset.row;
    this.lists.replaceChildren(
      ...(all.length === 0 ? [emptyView("headset", "还没有顾客来。在顾客的手机里切到「微信客服」，进入会话、说一句话。")] : []),
      ...(all.length ? [section(`待接入 ${pool.length || ""}`, pool.map((pair) => this.entry(pair, true)), "没有人在等。")] : []),
      ...(mine.length ? [section(`我的会话 ${mine.length}`, mine.map((pair) => this.entry(pair)))] : []),
      ...(others.length ? [section("同事的会话", others.map((pair) => this.entry(pair)))] : []),
      ...(bots.length ? [section("机器人在接待", bots.map((pair) => this.entry(pair)))] : []),
      ...(over.length ? [section("已结束", over.map((pair) => this.entry(pair)))] : []),
    );
    if (focused && this.element.isConnected) this.lists.querySelector(`[data-row="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    return undefined;
  }

  entry([customer, session], waiting = false) {
    const at = new Date(session.last_words_at * 1000);
    const element = row({
      key: `session:${customer.id}`,
      picture: face(customer.nickname, customer.id),
      title: customer.nickname,
      detail: session.state === 3 ? `${this.corp.nameOf(session.servicer)} 接待` : "微信用户",
      at,
      now: this.around.world.now(),
      badge: waiting ? null : stateBadge(this.corp, session),
      onclick: () => this.open(customer),
    });
    if (!waiting) return element;
    const take = async () => {
      if (await servicerAct(this.me, this.account, "take", { customer: customer.id })) this.open(customer);
    };
    return h("div", { class: "entry-pair" }, element, smallButton("接入", take, "strong"));
  }

  open(customer) {
    this.around.push(new StaffSession(customer.id, this.account, this.around));
  }
}
