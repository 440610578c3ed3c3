// A line of a WeCom chat as an element: every kind of message that the app, a robot or the 智能机器人 can send.

import { h } from "./dom.js";
import { bubble, face, fileCard, linkCard, mediaUrl, miniCard, newsCard, photo, placeCard, richText, safe, videoCard, voiceCard } from "./pieces.js";
import { cardElement } from "./staff_cards.js";
import { link, markdown } from "./staff_text.js";
import { brief } from "./groups_lines.js";

const EVENTS = {
  enter_agent: "你打开了这个应用",
  subscribe: "你可以看到这个应用了",
  unsubscribe: "你看不到这个应用了",
  LOCATION: "你的手机上报了位置",
};

/** The picture of a room or of who wrote: a member's first character, or the app's or the bot's own. */
export function portrait(who) {
  if (!who.tile) return face(who.name, who.key);
  return h("span", { class: `face tile-${who.tile}`, "aria-hidden": "true" }, who.tile === "bot" ? "AI" : [...who.name][0]);
}

/**
 * A line {key, mine, who: {name, key, tile?}, kind, content, card?, finished, origin, rate?}; `deeds.press(task, key,
 * selected)` presses a card, `deeds.rate(line, type)` says what the member thinks of an answer, `deeds.confirm(task)` sends a mass message.
 */
export function lineElement(line, deeds) {
  if (line.kind === "event" || line.kind === "notice" || line.kind === "recalled") {
    return h("li", { class: "notice", "data-line": line.key }, h("span", {}, noticeWords(line)));
  }
  const draw = DRAWERS[line.kind] ?? drawUnknown;
  return h(
    "li",
    {
      class: `line ${line.mine ? "mine" : "theirs"}`,
      "data-line": line.key,
      "data-kind": line.kind,
      "data-finished": line.finished === false ? "false" : null,
    },
    portrait(line.who),
    h(
      "div",
      { class: "said" },
      h("span", { class: line.named && !line.mine ? "speaker" : "who" }, line.named && !line.mine ? line.who.name : `${line.who.name}：`),
      draw(line, deeds),
      line.rate ? rating(line, deeds) : null,
      line.labelled ? h("span", { class: "badge-origin" }, line.origin) : null,
      line.origin && !line.labelled ? h("span", { class: "origin" }, line.origin) : null,
    ),
  );
}

/** What the list of chats shows of a line. */
export function preview(line) {
  if (!line) return "";
  if (line.kind === "event" || line.kind === "notice" || line.kind === "recalled") return noticeWords(line);
  const { content } = line;
  const card = line.card?.card ?? content;
  const words = {
    text: () => content.text,
    markdown: () => content.markdown ?? content.text,
    markdown_v2: () => content.markdown,
    stream: () => content.text || "正在回答…",
    "mass-task": () => `［群发］${brief(content)}`,
    template_card: () => `［卡片］${card.main_title?.title ?? card.sub_title_text ?? ""}`,
    textcard: () => `［链接］${content.title}`,
    news: () => `［图文］${content.articles?.[0]?.title ?? ""}`,
    mpnews: () => `［图文］${content.articles?.[0]?.title ?? ""}`,
    image: () => "［图片］",
    voice: () => "［语音］",
    video: () => "［视频］",
    file: () => "［文件］",
    location: () => "［位置］",
  }[line.kind];
  return String((words?.() ?? `［${line.kind}］`) || "").replace(/[#*>`]|<[^>]*>/g, "").replace(/\s+/g, " ").trim().slice(0, 60);
}

function noticeWords(line) {
  if (line.kind === "recalled") return `${line.who.name}撤回了一条消息`;
  if (line.kind === "notice") return line.content.text;
  const { event, EventKey: key } = line.content;
  if (event === "click") return `你点击了菜单「${key}」`;
  if (event === "view") return "你打开了菜单里的网页";
  return EVENTS[event] ?? `事件 ${event}`;
}

function rating(line, deeds) {
  const given = line.rated;
  const thumb = (type, sign, label) =>
    h("button", { type: "button", "aria-pressed": String(given === type), "aria-label": label, title: label, onclick: () => deeds.rate(line, type) }, sign);
  return h("div", { class: "rating", role: "group", "aria-label": "这条回答怎么样" }, thumb(1, "👍", "有用"), thumb(2, "👎", "没用"));
}

const drawText = (line) => bubble(...(line.mine ? mentions(line.content.text) : richText(String(line.content.text ?? ""))), ...mentioned(line.content));

function mentions(text) {
  const found = /^(@\S+)( [\s\S]*)?$/.exec(text ?? "");
  return found ? [h("span", { class: "at" }, found[1]), found[2] ?? ""] : [text ?? ""];
}

function mentioned(content) {
  const names = [...(content.mentioned_list ?? content.mentioned ?? []), ...(content.mentioned_mobile_list ?? [])];
  return names.map((name) => h("span", { class: "at" }, ` @${name === "@all" ? "所有人" : name}`));
}

function drawMarkdown(line) {
  const element = bubble(markdown(line.content.markdown ?? line.content.text ?? ""));
  element.classList.add("rich");
  return element;
}

function drawStream(line) {
  const text = String(line.content.text ?? "");
  const [, thought, rest] = /^<think>([\s\S]*?)(?:<\/think>|$)([\s\S]*)$/.exec(text) ?? [null, "", text];
  const element = bubble(
    thought ? h("details", { class: "thought" }, h("summary", {}, "思考过程"), thought.trim()) : null,
    markdown(rest),
    line.finished ? null : h("span", { class: "growing", role: "img", "aria-label": "正在回答" }),
  );
  element.classList.add("rich");
  const count = line.content.pictures;
  if (!count) return element;
  return h("div", { class: "stack" }, element, fileCard(`${count} 张图片`, "随回答发来"));
}

function drawCard(line, deeds) {
  const card = line.card?.card ?? line.content;
  const state = {
    replaced: line.card ? line.card.replaced : card.replace_text || null,
    selected: line.card?.selected,
  };
  return cardElement(card, state, (key, selected) => deeds.press(card.task_id ?? "", key, selected));
}

function drawImage({ content }) {
  if (content.media_id) return photo(content.media_id);
  if (!content.pic_url) return fileCard("图片", content.bytes ? size(content.bytes) : "");
  const image = h("img", { class: "photo", src: safe(content.pic_url), alt: "图片", loading: "lazy", referrerPolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "photo gone" }, "图片打不开")));
  return h("div", { class: "card-photo" }, image);
}

