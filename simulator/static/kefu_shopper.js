// The phone of one customer, showing the chat with a 微信客服 account.

import { call } from "./api.js";
import { Composer } from "./composer.js";
import { ask, h, iconButton } from "./dom.js";
import { Frame } from "./frame.js";
import { customerAct, customerThings } from "./kefu_sendables.js";
import { kefuBody } from "./kefu_contents.js";
import { face, shopFace } from "./pieces.js";
import { sessionLine, stateWords } from "./kefu_badge.js";
import { chatLine, noticeLine, Thread } from "./thread.js";

const SAMPLES = ["几点发货？", "我的订单到哪了", "可以退货吗", "有优惠券吗", "转人工"];
const RECALL_MS = 120_000;
const FAILED = { 10: "顾客拒收", 4: "会话已过期", 5: "会话已关闭", 6: "超过 5 条", 8: "未验证", 13: "内容违规" };
const ORIGINS = { api: "接口发送", event: "事件响应", servicer: "人工发送" };

export class ShopperPhone {
  /** `person` is {id, nickname}; `account` the open_kfid of the chat; `corp` is loaded. */
  constructor(person, { world, corp, bus, account }) {
    this.person = person;
    this.world = world;
    this.corp = corp;
    this.account = account;
    this.frame = new Frame({ names: { "data-customer": person.id } });
    this.element = this.frame.element;
    this.thread = new Thread(world.now);
    this.composer = new Composer({
      say: (words) => this.act("say", { text: words }),
      things: () => this.things(),
      chips: SAMPLES,
      onGrow: () => this.thread.settle(),
    });
    this.composer.lead.append(iconButton("voice", "发语音", () => this.act("voice")));
    this.title = h("h2", { class: "phone-title" });
    this.banner = h("p", { class: "banner", hidden: true });
    this.frame.phone.append(
      h(
        "div",
        { class: "nav" },
        h("span", { class: "nav-blank" }),
        h("div", { class: "nav-title" }, this.title, h("small", {}, "微信客服")),
        iconButton("person", "客服资料", () => this.profile()),
      ),
      this.banner,
      this.thread.element,
      this.composer.element,
    );
    this.thread.element.addEventListener("contextmenu", (event) => {
      const line = event.target.closest(".line.mine"); // a long press shows what can be done with a line
      if (!line || !line.querySelector(".line-acts")) return;
      event.preventDefault();
      line.classList.toggle("open");
    });
    this.stop = [
      bus.on(["kefu.said", "kefu.heard"], (entry) => entry.shopper === person.id && this.add([entry.line])),
      bus.on(["kefu.event"], (entry) => entry.shopper === person.id && this.happened(entry.event)),
      bus.on(["kefu.lost"], (entry) => entry.shopper === person.id && this.lost(entry)),
      bus.on(["corp.call"], (entry) => /\/kf\/recall_msg/.test(entry.path) && this.load()),
      corp.watch(() => this.draw()),
    ];
    this.state = sessionLine(corp, null);
    this.frame.setCap(this.state);
    this.draw();
    this.tick();
  }

  async load() {
    const answer = await call("GET", `kefu/customers/${encodeURIComponent(this.person.id)}/transcript?account=${encodeURIComponent(this.account)}`);
    if (!answer) return;
    this.corp.customers.set(this.person.id, answer.customer);
    this.add(answer.lines);
    this.draw();
  }

  close() {
    this.stop.forEach((stop) => stop());
    this.element.remove();
  }

  get customer() {
    return this.corp.customers.get(this.person.id) ?? null;
  }

  get session() {
    return this.corp.session(this.person.id, this.account);
  }

  act(name, data) {
    return customerAct(this.person.id, this.account, name, data);
  }

  add(lines) {
    for (const line of lines) {
      if (line.open_kfid !== this.account) continue;
      this.thread.put({
        key: line.msgid,
        at: new Date(line.at * 1000),
        mine: line.direction === "said",
        stamp: String(line.recalled),
        draw: () => this.line(line),
      });
    }
  }

