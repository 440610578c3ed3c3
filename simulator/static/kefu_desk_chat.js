// One conversation on the desk: what was said, by whom, and what the servicer can do about it.

import { call } from "./api.js";
import { ask, h, iconButton } from "./dom.js";
import { kefuBody } from "./kefu_contents.js";
import { face, signFace } from "./pieces.js";
import { stateBadge } from "./kefu_badge.js";
import { chatLine, noticeLine, Thread } from "./thread.js";

const HISTORY = 20_000;
const RECALL_MS = 120_000;

export class DeskChat {
  /** `act(name, data)` is an act of the servicer; `back()` leads to the list where there is room for one only. */
  constructor({ corp, bus, world, act, back }) {
    this.corp = corp;
    this.world = world;
    this.act = act;
    this.customer = "";
    this.title = h("h3", {});
    this.badge = h("span", { class: "kefu-chat-state" });
    this.actions = h("div", { class: "kefu-actions" });
    this.thread = new Thread(world.now, "会话记录");
    this.input = h("textarea", {
      rows: 2,
      maxLength: 2000,
      "aria-label": "回复顾客",
      placeholder: "回复顾客，回车发送",
      enterKeyHint: "send",
      onkeydown: (event) => this.key(event),
    });
    this.send = h("button", { type: "button", class: "send", onclick: () => this.say() }, "发送");
    this.reply = h("div", { class: "kefu-reply" }, this.input, this.send);
    this.hint = h("p", { class: "kefu-hint" });
    this.vacant = h("p", { class: "vacant" }, "顾客说「转人工」之后，会到左边的「待接入」。接入以后就由你回复，机器人不再说话。");
    this.chat = h(
      "div",
      { class: "kefu-chat-full", hidden: true },
      h("header", {}, iconButton("back", "返回会话列表", back), h("div", {}, this.title, this.badge), this.actions),
      this.thread.element,
      this.hint,
      this.reply,
    );
    this.element = h("section", { class: "kefu-chat", "aria-label": "会话" }, this.vacant, this.chat);
    this.ends = [
      bus.on(["kefu.said", "kefu.heard"], (entry) => entry.shopper === this.customer && this.put(entry.line)),
      bus.on(["kefu.state"], (entry) => entry.shopper === this.customer && this.pass(entry)),
      bus.on(["kefu.event"], (entry) => entry.shopper === this.customer && entry.event.recall_msgid && this.load()),
    ];
  }

  close() {
    this.ends.forEach((end) => end());
  }

  /** Show the conversation of a customer with an account to a servicer; nothing for "". */
  async show(customer, account, userid) {
    const known = customer && this.corp.customers.has(customer) ? customer : "";
    if (known === this.customer && account === this.account && userid === this.userid) return;
    if (known !== this.customer) this.input.value = "";
    Object.assign(this, { customer: known, account, userid });
    this.chat.hidden = !known;
    this.vacant.hidden = Boolean(known);
    this.thread.clear();
    if (known) await this.load();
  }

  async load() {
    const [customer, account, userid] = [this.customer, this.account, this.userid];
    const name = encodeURIComponent(customer);
    const [record, log] = await Promise.all([
      call("GET", `kefu/customers/${name}/transcript?account=${encodeURIComponent(account)}`),
      call("GET", `log?limit=${HISTORY}&kind=kefu.state&shopper=${name}`),
    ]);
    if (customer !== this.customer || account !== this.account || userid !== this.userid) return;
    const past = [
      ...(record?.lines ?? []).map((line) => ({ at: line.at * 1000, show: () => this.put(line) })),
      ...(log?.entries ?? []).map((entry) => ({ at: Date.parse(entry.at) + 1, show: () => this.pass(entry) })),
    ];
    for (const thing of past.sort((one, other) => one.at - other.at)) thing.show();
  }

  put(line) {
    if (line.open_kfid !== this.account) return;
    this.thread.put({
      key: line.msgid,
      at: new Date(line.at * 1000),
      mine: line.direction !== "said",
      stamp: String(line.recalled),
      draw: () => this.line(line),
    });
  }

