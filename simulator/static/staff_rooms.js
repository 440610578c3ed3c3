// The chats on a member's WeCom phone: what each shows, and what can be written or pressed there.

import { ask } from "./dom.js";
import { chooseFile } from "./composer.js";

export const BOT_NAME = "智能机器人";
const ASKED = ["帮助", "待处理", "接 1", "办完 1", "满多少包邮？"];
const ROUTES = { passive: "被动回复", app: "应用消息", mass: "群发" };
const STATES = [
  ["on", "正常"],
  ["disabled", "停用（93004）"],
  ["out", "已出群（93008）"],
  ["removed", "已移除（93000）"],
];
const CONTACTS = { name: "客户联系", key: "contacts", tile: "contacts" };
const path = encodeURIComponent;
const epoch = (seconds) => new Date(seconds * 1000);

/**
 * The rooms of a member. `data` is {app, phone, pending, chats, robots, bot: {id, rooms, lines: Map} or null}; `deeds` is {post(path, body),
 * change(method, path, body)}, both resolve to null when refused.
 */
export function roomsOf(member, data, deeds) {
  const me = { name: member.name, key: member.userid };
  return [
    { name: "应用", rooms: [appRoom(member, me, data, deeds)] },
    {
      name: "智能机器人",
      rooms: data.bot ? botRooms(member, me, data, deeds) : [],
      hint: "没有设置智能机器人。启动模拟器时给出 corp_aibot_id，它就在这里。",
      add: data.bot ? "新建群聊" : null,
    },
    {
      name: "内部群",
      rooms: data.chats.filter((chat) => chat.userlist.includes(member.userid)).map((chat) => chatRoom(chat, data)),
      hint: "应用用 appchat/create 建了有这位成员的群，群就出现在这里。",
    },
    {
      name: "群机器人",
      rooms: data.robots.map((robot) => robotRoom(robot, data, deeds)),
      hint: "还没有群机器人。添加一个，把它的地址给要推送的程序。",
      add: "添加机器人",
    },
  ];
}

/** Lines of other chats are shown there; a click on a card shows on the card. */
const isShown = (line) => !line.route.startsWith("chat:") && !String(line.content.event ?? "").startsWith("template_card_");

function appRoom(member, me, { app, phone, pending }, deeds) {
  const who = { name: app.name, key: "app", tile: "app" };
  const act = (name, body = {}) => deeds.post(`corpapp/members/${path(member.userid)}/${name}`, body);
  return {
    id: "app",
    title: app.name,
    who,
    note: member.visible ? "" : "这位成员不在应用的可见范围内，收不到消息，也发不出消息。",
    empty: "和店小二说句话，发「帮助」看看它会什么。有顾客要人工时，卡片也会到这里。",
    lines: phone.lines.filter(isShown).map((line) => ({
      key: line.number,
      at: epoch(line.at),
      mine: line.direction === "said",
      who: line.direction === "said" ? me : line.route === "mass" ? CONTACTS : who,
      kind: line.kind,
      content: line.route === "mass" ? { ...line.content, pending: pending.has(line.content.task) } : line.content,
      card: line.card,
      origin: ROUTES[line.route],
    })),
    chips: ASKED,
    menu: phone.menu,
    write: member.visible ? (text) => act("say", { text }) : undefined,
    silent: "不在应用的可见范围内",
    press: (task, key, selected) => act("card-click", { task_id: task, key, selected }),
    confirm: (task) => deeds.post("contacts/acts", { act: "mass-confirm", userid: member.userid, msgid: task }),
    choose: (button) => chooseMenu(button, act),
    more: [
      { icon: "door", label: "进入应用", act: () => act("enter") },
      { icon: "image", label: "照片", act: () => chooseFile("image/*", (form) => act("image", form)) },
      { icon: "camera", label: "拍摄", act: () => act("image") },
      { icon: "mic", label: "语音", act: () => act("voice") },
      { icon: "film", label: "视频", act: () => act("video") },
      { icon: "pin", label: "位置", act: () => act("location") },
      { icon: "chain", label: "链接", act: () => share(act) },
    ],
    info: () =>
      ask(app.name, [
        { fact: String(app.agent_id), label: "AgentID" },
        { fact: `${member.name}（${member.userid}）`, label: "成员" },
        { fact: member.visible ? "在可见范围内" : "不在可见范围内", label: "应用" },
      ], member.visible ? "移出可见范围" : "加入可见范围").then((yes) => yes && act(member.visible ? "unsubscribe" : "subscribe")),
  };
}

function chooseMenu(button, act) {
  const { type, key } = button;
  if (type === "view") return act("view", { url: button.url });
  if (type === "view_miniprogram") return act("view-miniprogram", { page: button.pagepath });
  if (type === "click") return act("click", { key });
  if (type.startsWith("scancode")) return act(type.replaceAll("_", "-"), { key, result: "6901234567892", type: "barcode" });
  return act(type.replaceAll("_", "-"), { key });
}

async function share(act) {
  const values = await ask("分享链接", [
    { name: "title", label: "标题", value: "这款还有货吗？" },
    { name: "url", label: "网址", value: "https://shop.example.com/item/1001" },
  ]);
  if (values) act("link", { title: values.title, url: values.url, description: values.url });
}

