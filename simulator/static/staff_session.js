// One customer's session as a member sees it, with what the member may do in it.

import { call } from "./api.js";
import { Composer } from "./composer.js";
import { ask, h, iconButton } from "./dom.js";
import { kefuBody } from "./kefu_bodies.js";
import { face, shopFace } from "./pieces.js";
import { servicerAct } from "./staff_reception.js";
import { sessionLine, stateWords } from "./session_state.js";
import { chatLine, noticeLine, Thread } from "./thread.js";

const CHIPS = ["您好，我是人工客服，请稍等～", "我帮您查一下订单", "已经给您登记好了"];
const CHANGES = { 1: "从待接入池接入", 2: "转接", 3: "结束会话", 4: "重新接入" };
const RECALL_MS = 120_000;

export class StaffSession {
  constructor(customer, account, around) {
    Object.assign(this, { id: customer, account, around, corp: around.corp, me: around.me, world: around.world });
    this.title = this.customer?.nickname ?? customer;
    this.subtitle = "@微信";
    this.thread = new Thread(around.world.now);
    this.composer = new Composer({ say: (text) => this.act("say", { text }), things: () => this.things(), chips: CHIPS, onGrow: () => this.thread.settle() });
    this.bar = h("div", { class: "session-bar" });
    this.element = h("div", { class: "view" }, this.bar, this.thread.element, this.composer.element);
    this.actions = [iconButton("person", "顾客资料", () => this.profile())];
    this.stop = [
      around.bus.on(["kefu.said", "kefu.heard"], (entry) => entry.shopper === customer && this.add([entry.line])),
      around.bus.on(["kefu.event"], (entry) => entry.shopper === customer && this.happened(entry)),
      this.corp.watch(() => this.draw()),
    ];
    this.draw();
    this.load();
  }

  close() {
    this.stop.forEach((stop) => stop());
  }

  settle() {
    this.thread.stick = true;
    this.thread.settle();
  }

  get customer() {
    return this.corp.customers.get(this.id) ?? null;
  }

  async act(name, data = {}) {
    const done = await servicerAct(this.me, this.account, name, { customer: this.id, ...data });
    if (done) this.corp.touch(this.id);
    return done;
  }

  async load() {
    const answer = await call("GET", `kefu/customers/${encodeURIComponent(this.id)}/transcript?account=${encodeURIComponent(this.account)}`);
    if (answer) this.add(answer.lines);
  }

  add(lines) {
    for (const line of lines) {
      if (line.open_kfid !== this.account) continue;
      this.thread.put({
        key: line.msgid,
        at: new Date(line.at * 1000),
        mine: line.direction !== "said",
        stamp: String(line.recalled),
        draw: () => this.line(line),
      });
    }
  }

  line(line) {
    const said = line.direction === "said";
    const nickname = this.customer?.nickname ?? this.id;
    const person = line.by === "servicer" ? this.corp.nameOf(line.servicer) : "机器人";
    if (line.recalled) return noticeLine(line.msgid, `${said ? nickname : person}撤回了一条消息`);
    const own = line.by === "servicer" && line.servicer === this.me;
    const fresh = own && this.world.now() - line.at * 1000 < RECALL_MS;
    return chatLine({
      key: line.msgid,
      kind: line.kind,
      mine: !said,
      face: said ? face(nickname, this.id) : line.by === "servicer" ? face(person, line.servicer) : shopFace(),
      name: said ? nickname : person,
      tag: said || own ? null : person,
      body: kefuBody(line),
      actions: fresh
        ? [h("button", { type: "button", class: "line-act", onclick: () => this.act("recall", { msgid: line.msgid }) }, "撤回")]
        : null,
    });
  }

  happened(entry) {
    const { event } = entry;
    if (["user_recall_msg", "servicer_recall_msg"].includes(event.event_type)) return this.load();
    if (event.event_type !== "session_status_change") return undefined;
    const to = event.new_servicer_userid ? `：${this.corp.nameOf(event.new_servicer_userid)}` : "";
    const key = `change:${entry.number}`;
    return this.thread.put({ key, at: new Date(entry.at), stamp: "", draw: () => noticeLine(key, `${CHANGES[event.change_type]}${to}`) });
  }

  draw() {
    const session = this.corp.session(this.id, this.account);
    const own = session?.state === 3 && session.servicer === this.me;
    this.bar.replaceChildren(sessionLine(this.corp, session), ...(own ? [this.tools(session)] : []));
    const gate = session ? this.gate(session, own) : [];
    const stamp = session ? `${session.state} ${session.servicer} ${session.last_servicer} ${this.receives}` : "";
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    this.composer.close(...gate);
  }

  get receives() {
    return this.corp.servicer(this.corp.account(this.account), this.me)?.status === 0;
  }

  tools(session) {
    const button = (label, action) => h("button", { type: "button", class: "small-button", onclick: action }, label);
    return h(
      "span",
      { class: "session-tools" },
      button("转接", () => this.transfer()),
      button(session.rejected ? "恢复接收" : "拒收", () => this.act("reject", { on: !session.rejected })),
      button("结束会话", () => this.act("end")),
    );
  }

  /** What stands in the place of the field while the member does not serve the session; nothing when they do. */
  gate(session, own) {
    const words = (text) => h("p", { class: "gate-words" }, text);
    const button = (label, name) => h("button", { type: "button", class: "join-button", onclick: () => this.act(name) }, label);
    if (own) return [];
    if (session.state === 2) return this.receives ? [button("接入会话", "take")] : [words("顾客在等。先打开「接待」，就能接入。")];
    if (session.state === 3) {
      const before = session.last_servicer === this.me;
      return before ? [button("重新接入", "reenter")] : [words(`${this.corp.nameOf(session.servicer)} 在接待这位顾客`)];
    }
    if (session.state === 4) return session.lapsed ? [words("会话已过期，等顾客再来消息")] : [button("重新接入", "reenter")];
    return [words("机器人在接待。顾客要转人工时会进待接入池。")];
  }

  things() {
    const send = (msgtype, body) => this.act("say", { msgtype, [msgtype]: body });
    return [
      ["pin", "位置", () => send("location", { name: "禾野集门店", address: "杭州市西湖区文三路 90 号", latitude: 30.2741, longitude: 120.1551 })],
      ["chain", "链接", () => this.share(send)],
    ];
  }

  async share(send) {
    const values = await ask("发链接", [
      { name: "title", label: "标题", value: "荔枝的保存方法" },
      { name: "desc", label: "说明", value: "收到后请尽快冷藏" },
      { name: "url", label: "网址", value: "https://shop.example.com/help/lychee" },
    ]);
    if (values) send("link", { ...values, pic_url: "" });
  }

  async transfer() {
    const account = this.corp.account(this.account);
    const options = account.servicers.filter((item) => item.status === 0 && item.userid !== this.me).map((item) => [item.userid, this.corp.nameOf(item.userid)]);
    if (options.length === 0) {
      await ask("转接", [{ label: "没有别的同事在接待", fact: "先在同事的手机上打开「接待」" }], "知道了");
      return;
    }
    const values = await ask("转接给", [{ name: "to", label: "同事", options }], "转接");
    if (values) this.act("transfer", { to: values.to });
  }

  async profile() {
    const customer = this.customer;
    await ask(
      customer?.nickname ?? this.id,
      [
        { label: "外部联系人", fact: customer?.external_userid ?? "—" },
        { label: "会话", fact: stateWords(this.corp, this.corp.session(this.id, this.account)) },
      ],
      "知道了",
    );
  }
}