  line(line) {
    const theirs = line.direction === "said";
    const own = line.by === "servicer" && line.servicer === this.userid;
    const person = this.corp.customers.get(this.customer)?.nickname ?? this.customer;
    const name = theirs ? person : line.by === "servicer" ? this.corp.nameOf(line.servicer) : "机器人";
    if (line.recalled) return noticeLine(line.msgid, `${own ? "你" : name}撤回了一条消息`);
    if (line.by === "system") return noticeLine(line.msgid, line.text);
    const fresh = own && this.world.now() - line.at * 1000 < RECALL_MS;
    const element = chatLine({
      key: line.msgid,
      kind: line.kind,
      mine: !theirs,
      face: theirs ? face(name, this.customer) : line.by === "servicer" ? face(name, line.servicer) : signFace("robot", "robot"),
      name,
      tag: theirs ? null : own ? "我" : name,
      body: kefuBody(line),
      actions: fresh
        ? [h("button", { type: "button", class: "line-act", onclick: () => this.act("recall", { customer: this.customer, msgid: line.msgid }) }, "撤回")]
        : null,
    });
    element.dataset.by = line.by;
    return element;
  }

  /** Tell how the session was passed on. */
  pass(entry) {
    if (entry.open_kfid !== this.account) return;
    const key = `state-${entry.number}`;
    this.thread.put({ key, at: new Date(entry.at), stamp: "", draw: () => noticeLine(key, this.passing(entry)) });
  }

  passing(entry) {
    const who = this.corp.nameOf(entry.servicer);
    switch (entry.new) {
      case 0:
        return "新的会话";
      case 1:
        return "由机器人接待";
      case 2:
        return "进入待接入池";
      case 3:
        return entry.by === "person" ? `${who} 接待` : `分配给 ${who}`;
      default:
        return "会话已结束";
    }
  }

  /** Draw what depends on the session: `me` and `servicers` are {userid, receiving}. */
  draw(me, servicers) {
    if (!this.customer) return;
    const session = this.corp.session(this.customer, this.account);
    const mine = session?.state === 3 && session.servicer === me?.userid;
    this.title.textContent = this.corp.customers.get(this.customer)?.nickname ?? this.customer;
    const picture = JSON.stringify([session, me, servicers, this.customer]);
    if (picture === this.picture) return;
    this.picture = picture;
    this.badge.replaceChildren(stateBadge(this.corp, session));
    const others = servicers.filter((servicer) => servicer.userid !== me?.userid && servicer.receiving);
    this.drawActions(session, mine, me, others);
    this.reply.hidden = !mine;
    this.hint.hidden = mine;
    this.hint.textContent = hintFor(session, me);
    this.thread.settle();
  }

  drawActions(session, mine, me, others) {
    const state = session?.state;
    const parts = [];
    if (state === 2) parts.push(this.button("接入", "take", { class: "primary", disabled: !me?.receiving }));
    if (mine) {
      const choices = others.map((servicer) => [servicer.userid, this.corp.nameOf(servicer.userid)]);
      const pass = { disabled: choices.length === 0, title: choices.length ? null : "没有别的同事在接待" };
      parts.push(h("button", { type: "button", class: "quiet", "data-act": "transfer", ...pass, onclick: () => this.transfer(choices) }, "转接"));
      parts.push(this.button("结束", "end", {}));
    } else if (state === 3 || (state === 4 && session.last_words_at !== null)) parts.push(this.button("重新进入", "reenter", { class: "primary" }));
    const focused = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(...parts);
    if (focused) (mine ? this.input : this.actions.querySelector("button"))?.focus();
  }

  button(words, act, { class: name = "", disabled = false }) {
    const press = async () => {
      if ((await this.act(act, { customer: this.customer })) !== null) this.corp.touch(this.customer);
    };
    return h("button", { type: "button", class: `quiet ${name}`, "data-act": act, disabled, onclick: press }, words);
  }

  async transfer(choices) {
    const values = await ask("转接会话", [{ name: "to", label: "转给", options: choices }], "转接");
    if (values) await this.act("transfer", { customer: this.customer, to: values.to });
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.say();
  }

  async say() {
    const words = this.input.value.trim();
    if (!words) return;
    this.input.value = "";
    this.input.focus();
    if ((await this.act("say", { customer: this.customer, text: words })) === null && !this.input.value) this.input.value = words;
  }

  focus() {
    this.input.focus();
  }

  settle() {
    this.thread.stick = true;
    this.thread.settle();
  }
}

function hintFor(session, me) {
  switch (session?.state) {
    case 2:
      return me?.receiving ? "顾客在等，接入后就能回复。" : "你停止了接待；切到接待中，才能接入。";
    case 3:
      return "由同事接待中；重新进入后由你来回。";
    case 4:
      return "会话已结束；重新进入后还能接着说。";
    default:
      return "机器人正在接待，现在只能看。";
  }
}
