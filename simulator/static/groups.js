// 客户群: customer groups and contacts as their people's phones show them, and the mass messages that members confirm.

import { paced } from "./bus.js";
import { h } from "./dom.js";
import { face } from "./pieces.js";
import { keepFocus } from "./staff.js";
import { Chat } from "./staff_chat.js";
import { portrait } from "./staff_lines.js";
import { GroupDeeds } from "./groups_deeds.js";
import { linesOf } from "./groups_lines.js";
import { customerSheet, groupSheet } from "./groups_sheets.js";
import { TaskPanel } from "./groups_tasks.js";

const OFTEN_MS = 300;
const WATCHED = /^(contacts\.|clock|settings)/;
const NARROW = matchMedia("(max-width: 899px)");
const remembered = { room: "", viewers: new Map() };
const VIEWS = [
  ["list", "群与顾客"],
  ["tasks", "群发任务"],
];

let shown = null;

/** Fill the section; `context` is {api, onJournal, state, now}. */
export async function mount(section, context) {
  for (const name of ["staff", "groups"]) {
    const href = `/static/${name}.css`;
    if (!document.querySelector(`link[href="${href}"]`)) document.head.append(h("link", { rel: "stylesheet", href }));
  }
  shown = new GroupsPane(section, context);
  await shown.refresh();
}

/** Leave the section. */
export function unmount() {
  shown?.end();
  shown = null;
}

class GroupsPane {
  constructor(section, context) {
    this.api = context.api;
    this.now = context.now ?? (() => new Date());
    this.alive = true;
    this.soon = paced(() => this.refresh(), OFTEN_MS);
    this.deeds = new GroupDeeds({ call: this.api.call, data: () => this.data, open: (room) => this.openRoom(room), done: this.soon });
    this.viewers = h("div", { class: "people-tabs", role: "group", "aria-label": "看谁的手机" });
    this.rooms = h("nav", { class: "rooms", "aria-label": "客户群与顾客" });
    this.chat = new Chat({ back: () => this.setOpen("list"), info: () => this.toggleSheet(), now: this.now, deeds: {} });
    this.tasks = new TaskPanel({
      confirm: (userid, msgid, chosen) => this.deeds.act("mass-confirm", { userid, msgid, ...(chosen ? { chosen } : {}) }),
      setRule: (rule) => this.deeds.setRule(rule),
      nameOf: (id) => this.nameOf(id),
      now: this.now,
    });
    this.waiting = h("span", { class: "count", hidden: true });
    this.views = h(
      "div",
      { class: "views-row", role: "group", "aria-label": "看什么" },
      ...VIEWS.map(([name, words]) =>
        h("button", { type: "button", "data-show": name, onclick: () => this.setOpen(name) }, words, name === "tasks" ? this.waiting : null),
      ),
    );
    this.vacant = h(
      "div",
      { class: "groups-vacant", hidden: true },
      h("p", {}, "还没有客户群，也没有顾客。新建一个群，或让成员加一位顾客：店小二的欢迎语会到顾客的手机上。"),
      h(
        "p",
        {},
        h("button", { type: "button", class: "primary-button", onclick: () => this.deeds.createGroup() }, "新建客户群"),
        h("button", { type: "button", class: "quiet", onclick: () => this.deeds.befriend() }, "新顾客加好友"),
      ),
    );
    this.viewersRow = h("div", { class: "viewers" });
    this.middle = h("div", { class: "groups-middle" }, this.viewersRow, this.chat.element, this.vacant);
    this.stage = h("div", { class: "desk groups", "data-open": "list" }, this.rooms, this.middle, this.tasks.element);
    section.replaceChildren(this.views, this.stage);
    this.setOpen("list");
    this.ends = [context.onJournal((entry) => concerns(entry) && this.soon())];
    const seen = () => this.soon();
    document.addEventListener("visibilitychange", seen);
    this.ends.push(() => document.removeEventListener("visibilitychange", seen));
    this.timer = setInterval(() => this.chat.tick(), 1000);
  }