function drawFile(line) {
  const tile = fileCard(line.content.filename ?? "文件", "点按下载");
  return h("a", { class: "plain-link", href: mediaUrl(line.content.media_id), download: "" }, tile);
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} KB`);

/** A textcard's description may hold div elements of the classes gray, normal and highlight. */
function drawTextCard(line) {
  const { title, description, url, btntxt } = line.content;
  const rows = String(description)
    .split(/<\/div>|<br\s*\/?>|\n/i)
    .map((row) => [/class\s*=\s*["'](gray|normal|highlight)/i.exec(row)?.[1] ?? "normal", row.replace(/<[^>]*>/g, "").trim()])
    .filter(([, words]) => words);
  const card = link(
    url,
    h("strong", {}, title),
    ...rows.map(([look, words]) => h("span", { class: `row-${look.toLowerCase()}` }, words)),
    h("span", { class: "more" }, btntxt || "详情"),
  );
  card.className = "card textcard";
  return card;
}

/** A mass message that waits for this member; it leaves only when the member says so. */
function drawMassTask({ content }, deeds) {
  return h(
    "div",
    { class: "tcard", role: "group", "aria-label": "群发任务" },
    h("div", { class: "tcard-title" }, h("strong", {}, "请确认群发"), h("span", {}, "确认后才会发给你的顾客或客户群")),
    h("blockquote", { class: "tcard-quote" }, brief(content)),
    content.pending
      ? h("div", { class: "tcard-buttons" }, h("button", { type: "button", onclick: () => deeds.confirm(content.task) }, "确认发送"))
      : h("p", { class: "tcard-replaced" }, "已发送或已取消"),
  );
}

function drawMini(line) {
  const { title, description, items } = line.content;
  return h(
    "div",
    { class: "card template" },
    h("small", {}, "小程序通知"),
    h("strong", {}, title),
    description ? h("small", {}, description) : null,
    ...(items ?? []).map((item) => h("p", {}, `${item.key}：${item.value}`)),
  );
}

const drawUnknown = (line) => bubble(`［${line.kind}］`);

const DRAWERS = {
  text: drawText,
  markdown: drawMarkdown,
  markdown_v2: drawMarkdown,
  stream: drawStream,
  template_card: drawCard,
  "mass-task": drawMassTask,
  image: drawImage,
  voice: () => voiceCard(),
  video: (line) => videoCard(line.content.title),
  file: drawFile,
  location: ({ content }) => placeCard(content.Label, `${content.Location_X}, ${content.Location_Y}`),
  link: ({ content }) => linkCard({ title: content.Title, description: content.Description, url: content.Url }),
  weblink: ({ content }) => linkCard({ title: content.title, description: content.desc, url: content.url, thumb: safe(content.picurl) }),
  miniprogram: ({ content }) => miniCard({ title: content.title, page: content.page }),
  textcard: drawTextCard,
  news: (line) => newsCard(line.content.articles),
  mpnews: (line) => newsCard(line.content.articles),
  miniprogram_notice: drawMini,
};