  line(line) {
    const mine = line.direction === "said";
    if (line.recalled) return noticeLine(line.msgid, mine ? "你撤回了一条消息" : "对方撤回了一条消息");
    if (line.by === "system") return noticeLine(line.msgid, line.text);
    const person = line.by === "servicer" ? this.corp.nameOf(line.servicer) : this.accountName();
    const deeds = { click: (id) => this.act("click", { id, msgid: line.msgid }) };
    const fresh = mine && this.world.now() - line.at * 1000 < RECALL_MS;
    return chatLine({
      key: line.msgid,
      kind: line.kind,
      mine,
      face: mine ? face(this.person.nickname, this.person.id) : line.by === "servicer" ? face(person, line.servicer) : shopFace(),
      name: mine ? this.person.nickname : person,
      tag: line.by === "servicer" ? `人工客服 ${person}` : null,
      body: kefuBody(line, deeds),
      origin: mine ? null : (ORIGINS[line.by] ?? line.by),
      actions: fresh
        ? [h("button", { type: "button", class: "line-act", onclick: () => this.act("recall", { msgid: line.msgid }) }, "撤回")]
        : null,
    });
  }

  happened(event) {
    if (["user_recall_msg", "servicer_recall_msg"].includes(event.event_type)) this.load();
  }

  lost(entry) {
    const words = `有一条消息没有送到：${FAILED[entry.fail_type] ?? `原因 ${entry.fail_type}`}`;
    this.thread.put({ key: entry.msgid, at: new Date(entry.at), stamp: "", draw: () => noticeLine(entry.msgid, words) });
  }

  accountName() {
    return this.corp.account(this.account)?.name ?? "客服";
  }

  /** Show name, state, and whether the customer has come in and takes messages. */
  draw() {
    const { session, customer } = this;
    this.frame.name(this.person.nickname, `${this.person.nickname}的手机（微信客服）`);
    this.title.textContent = this.accountName();
    const state = sessionLine(this.corp, session);
    if (state.outerHTML !== this.state.outerHTML) {
      this.state.replaceWith(state);
      this.state = state;
    }
    const entered = session !== null || this.thread.size > 0;
    if (entered !== this.entered) {
      this.entered = entered;
      if (entered) this.composer.close();
      else this.composer.close(h("button", { type: "button", class: "join-button", onclick: () => this.enter() }, "从链接进入客服会话"));
    }
    const refuses = Boolean(customer?.refuses);
    this.banner.hidden = !refuses;
    if (refuses) {
      this.banner.replaceChildren(
        "你已拒收这个客服的消息",
        h("button", { type: "button", class: "inline-link", onclick: () => this.refuse(false) }, "恢复接收"),
      );
    }
    this.thread.setBlank(
      ...(entered
        ? [h("p", {}, "已进入会话，还没有消息。问一句试试。")]
        : [h("p", {}, "顾客从链接、二维码或网页按钮进入客服会话，先看到欢迎语。")]),
    );
  }

  settle() {
    this.thread.stick = true;
    this.thread.settle();
  }

  tick() {
    this.frame.tick(this.world.now());
  }

  things() {
    const refuses = Boolean(this.customer?.refuses);
    return [
      ...customerThings(this.person.id, this.account),
      ["door", "重新进入", () => this.enter()],
      ["ban", refuses ? "恢复接收" : "拒收消息", () => this.refuse(!refuses)],
    ];
  }

  async enter() {
    await this.corp.ensureCustomer(this.person.id, this.person.nickname);
    if ((await this.act("enter", { scene: "demo" })) === null) return;
    await this.load(); // now there is a session, and with it the field
    this.composer.input.focus();
  }

  async refuse(on) {
    if ((await this.act("refuse", { on })) === null) return;
    this.corp.touch(this.person.id);
  }

  async profile() {
    const refuses = Boolean(this.customer?.refuses);
    const values = await ask(
      this.accountName(),
      [
        { fact: this.person.nickname, label: "顾客" },
        { fact: this.customer?.external_userid ?? "—", label: "外部联系人" },
        { fact: stateWords(this.corp, this.session), label: "会话" },
      ],
      refuses ? "恢复接收" : "拒收消息",
    );
    if (values) this.refuse(!refuses);
  }
}
