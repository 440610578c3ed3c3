// The page: the platform's parts on the left, what happens between platform and bot on the right.

import * as api from "./api.js";
import { Bus } from "./bus.js";
import { ask, h, toast } from "./dom.js";
import { FaultPanel } from "./faults.js";
import { Inspector } from "./inspector.js";
import { Phone } from "./phone.js";
import { face } from "./pieces.js";
import { Tabs } from "./tabs.js";

const { act, call, follow } = api;
const NAMES = ["王女士", "李先生", "赵小姐", "陈阿姨", "周同学", "吴大叔", "孙姐", "郑老师"];
const HISTORY = 300;
const PEOPLE_SHOWN = 30;
const NARROW = matchMedia("(max-width: 899px)");
const $ = (id) => document.getElementById(id);

const people = new Map();
const phones = new Map();
const world = {
  account: { name: "公众号" },
  menu: null,
  offset: 0,
  now: () => new Date(Date.now() + world.offset * 1000),
  names: new Map(), // of people whom other parts of the platform know
};
const inspector = new Inspector($("view-inspector"), (id) => people.get(id)?.nickname ?? world.names.get(id) ?? id ?? "");
const faults = new FaultPanel($("view-faults"), $("fault-count"));
const bus = new Bus();
const listeners = new Set();
const tabs = new Tabs($("parts"), showPart);
let stream = null;

function room() {
  return NARROW.matches ? 1 : Math.max(1, Math.floor(($("view-chat").clientWidth - 64 + 48) / 408));
}

async function load() {
  const state = await call("GET", "state");
  if (!state) return setTimeout(load, 1500);
  world.account = state.account;
  world.menu = state.menu;
  setOffset(state.clock.offset_seconds);
  $("mode").textContent = { plain: "明文模式", compat: "兼容模式", secure: "安全模式" }[state.account.mode];
  faults.show(state.faults);
  faults.showSettings(state.settings);
  people.clear();
  for (const person of state.shoppers) people.set(person.id, person);
  const before = [...phones.keys()].filter((id) => people.has(id));
  for (const phone of [...phones.values()]) closePhone(phone);
  inspector.clear();
  listeners.clear();
  await openFirst(before);
  const history = await call("GET", `log?after=${Math.max(0, state.last - HISTORY)}&limit=${HISTORY}`);
  if (history) inspector.add(history.entries.filter((entry) => entry.number <= state.last));
  stream?.close();
  stream = follow(state.last, take, (link) => {
    if (link === "open" && $("link").dataset.state === "lost") {
      $("link").dataset.state = "wait";
      load(); // the simulator may be another one by now
      return;
    }
    $("link").dataset.state = link;
    $("link").textContent = link === "open" ? "已连接" : "重新连接…";
  });
  tabs.start({ api, bus, onJournal, state, world, now: world.now });
  return undefined;
}

async function openFirst(before) {
  const wanted = new URLSearchParams(location.search).get("shoppers")?.split(",").filter(Boolean) ?? [];
  for (const id of wanted) if (!people.has(id)) await createPerson(id, id, true);
  if (people.size === 0) {
    await createPerson("wang", NAMES[0], true);
    await createPerson("li", NAMES[1], true);
  }
  const usual = before.length ? before : [...people.keys()].slice(0, room());
  const first = wanted.length ? wanted : usual;
  for (const id of first) await openPhone(id);
}

async function createPerson(id, nickname, following) {
  const person = await call("POST", "shoppers", { id, nickname, following });
  if (person) people.set(person.id, person);
  drawPeople();
  return person;
}

async function openPhone(id) {
  if (phones.has(id) || !people.has(id)) return;
  while (phones.size >= room()) closePhone(phones.values().next().value);
  const phone = new Phone(people.get(id), { world, bus, onClose: closePhone });
  phones.set(id, phone);
  $("phones").append(phone.element);
  drawPeople();
  await phone.load();
  people.set(id, phone.person);
}

function closePhone(phone) {
  phones.delete(phone.person.id);
  phone.close();
  drawPeople();
}

function drawPeople() {
  const everybody = [...people.values()];
  const late = new Set(everybody.slice(-PEOPLE_SHOWN));
  const shown = everybody.filter((person) => phones.has(person.id) || late.has(person));
  $("people").replaceChildren(
    ...shown.map((person) =>
      h(
        "button",
        {
          type: "button",
          class: "person",
          "aria-pressed": String(phones.has(person.id)),
          onclick: () => (phones.has(person.id) ? phones.get(person.id).element.scrollIntoView({ inline: "nearest" }) : openPhone(person.id)),
        },
        face(person.nickname, person.id),
        person.nickname,
        person.unread ? h("span", { class: "dot" }, h("span", { class: "who" }, "有新消息")) : null,
      ),
    ),
  );
}