function botRooms(member, me, data, deeds) {
  const own = data.bot.rooms.find((room) => room.chattype === "single" && room.id === member.userid);
  const single = own ?? { id: member.userid, chattype: "single", name: BOT_NAME, members: [member.userid] };
  const groups = data.bot.rooms.filter((room) => room.chattype === "group" && room.members.includes(member.userid));
  return [single, ...groups].map((room) => botRoom(room, member, me, data, deeds));
}

function botRoom(room, member, me, data, deeds) {
  const alone = room.chattype === "single";
  const bot = { name: BOT_NAME, key: "bot", tile: "bot" };
  const base = `aibot/rooms/${path(room.id)}`;
  const speaker = (userid) => ({ name: data.nameOf(userid), key: userid });
  return {
    id: `bot:${room.id}`,
    title: alone ? BOT_NAME : `${room.name}（${room.members.length + 1}）`,
    who: alone ? bot : { name: room.name, key: room.id, tile: "group" },
    empty: alone ? "直接问它就好，回答会一点点长出来。" : `在群里 @${BOT_NAME} 说话，它才听得到。`,
    lines: (data.bot.lines.get(room.id) ?? []).map((line) => ({
      key: line.number,
      at: new Date(line.at),
      mine: line.who === member.userid,
      named: !alone,
      who: line.who === "bot" ? bot : line.who === member.userid ? me : speaker(line.who),
      kind: line.kind,
      content: line.who === "bot" || line.kind !== "text" ? line.content : { text: spoken(line.content, data.bot.id) },
      finished: line.finished,
      rate: Boolean(line.content.feedback_id) && line.finished,
      rated: data.rated.get(`${room.id} ${line.number}`),
    })),
    chips: ASKED,
    mention: alone ? "" : `@${BOT_NAME}`,
    write: (text) => deeds.post(`${base}/say`, { text, user: member.userid }),
    press: (task, key, selected) =>
      deeds.post(`${base}/click`, {
        user: member.userid,
        task_id: task,
        key,
        ...(Object.keys(selected).length ? { selected: itemsOf(selected) } : {}),
      }),
    rate: async (line, type) => {
      const done = await deeds.post(`${base}/rate`, { user: member.userid, line: line.key, type });
      if (done) data.rated.set(`${room.id} ${line.key}`, type);
    },
    more: alone ? [{ icon: "door", label: "进入会话", act: () => deeds.post(`aibot/people/${path(member.userid)}/enter`, {}) }] : [],
    info: () =>
      ask(alone ? BOT_NAME : room.name, [
        { fact: data.bot.id, label: "机器人 ID" },
        { fact: data.bot.connected ? "长连接" : "回调", label: "接入方式" },
        { fact: room.members.map(data.nameOf).join("、"), label: "成员" },
      ], "好"),
  };
}

const spoken = (content, botId) => String(content.content ?? content.text ?? "").replace(`@${botId}`, `@${BOT_NAME}`);

const itemsOf = (selected) => Object.entries(selected).map(([question, options]) => ({ question_key: question, option_ids: { option_id: options } }));

function chatRoom(chat, { app, nameOf }) {
  const who = { name: app.name, key: "app", tile: "app" };
  return {
    id: `chat:${chat.chatid}`,
    title: `${chat.name || "未命名的群"}（${chat.userlist.length}）`,
    who: { name: chat.name || "群", key: chat.chatid, tile: "group" },
    empty: "应用还没有往这个群里发过消息。",
    lines: chat.messages.map((message, n) => ({ key: n, at: epoch(message.at), named: true, who, kind: message.kind, content: message.content })),
    silent: "应用只能往群里发消息，听不到群里的话",
    info: () =>
      ask(chat.name || "群", [
        { fact: chat.chatid, label: "群 ID" },
        { fact: nameOf(chat.owner), label: "群主" },
        { fact: chat.userlist.map(nameOf).join("、"), label: "成员" },
        { fact: chat.foreign ? "别的应用或成员" : app.name, label: "创建者" },
      ], "好"),
  };
}

function robotRoom(robot, { corpUrl }, deeds) {
  const who = { name: robot.name, key: robot.key, tile: "robot" };
  const state = STATES.find(([name]) => name === robot.state)?.[1] ?? robot.state;
  return {
    id: `robot:${robot.key}`,
    title: `${robot.name}的群`,
    who,
    note: robot.state === "on" ? "" : `机器人现在是：${state}，推送会被拒绝。`,
    empty: "还没有推送。往右上角资料里的地址发一条试试。",
    lines: robot.messages.map((message, n) => ({ key: n, at: epoch(message.at), named: true, who, kind: message.kind, content: message.content })),
    silent: "群机器人只推送，不接收",
    info: async () => {
      const values = await ask(robot.name, [
        { name: "name", label: "名字", value: robot.name },
        { name: "state", label: "状态", value: robot.state, options: STATES },
        { fact: `${corpUrl}/cgi-bin/webhook/send?key=${robot.key}`, label: "推送地址" },
      ]);
      if (values) await deeds.change("PUT", `corpapp/robots/${path(robot.key)}`, { name: values.name.trim() || robot.name, state: values.state });
    },
  };
}
