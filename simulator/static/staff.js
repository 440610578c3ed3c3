// 员工与企业微信: a member's WeCom phone, with the app, the 智能机器人, internal groups and group robots.

import { paced } from "./bus.js";
import { ask, h, toast } from "./dom.js";
import { face, moment } from "./pieces.js";
import { Chat } from "./staff_chat.js";
import { portrait, preview } from "./staff_lines.js";
import { roomsOf } from "./staff_rooms.js";

const OFTEN_MS = 300;
const WATCHED = /^(app\.|aibot\.(line|link|event)|contacts\.|clock|settings)/;
const CALLED = /\/(message|appchat|webhook|menu|agent|externalcontact)\//;
const NARROW = matchMedia("(max-width: 899px)");
const remembered = { member: "", room: "app", seen: new Map(), rated: new Map() };

let shown = null;

/** Fill the section; `context` is {api, onJournal, state, now}. */
export async function mount(section, context) {
  look();
  shown = new StaffPane(section, context);
  await shown.refresh();
}

/** Leave the section. */
export function unmount() {
  shown?.end();
  shown = null;
}

function look() {
  if (document.querySelector('link[href="/static/staff.css"]')) return;
  document.head.append(h("link", { rel: "stylesheet", href: "/static/staff.css" }));
}

class StaffPane {
  constructor(section, context) {
    this.api = context.api;
    this.now = context.now ?? (() => new Date());
    this.corpUrl = context.state.corp?.url ?? "";
    this.alive = true;
    this.data = null;
    this.members = h("div", { class: "people-tabs", role: "group", "aria-label": "成员" });
    this.rooms = h("nav", { class: "rooms", "aria-label": "会话列表" });
    this.chat = new Chat({
      back: () => this.openList(),
      info: (room) => room.info?.().then(this.soon),
      now: this.now,
      deeds: {
        confirm: (task) => this.room()?.confirm?.(task),
        press: (task, key, selected) => this.room()?.press?.(task, key, selected),
        rate: (line, type) => this.room()?.rate?.(line, type).then(this.soon),
      },
    });
    this.stage = h("div", { class: "desk", "data-open": NARROW.matches ? "list" : "chat" }, this.rooms, this.chat.element);
    section.replaceChildren(
      h(
        "div",
        { class: "people" },
        this.members,
        h("button", { type: "button", class: "quiet add", onclick: () => this.addMember() }, "＋ 成员"),
      ),
      this.stage,
    );
    this.soon = paced(() => this.refresh(), OFTEN_MS);
    this.ends = [
      context.onJournal((entry) => concerns(entry) && this.soon()),
      listen(document, "visibilitychange", this.soon),
    ];
    this.timer = setInterval(() => this.chat.tick(), 1000);
  }

  end() {
    this.alive = false;
    clearInterval(this.timer);
    for (const end of this.ends) end();
  }