const TAKERS = {
  said: takeLine,
  heard: takeLine,
  shopper: (entry) => {
    if (people.has(entry.shopper)) return;
    people.set(entry.shopper, { id: entry.shopper, nickname: entry.nickname, following: entry.following, openid: "" });
    schedulePeople();
  },
  menu: (entry) => (world.menu = entry.menu),
  clock: (entry) => setOffset(entry.offset_seconds),
  faults: (entry) => faults.show(entry.plan),
  fault: (entry) => faults.struck(entry.side, entry.fault),
  "corp.fault": (entry) => faults.struck(entry.side, entry.fault),
  "api.call": (entry) => entry.faults.forEach((kind) => faults.struck("api", kind)),
  "corp.call": (entry) => entry.faults.forEach((kind) => faults.struck("api", kind)),
  settings: (entry) => faults.showSettings(entry.settings),
  reset: () => load(),
};

function take(entries) {
  for (const entry of entries) {
    TAKERS[entry.kind]?.(entry);
    bus.emit(entry);
    for (const listener of [...listeners]) listener(entry);
  }
  inspector.add(entries);
}

/** Have `listener(entry)` called for each new entry of the log; returns how to end that. */
function onJournal(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function showPart(part) {
  showView("chat");
  if (part === "official") for (const phone of phones.values()) phone.settle();
}

function takeLine(entry) {
  const person = people.get(entry.shopper);
  if (!person) return;
  if (entry.line.content.event === "subscribe") person.following = true;
  if (entry.line.content.event === "unsubscribe") person.following = false;
  const unread = !phones.has(entry.shopper) && entry.kind === "heard";
  if (unread !== Boolean(person.unread)) {
    person.unread = unread;
    schedulePeople();
  }
}

let peopleTimer = 0;
function schedulePeople() {
  clearTimeout(peopleTimer);
  peopleTimer = setTimeout(drawPeople, 120);
}

function setOffset(seconds) {
  world.offset = seconds;
  const label = $("clock-offset");
  label.hidden = seconds === 0;
  const hours = seconds / 3600;
  label.textContent = `${seconds > 0 ? "＋" : "－"}${Math.abs(hours) >= 24 ? `${+(Math.abs(hours) / 24).toFixed(1)} 天` : `${+Math.abs(hours).toFixed(1)} 小时`}`;
  tick();
}

function tick() {
  const now = world.now();
  $("clock-now").textContent = now.toLocaleString("zh-CN", {
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
  for (const phone of phones.values()) phone.tick();
}

function showView(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll(".views button")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  if (view !== "chat") showSide(view);
  else for (const phone of phones.values()) phone.settle();
}

function showSide(view) {
  for (const name of ["inspector", "faults"]) {
    const tab = $(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === view));
    tab.tabIndex = name === view ? 0 : -1;
    $(`view-${name}`).hidden = name !== view;
  }
  if (view === "inspector") inspector.toEnd();
}

for (const name of ["inspector", "faults"]) {
  const tab = $(`tab-${name}`);
  tab.addEventListener("click", () => showSide(name));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = name === "inspector" ? "faults" : "inspector";
    showSide(other);
    $(`tab-${other}`).focus();
  });
}
for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => showView(button.dataset.view));
}
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => {
    const seconds = Number(button.dataset.advance);
    call("POST", "clock", seconds ? { advance_seconds: seconds } : { offset_seconds: 0 });
  });
}
$("ask-cancel").addEventListener("click", () => $("ask").close("cancel"));
$("add-person").addEventListener("click", async () => {
  const used = new Set([...people.values()].map((person) => person.nickname));
  const suggestion = NAMES.find((name) => !used.has(name)) ?? `顾客 ${people.size + 1}`;
  const values = await ask("新顾客", [
    { name: "nickname", label: "昵称", value: suggestion },
    { name: "follow", label: "现在就关注（推送关注事件）", type: "checkbox", checked: true },
  ]);
  if (!values) return;
  const person = await createPerson(`g${Date.now().toString(36)}`, values.nickname.trim() || suggestion, false);
  if (!person) return;
  await openPhone(person.id);
  if (values.follow) await act(person.id, "follow");
});
NARROW.addEventListener("change", () => {
  while (phones.size > room()) closePhone(phones.values().next().value);
});
addEventListener("unhandledrejection", () => toast("页面出错了，请刷新"));
setInterval(tick, 1000);
load();
