// The desk of the platform's own client (原生接待): who waits, whom one serves, and the conversation in front.

import { call } from "./api.js";
import { h } from "./dom.js";
import { DeskChat } from "./kefu_desk_chat.js";
import { kefuSummary } from "./kefu_contents.js";
import { face, moment } from "./pieces.js";

const GROUPS = [
  ["pool", "待接入"],
  ["mine", "我接待中"],
  ["others", "同事接待中"],
  ["ended", "已结束"],
];
const ENDED_SHOWN = 20;
const remembered = { servicer: "", customer: "" };

export class KefuDesk {
  constructor({ corp, bus, world }) {
    this.corp = corp;
    this.world = world;
    this.account = "";
    this.newest = new Map();
    this.who = h("select", { "aria-label": "我是", onchange: () => this.be(this.who.value) });
    this.switch = h("button", { type: "button", class: "kefu-receive", role: "switch", onclick: () => this.receive() });
    this.list = h("nav", { class: "kefu-list", "aria-label": "会话列表" });
    this.chat = new DeskChat({
      corp,
      bus,
      world,
      act: (name, data) => this.act(name, data),
      back: () => this.front(""),
    });
    this.element = h(
      "section",
      { class: "kefu-desk", "aria-label": "客服的工作台" },
      h(
        "header",
        { class: "kefu-desk-head" },
        h("div", {}, h("h2", {}, "客服工作台"), h("small", {}, "企业微信里的原生接待")),
        h("label", { class: "kefu-who" }, h("span", {}, "我是"), this.who),
        this.switch,
      ),
      h("div", { class: "kefu-desk-body" }, this.list, this.chat.element),
    );
    this.ends = [
      corp.watch(() => this.draw()),
      bus.on(["kefu.said", "kefu.heard"], (entry) => {
        if (entry.line.open_kfid === this.account) this.newest.set(entry.shopper, entry.line);
      }),
    ];
  }

  close() {
    this.ends.forEach((end) => end());
    this.chat.close();
  }

  openAccount(account) {
    this.account = account;
    this.newest.clear();
    this.front(remembered.customer);
    this.draw();
  }

  /** Servicers of the account: {userid, receiving, suspended}. */
  servicers() {
    const found = this.corp.accounts.find((account) => account.open_kfid === this.account)?.servicers ?? [];
    return found.map((item) => ({ userid: item.userid, receiving: item.status === 0, suspended: item.stop_type === 1 }));
  }

  get me() {
    const all = this.servicers();
    return all.find((servicer) => servicer.userid === remembered.servicer) ?? all[0] ?? null;
  }

  be(userid) {
    remembered.servicer = userid;
    this.chat.show(remembered.customer, this.account, userid);
    this.draw();
  }

  act(name, data = {}) {
    if (!this.me) return null;
    return call("POST", `kefu/servicers/${encodeURIComponent(this.me.userid)}/${name}`, { ...data, account: this.account });
  }

  async receive() {
    if (!this.me) return;
    await this.act(this.me.receiving ? "stop" : "start");
    this.corp.refreshAccounts();
  }

  /** Put a conversation in front. */
  front(customer) {
    remembered.customer = customer;
    this.element.dataset.open = customer ? "chat" : "list";
    this.chat.show(customer, this.account, this.me?.userid ?? "");
    this.draw();
  }

  async take(customer) {
    if ((await this.act("take", { customer })) === null) return;
    this.front(customer);
    this.chat.focus();
  }

  settle() {
    this.chat.settle();
  }

  draw() {
    this.drawHead();
    const groups = this.groups();
    const picture = JSON.stringify([groups, remembered, this.me]);
    if (picture !== this.picture) {
      this.picture = picture;
      this.drawList(groups);
    }
    this.chat.draw(this.me, this.servicers());
  }

  drawHead() {
    const me = this.me;
    const options = this.servicers().map((servicer) => [servicer.userid, this.corp.nameOf(servicer.userid)]);
    const picture = JSON.stringify(options);
    if (picture !== this.whoPicture) {
      this.whoPicture = picture;
      this.who.replaceChildren(...options.map(([value, words]) => h("option", { value }, words)));
    }
    this.who.value = me?.userid ?? "";
    this.who.disabled = this.switch.disabled = me === null;
    this.switch.setAttribute("aria-checked", String(Boolean(me?.receiving)));
    this.switch.textContent = me?.receiving ? "接待中" : me?.suspended ? "暂时挂起" : "停止接待";
  }

  /** What is in each group of the list: [customer's id, nickname, words, time]. */
  groups() {
    const groups = { pool: [], mine: [], others: [], ended: [], bots: 0 };
    for (const customer of this.corp.customers.values()) {
      const session = this.corp.session(customer.id, this.account);
      if (!session || session.last_words_at === null) continue;
      const group = this.groupOf(session);
      if (group === "bots") groups.bots += 1;
      else if (group) groups[group].push({ ...this.row(customer, session), at: session.last_words_at });
    }
    for (const [name] of GROUPS) groups[name].sort((one, other) => (name === "pool" ? one.at - other.at : other.at - one.at));
    groups.ended.splice(ENDED_SHOWN);
    return groups;
  }

  groupOf(session) {
    if (session.state === 2) return "pool";
    if (session.state === 3) return session.servicer === this.me?.userid ? "mine" : "others";
    if (session.state < 2) return "bots";
    return session.last_servicer ? "ended" : null;
  }

  row(customer, session) {
    const at = moment(new Date(session.last_words_at * 1000), this.world.now());
    const words = session.state === 3 && session.servicer !== this.me?.userid ? this.corp.nameOf(session.servicer) : kefuSummary(this.newest.get(customer.id));
    return { id: customer.id, name: customer.nickname, words, time: at };
  }

  drawList(groups) {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const parts = GROUPS.filter(([name]) => name !== "others" || groups.others.length > 0).map(([name, title]) =>
      h(
        "section",
        { class: "kefu-group", "data-group": name, "aria-label": title },
        h("h3", {}, title, h("span", { class: name === "pool" && groups.pool.length ? "count" : "number" }, String(groups[name].length))),
        groups[name].length ? h("ul", {}, ...groups[name].map((row) => this.listItem(name, row))) : h("p", {}, EMPTY[name]),
      ),
    );
    this.list.replaceChildren(...parts, h("p", { class: "kefu-bots" }, `机器人正在接待 ${groups.bots} 位顾客`));
    if (focused) this.list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  listItem(group, row) {
    const take = h(
      "button",
      {
        type: "button",
        class: "kefu-take",
        "data-key": `take-${row.id}`,
        disabled: !this.me?.receiving,
        title: this.me?.receiving ? null : "先把自己切到接待中",
        onclick: () => this.take(row.id),
      },
      "接入",
    );
    return h(
      "li",
      { "data-customer": row.id },
      h(
        "button",
        {
          type: "button",
          class: "kefu-row",
          "data-key": `row-${row.id}`,
          "aria-current": row.id === remembered.customer ? "true" : null,
          onclick: () => this.front(row.id),
        },
        face(row.name, row.id),
        h("span", { class: "kefu-row-words" }, h("b", {}, row.name), h("small", {}, row.words || row.time)),
        group === "pool" || !row.words ? null : h("time", {}, row.time),
      ),
      group === "pool" ? take : null,
    );
  }
}

const EMPTY = {
  pool: "没有人在等",
  mine: "还没有会话",
  others: "",
  ended: "还没有",
};