  end() {
    this.alive = false;
    clearInterval(this.timer);
    for (const end of this.ends) end();
  }

  /** Fetch what people see and show it. Nothing is fetched while nobody can see the page. */
  async refresh() {
    if (!this.alive || document.hidden) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    const data = await this.fetch().finally(() => (this.busy = false));
    if (data && this.alive) this.draw(data);
    if (!this.again) return;
    this.again = false;
    this.soon();
  }

  async fetch() {
    const [contacts, corp] = await Promise.all([this.api.call("GET", "contacts"), this.api.call("GET", "corp")]);
    if (!contacts || !corp) return null;
    const groups = contacts.groups.map((group) => `group:${group.chat_id}`);
    const ids = [...groups, ...contacts.customers.map((customer) => `customer:${customer.external_userid}`)];
    const room = ids.includes(remembered.room) ? remembered.room : ids[0];
    const [kind, id] = room ? split(room) : [];
    const opened = room ? await this.api.call("GET", `contacts/${kind}s/${encodeURIComponent(id)}`) : null;
    return { ...contacts, members: corp.members, room: opened ? room : undefined, kind, opened };
  }

  nameOf(id) {
    const { members, customers, groups } = this.data;
    const known = [...members, ...customers, ...groups].find((item) => id === (item.userid ?? item.external_userid ?? item.chat_id));
    return known?.name || id;
  }

  draw(data) {
    this.data = data;
    remembered.room = data.room ?? remembered.room;
    const waiting = TaskPanel.waiting(data);
    this.waiting.hidden = waiting === 0;
    this.waiting.textContent = String(waiting);
    this.chat.element.hidden = !data.opened;
    this.vacant.hidden = Boolean(data.opened);
    this.drawRooms();
    this.tasks.show(data);
    this.viewersRow.hidden = !data.opened;
    if (!data.opened) return;
    const room = data.kind === "group" ? this.groupRoom(data.opened) : this.customerRoom(data.opened);
    this.chat.open(room, room.owner);
    this.chat.show(room.lines);
    this.chat.tick();
    if (!this.chat.sheet.hidden) this.drawSheet();
  }

  groupRoom(group) {
    const chosen = group.members.find((person) => person.userid === remembered.viewers.get(group.chat_id));
    const viewer = chosen ?? group.members.find((person) => person.userid === group.owner) ?? group.members[0];
    this.drawViewers(group, viewer);
    const people = new Map(group.members.map((person) => [person.userid, person.name]));
    return {
      id: `group:${group.chat_id}`,
      title: `${group.name}（${group.size}）`,
      owner: viewer?.name ?? "",
      look: viewer?.type === 2 ? "wechat" : "wecom",
      note: group.dismissed ? "这个群已经解散。" : group.notice ? `群公告：${group.notice}` : "",
      empty: group.size > 1 ? "群里还没有人说话。店小二听不到群里的话，只能发群发和欢迎语。" : "群里只有群主。点右上角让顾客进群。",
      lines: linesOf(group.messages, {
        named: true,
        mine: (from) => from === viewer?.userid,
        who: (from) => ({ name: people.get(from) ?? this.nameOf(from), key: from }),
      }),
      chips: group.dismissed ? [] : ["这款还有货吗？", "收到～"],
      write: group.dismissed || !viewer ? undefined : (text) => this.deeds.act("group-say", { chat_id: group.chat_id, who: viewer.userid, text }),
      silent: "群已解散",
      info: true,
    };
  }

  customerRoom({ customer, inbox }) {
    this.viewersRow.replaceChildren(h("span", {}, `${customer.name}的手机`));
    return {
      id: `customer:${customer.external_userid}`,
      title: "成员发来的消息",
      owner: customer.name,
      look: "wechat",
      empty: "还没有收到欢迎语或群发。成员加了 TA，店小二的欢迎语就会到这里。",
      lines: linesOf(inbox, { named: true, mine: () => false, who: (from) => ({ name: this.nameOf(from), key: from }) }),
      silent: "顾客和成员的单聊，店小二看不到",
      info: true,
    };
  }

