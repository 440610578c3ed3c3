// 微信客服: a customer's phone on the left, the desk of those who serve in the platform's own client on the right.

import { KefuBook } from "./kefu_book.js";
import { ask, h } from "./dom.js";
import { KefuDesk } from "./kefu_desk.js";
import { ShopperPhone } from "./kefu_shopper.js";
import { face } from "./pieces.js";

const FIRST = [
  ["wang", "王女士"],
  ["li", "李先生"],
];
const NAMES = ["赵小姐", "陈阿姨", "周同学", "吴大叔", "孙姐", "郑老师"];
const PEOPLE_SHOWN = 30;
const remembered = { customer: "", account: "", side: "customer" };

let corp = null;
let pane = null;

/** Fill the section; `context` is {bus, state, world}. */
export async function mount(section, context) {
  corp ??= new KefuBook(context.bus);
  const mine = (pane = new KefuPane(section, context, corp));
  await corp.load(context.state.settings);
  if (pane === mine) await mine.begin();
}

/** Leave the section. */
export function unmount() {
  pane?.end();
  pane = null;
}

class KefuPane {
  constructor(section, { bus, world }, knowledge) {
    this.bus = bus;
    this.world = world;
    this.corp = knowledge;
    this.unread = new Set();
    this.ends = [];
    this.phone = null;
    this.people = h("div", { class: "people-tabs", role: "group", "aria-label": "顾客" });
    this.account = h("select", { class: "kefu-account", "aria-label": "客服账号", hidden: true, onchange: () => this.openAccount(this.account.value) });
    this.place = h("div", { class: "kefu-place" });
    this.desk = new KefuDesk({ corp: knowledge, bus, world });
    this.waiting = h("span", { class: "count", hidden: true });
    this.sides = [
      h("button", { type: "button", onclick: () => this.turn("customer") }, "顾客的手机"),
      h("button", { type: "button", onclick: () => this.turn("desk") }, "客服的工作台", this.waiting),
    ];
    this.element = h(
      "div",
      { class: "kefu" },
      h("div", { class: "kefu-sides segments", role: "group", "aria-label": "看哪一边" }, ...this.sides),
      h(
        "div",
        { class: "kefu-customer" },
        h(
          "div",
          { class: "people" },
          this.people,
          h("button", { type: "button", class: "quiet add", onclick: () => this.addCustomer() }, "＋ 新顾客"),
          this.account,
        ),
        this.place,
      ),
      this.desk.element,
    );
    section.append(h("div", { class: "kefu-room" }, this.element));
    this.turn(remembered.side);
  }

  async begin() {
    const wanted = new URLSearchParams(location.search).get("customers")?.split(",").filter(Boolean) ?? [];
    for (const id of wanted) await this.corp.ensureCustomer(id, id);
    if (this.corp.customers.size === 0) for (const [id, nickname] of FIRST) await this.corp.ensureCustomer(id, nickname);
    if (pane !== this) return;
    this.ends = [
      this.corp.watch(() => this.draw()),
      this.bus.on(["kefu.heard"], (entry) => {
        if (entry.shopper === remembered.customer) return;
        this.unread.add(entry.shopper);
        this.draw();
      }),
    ];
    this.timer = setInterval(() => this.phone?.tick(), 1000);
    if (!this.corp.customers.has(remembered.customer)) remembered.customer = wanted[0] ?? this.corp.customers.keys().next().value;
    const known = this.corp.accounts.some((account) => account.open_kfid === remembered.account);
    await this.openAccount(known ? remembered.account : (this.corp.accounts[0]?.open_kfid ?? ""));
  }

  end() {
    clearInterval(this.timer);
    this.ends.forEach((end) => end());
    this.phone?.close();
    this.desk.close();
    this.element.parentElement?.remove();
  }

  async openAccount(open_kfid) {
    remembered.account = open_kfid;
    this.desk.openAccount(open_kfid);
    await this.open(remembered.customer);
  }

  async open(id) {
    const customer = this.corp.customers.get(id);
    if (!customer) return;
    remembered.customer = id;
    this.unread.delete(id);
    this.phone?.close();
    this.phone = new ShopperPhone(customer, { world: this.world, corp: this.corp, bus: this.bus, account: remembered.account });
    this.place.replaceChildren(this.phone.element);
    this.draw();
    await this.phone.load();
  }

  draw() {
    this.drawAccounts();
    this.drawWaiting();
    const everybody = [...this.corp.customers.values()];
    for (const customer of everybody) this.world.names.set(customer.id, customer.nickname);
    const shown = everybody.filter((customer, index) => customer.id === remembered.customer || index >= everybody.length - PEOPLE_SHOWN);
    const picture = JSON.stringify(shown.map((one) => [one.id, one.nickname, one.id === remembered.customer, this.unread.has(one.id)]));
    if (picture === this.picture) return;
    this.picture = picture;
    const focused = this.people.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    this.people.replaceChildren(...shown.map((customer) => this.personButton(customer)));
    if (focused) [...this.people.children].find((button) => button.dataset.id === focused)?.focus();
    this.people.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  personButton({ id, nickname }) {
    return h(
      "button",
      { type: "button", class: "person", "data-id": id, "aria-pressed": String(id === remembered.customer), onclick: () => this.open(id) },
      face(nickname, id),
      nickname,
      this.unread.has(id) ? h("span", { class: "dot" }, h("span", { class: "who" }, "有新消息")) : null,
    );
  }

  /** How many wait for a person, on the button that leads to the desk. */
  drawWaiting() {
    const waiting = [...this.corp.customers.keys()].filter((id) => this.corp.session(id, remembered.account)?.state === 2).length;
    this.waiting.hidden = waiting === 0;
    this.waiting.textContent = String(waiting);
  }

  drawAccounts() {
    const accounts = this.corp.accounts.map((account) => [account.open_kfid, account.name]);
    this.account.hidden = accounts.length < 2;
    const picture = JSON.stringify(accounts);
    if (picture !== this.accountPicture) {
      this.accountPicture = picture;
      this.account.replaceChildren(...accounts.map(([value, words]) => h("option", { value }, words)));
    }
    this.account.value = remembered.account;
  }

  async addCustomer() {
    const used = new Set([...this.corp.customers.values()].map((customer) => customer.nickname));
    const suggestion = NAMES.find((name) => !used.has(name)) ?? `顾客 ${this.corp.customers.size + 1}`;
    const values = await ask("新顾客", [
      { name: "nickname", label: "昵称", value: suggestion },
      { name: "enter", label: "现在就从链接进入（会有欢迎语）", type: "checkbox", checked: true },
    ]);
    if (!values) return;
    const id = `g${Date.now().toString(36)}`;
    if (!(await this.corp.ensureCustomer(id, values.nickname.trim() || suggestion))) return;
    await this.open(id);
    if (values.enter) await this.phone.enter();
  }

  /** Where there is room for one side only: show this one. */
  turn(side) {
    remembered.side = side;
    this.element.dataset.side = side;
    this.sides.forEach((button, index) => button.setAttribute("aria-pressed", String(["customer", "desk"][index] === side)));
    this.phone?.settle();
    this.desk.settle();
  }
}
