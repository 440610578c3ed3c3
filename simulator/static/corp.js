// What the page knows of the corp: members, accounts of 微信客服, customers with their sessions.

import { call } from "./api.js";
import { paced } from "./bus.js";

export const STATES = ["未处理", "机器人接待中", "待接入池", "人工接待中", "已结束"];
const FEW = 5;
const CUSTOMERS_SHOWN = 500;
const OFTEN_MS = 200;

export class Corp {
  constructor(bus) {
    this.clear();
    this.watchers = new Set();
    this.dirty = new Set();
    this.refreshCustomers = paced(() => this.fetchDirty(), OFTEN_MS);
    this.refreshAccounts = paced(() => this.fetchAccounts(), OFTEN_MS);
    bus.on(["kefu.said", "kefu.heard", "kefu.state", "kefu.event", "kefu.lost"], (entry) => {
      if (entry.shopper) this.touch(entry.shopper);
      if (entry.event?.event_type === "servicer_status_change") this.refreshAccounts();
    });
    bus.on(["corp.call"], (entry) => {
      if (/\/kf\/(servicer|account)\//.test(entry.path)) this.refreshAccounts();
      if (/\/kf\/customer\/|\/kf\/send_msg/.test(entry.path) && entry.shopper) this.touch(entry.shopper);
    });
    bus.on(["clock"], () => this.touchAll());
  }

  clear() {
    this.exists = false;
    this.members = [];
    this.accounts = [];
    this.customers = new Map();
    this.total = 0;
    this.budget = 5;
    this.aibot = null;
    this.settings = null;
  }

  /** Fetch everything; false when the simulator plays no corp. */
  async load(settings) {
    this.clear();
    if (!settings.corp) return false;
    this.exists = true;
    this.budget = settings.corp.kefu_budget;
    const corp = await call("GET", "corp");
    this.members = corp?.members ?? [];
    this.settings = settings.corp;
    this.corpId = corp?.corp_id ?? "";
    await this.fetchAccounts();
    await Promise.all([this.fetchList(), this.fetchRobot()]);
    return true;
  }

  async fetchRobot() {
    const robot = await call("GET", "aibot");
    this.aibot = robot?.id ? robot : null;
  }

  async fetchAccounts() {
    const kefu = await call("GET", "kefu");
    if (!kefu) return;
    this.accounts = kefu.accounts;
    this.total = kefu.customers;
    this.tell();
  }

  async fetchList() {
    const offset = Math.max(0, this.total - CUSTOMERS_SHOWN); // the newest
    const page = await call("GET", `kefu/customers?offset=${offset}&limit=${CUSTOMERS_SHOWN}`);
    for (const customer of page?.customers ?? []) this.customers.set(customer.id, customer);
    this.tell();
  }

  async fetchDirty() {
    const names = [...this.dirty];
    this.dirty.clear();
    if (names.length > FEW) return this.fetchList();
    const found = await Promise.all(names.map((name) => call("GET", `kefu/customers/${encodeURIComponent(name)}`)));
    for (const customer of found) if (customer) this.customers.set(customer.id, customer);
    return this.tell();
  }

  touch(name) {
    this.dirty.add(name);
    this.refreshCustomers();
  }

  touchAll() {
    for (const name of this.customers.keys()) this.touch(name);
  }

  /** Be told of every change; returns a function that ends it. */
  watch(take) {
    this.watchers.add(take);
    return () => this.watchers.delete(take);
  }

  tell() {
    for (const take of [...this.watchers]) take();
  }

  /** The customer of 微信客服 of that name, made when there is none. */
  async ensureCustomer(id, nickname) {
    const known = this.customers.get(id);
    if (known) return known;
    const made = await call("POST", "kefu/customers", { id, nickname });
    if (made) this.customers.set(made.id, made);
    return made;
  }

  /** The session of a customer with an account, or null. */
  session(id, account) {
    return this.customers.get(id)?.sessions.find((session) => session.open_kfid === account) ?? null;
  }

  account(openKfid) {
    return this.accounts.find((account) => account.open_kfid === openKfid) ?? this.accounts[0] ?? null;
  }

  nameOf(userid) {
    return this.members.find((member) => member.userid === userid)?.name ?? userid ?? "";
  }

  /** The account's servicer of that userid, or null. */
  servicer(account, userid) {
    return account?.servicers.find((item) => item.userid.toLowerCase() === userid.toLowerCase()) ?? null;
  }

  byExternalId(externalUserid) {
    for (const customer of this.customers.values()) if (customer.external_userid === externalUserid) return customer;
    return null;
  }
}