  drawViewers(group, viewer) {
    if (!this.viewers.isConnected) this.viewersRow.replaceChildren(h("span", {}, "看谁的手机"), this.viewers);
    keepFocus(this.viewers, "data-viewer", () =>
      this.viewers.replaceChildren(
        ...group.members.map((person) =>
          h(
            "button",
            {
              type: "button",
              class: "person",
              "data-viewer": person.userid,
              "aria-pressed": String(person === viewer),
              onclick: () => {
                remembered.viewers.set(group.chat_id, person.userid);
                this.draw(this.data);
              },
            },
            face(person.name, person.userid),
            person.name,
          ),
        ),
      ),
    );
  }

  drawRooms() {
    const { groups, customers, follows } = this.data;
    const at = this.rooms.scrollTop;
    const section = (name, add, act, hint, rows) =>
      h(
        "section",
        { "aria-label": name },
        h(
          "div",
          { class: "rooms-head" },
          h("h3", {}, name),
          h("button", { type: "button", class: "quiet", "data-room": `add ${name}`, onclick: act }, `＋ ${add}`),
        ),
        rows.length ? null : h("p", { class: "rooms-hint" }, hint),
        ...rows,
      );
    keepFocus(this.rooms, "data-room", () =>
      this.rooms.replaceChildren(
        section(
          "客户群",
          "新建",
          () => this.deeds.createGroup(),
          "还没有客户群，新建一个。",
          groups.map((group) => {
            const words = group.dismissed ? "已解散" : `${group.size} 人 · 群主 ${this.nameOf(group.owner)}`;
            return this.row(`group:${group.chat_id}`, { name: group.name, key: group.chat_id, tile: "group" }, group.name, words);
          }),
        ),
        section(
          "顾客",
          "加好友",
          () => this.deeds.befriend(),
          "还没有顾客。让成员加一位，看看欢迎语。",
          customers.map((customer) => {
            const having = follows.filter((follow) => follow.external_userid === customer.external_userid);
            const words = having.length ? `${having.map((follow) => this.nameOf(follow.userid)).join("、")} 的好友` : "还不是谁的好友";
            return this.row(`customer:${customer.external_userid}`, { name: customer.name, key: customer.external_userid }, customer.name, words);
          }),
        ),
      ),
    );
    this.rooms.scrollTop = at;
  }

  row(id, who, title, words) {
    return h(
      "button",
      { type: "button", class: "room", "data-room": id, "aria-current": id === this.data.room ? "true" : null, onclick: () => this.openRoom(id) },
      h("span", { class: "room-face" }, portrait(who)),
      h("span", { class: "room-words" }, h("b", {}, title), h("small", {}, words)),
    );
  }

  async openRoom(id) {
    remembered.room = id;
    this.setOpen("chat");
    await this.refresh();
    if (NARROW.matches) this.chat.back.focus();
  }

  setOpen(name) {
    this.stage.dataset.open = name;
    for (const button of this.views.querySelectorAll("[data-show]")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === name || (name === "chat" && button.dataset.show === "list")));
    }
  }

  toggleSheet() {
    if (this.chat.sheet.hidden) this.drawSheet();
    else this.chat.setSheet();
  }

  drawSheet() {
    const { kind, opened } = this.data;
    const nameOf = (id) => this.nameOf(id);
    const { customer, follows } = opened;
    const children =
      kind === "group"
        ? groupSheet(opened, nameOf, this.deeds.ofGroup(opened))
        : customerSheet(customer, follows, nameOf, this.deeds.ofCustomer(customer));
    const at = this.chat.sheet.scrollTop;
    keepFocus(this.chat.sheet, "data-key", () => this.chat.setSheet(...children.filter(Boolean)));
    this.chat.sheet.scrollTop = at;
  }
}

/** Whether something in groups, contacts or mass messages may have changed. */
const concerns = (entry) => (entry.kind === "corp.call" ? /\/externalcontact\//.test(entry.path ?? "") : WATCHED.test(entry.kind));

function split(room) {
  const at = room.indexOf(":");
  return [room.slice(0, at), room.slice(at + 1)];
}