  /** Fetch what is on the phone and show it. Nothing is fetched while nobody can see the page. */
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
    const get = (path) => this.api.call("GET", path);
    const paths = ["corpapp", "corpapp/chats", "corpapp/robots", "aibot"];
    const [app, chats, robots, bot] = await Promise.all(paths.map(get));
    if (!app || !chats || !robots) return null;
    const nameOf = (userid) => app.members.find((member) => member.userid === userid)?.name ?? userid;
    const member = app.members.find((item) => item.userid === remembered.member) ?? app.members[0];
    const around = { member, nameOf, corpUrl: this.corpUrl, rated: remembered.rated };
    const data = { ...around, app, chats: chats.chats, robots: robots.robots, bot: null };
    if (!member) return data;
    const mine = (bot?.id ? bot.rooms : []).filter((room) => room.members.includes(member.userid));
    const [phone, tasks, ...transcripts] = await Promise.all([
      get(`corpapp/members/${encodeURIComponent(member.userid)}`),
      get(`contacts/pending/${encodeURIComponent(member.userid)}`),
      ...mine.map((room) => get(`aibot/rooms/${encodeURIComponent(room.id)}/transcript`)),
    ]);
    if (!phone) return null;
    data.phone = phone;
    data.pending = new Set((tasks?.tasks ?? []).map((task) => task.msgid));
    if (bot?.id) data.bot = { ...bot, lines: new Map(mine.map((room, n) => [room.id, transcripts[n]?.lines ?? []])) };
    return data;
  }

  room() {
    const all = this.groups?.flatMap((group) => group.rooms) ?? [];
    return all.find((room) => room.id === remembered.room) ?? all[0];
  }

  draw(data) {
    this.data = data;
    const { member, app } = data;
    this.stage.hidden = !member;
    this.vacant?.remove();
    if (!member) {
      this.vacant = h("p", { class: "vacant" }, "企业里还没有成员。点右上角的「＋ 成员」加一位，就能看到 TA 的企业微信。");
      this.stage.after(this.vacant);
      this.members.replaceChildren();
      return;
    }
    remembered.member = member.userid;
    remembered.seen.set(`member ${member.userid}`, app.members.find((item) => item.userid === member.userid)?.last ?? 0);
    this.groups = roomsOf(member, data, {
      post: (path, body) => this.deed("POST", path, body),
      change: (method, path, body) => this.deed(method, path, body),
    });
    const room = this.room();
    this.drawMembers();
    this.chat.element.dataset.member = member.userid;
    this.chat.open(room, member.name);
    this.chat.show(room.lines);
    this.chat.tick();
    if (this.inView()) remembered.seen.set(this.seenKey(room), room.lines.at(-1)?.key ?? -1);
    this.drawRooms();
  }

  async deed(method, path, body) {
    const done = await this.api.call(method, path, body);
    this.soon();
    return done;
  }

  inView() {
    return this.stage.dataset.open === "chat" || !NARROW.matches;
  }

  seenKey(room) {
    return `${remembered.member} ${room.id}`;
  }

  drawMembers() {
    const { app, member } = this.data;
    keepFocus(this.members, "data-member", () =>
      this.members.replaceChildren(
        ...app.members.map((item) => {
          const seen = remembered.seen.get(`member ${item.userid}`);
          if (seen === undefined) remembered.seen.set(`member ${item.userid}`, 0);
          return h(
            "button",
            {
              type: "button",
              class: "person",
              "data-member": item.userid,
              "aria-pressed": String(item.userid === member.userid),
              onclick: () => this.choose(item.userid),
            },
            face(item.name, item.userid),
            item.name,
            item.userid !== member.userid && item.last > (seen ?? 0) ? unread() : null,
          );
        }),
      ),
    );
  }

  drawRooms() {
    const open = this.room();
    const at = this.rooms.scrollTop;
    keepFocus(this.rooms, "data-room", () =>
      this.rooms.replaceChildren(
        ...this.groups.map((group) =>
          h(
            "section",
            { "aria-label": group.name },
            h(
              "div",
              { class: "rooms-head" },
              h("h3", {}, group.name),
              group.add ? this.addButton(group) : null,
            ),
            group.rooms.length ? null : h("p", { class: "rooms-hint" }, group.hint),
            ...group.rooms.map((room) => this.roomButton(room, room.id === open.id)),
          ),
        ),
      ),
    );
    this.rooms.scrollTop = at;
  }

  addButton({ name, add }) {
    return h("button", { type: "button", class: "quiet", "data-room": `add ${name}`, onclick: () => this.add(name) }, `＋ ${add}`);
  }

  roomButton(room, open) {
    const last = room.lines.at(-1);
    const fresh = last && !last.mine && last.key > (remembered.seen.get(this.seenKey(room)) ?? -1);
    return h(
      "button",
      { type: "button", class: "room", "data-room": room.id, "aria-current": open ? "true" : null, onclick: () => this.openRoom(room.id) },
      h("span", { class: "room-face" }, portrait(room.who), fresh ? unread() : null),
      h("span", { class: "room-words" }, h("b", {}, room.title), h("small", {}, preview(last) || "还没有消息")),
      last ? h("time", { dateTime: last.at.toISOString() }, moment(last.at, this.now())) : null,
    );
  }

  choose(userid) {
    remembered.member = userid;
    this.soon();
  }

  openRoom(id) {
    remembered.room = id;
    this.stage.dataset.open = "chat";
    this.draw(this.data);
    if (NARROW.matches) this.chat.back.focus();
    else if (this.chat.input.isConnected) this.chat.input.focus();
  }

  openList() {
    this.stage.dataset.open = "list";
    this.rooms.querySelector("[aria-current]")?.focus();
  }

  async addMember() {
    const values = await ask("新成员", [
      { name: "name", label: "名字", placeholder: "如：赵柳" },
      { name: "userid", label: "userid", value: `member${(this.data?.app.members.length ?? 0) + 1}` },
    ]);
    if (!values) return;
    if (!/^[\w@.-]{1,64}$/.test(values.userid)) {
      toast("userid 只能是字母、数字和 _ - @ .");
      return;
    }
    await this.deed("PUT", `corp/members/${encodeURIComponent(values.userid)}`, { name: values.name.trim() || values.userid });
    this.choose(values.userid);
  }

  add(group) {
    return group === "群机器人" ? this.addRobot() : this.addBotGroup();
  }

  async addRobot() {
    const values = await ask("添加群机器人", [{ name: "name", label: "名字", value: `小助手 ${this.data.robots.length + 1}` }]);
    if (!values) return;
    const key = crypto.randomUUID();
    if (await this.deed("PUT", `corpapp/robots/${key}`, { name: values.name.trim() || "机器人" })) this.goTo(`robot:${key}`);
  }

  async addBotGroup() {
    const { app, member, bot } = this.data;
    const values = await ask("和智能机器人建群", [
      { name: "name", label: "群名", value: `值班群 ${bot.rooms.filter((room) => room.chattype === "group").length + 1}` },
      ...app.members.map((item) => ({ name: item.userid, label: item.name, type: "checkbox", checked: true })),
    ]);
    if (!values) return;
    const members = app.members.map((item) => item.userid).filter((userid) => userid === member.userid || values[userid]);
    const id = `wr${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
    if (await this.deed("PUT", `aibot/groups/${id}`, { name: values.name.trim() || "群聊", members })) this.goTo(`bot:${id}`);
  }

  async goTo(room) {
    remembered.room = room;
    this.stage.dataset.open = "chat";
    await this.refresh();
  }
}

const unread = () => h("span", { class: "dot" }, h("span", { class: "who" }, "有新消息"));

/** Whether something on a member's phone may have changed. */
const concerns = (entry) => (entry.kind === "corp.call" ? CALLED.test(entry.path ?? "") : WATCHED.test(entry.kind));

function listen(target, name, take) {
  target.addEventListener(name, take);
  return () => target.removeEventListener(name, take);
}

/** Redraw a list without losing the place of the keyboard. */
export function keepFocus(holder, attribute, redraw) {
  const key = holder.contains(document.activeElement) ? document.activeElement.getAttribute(attribute) : null;
  redraw();
  if (key === null) return;
  const same = [...holder.querySelectorAll(`[${attribute}]`)].find((item) => item.getAttribute(attribute) === key);
  same?.focus({ preventScroll: true });
}
