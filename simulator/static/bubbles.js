// Turns a line of a 公众号 transcript into what a phone shows.

import { h } from "./dom.js";
import { bubble, face, linkCard, miniCard, newsCard, photo, placeCard, richText, shopFace, videoCard, voiceCard } from "./pieces.js";

const ROUTES = { passive: "被动回复", custom: "客服消息", agent: "人工客服", system: "系统" };

/** A line as an element; `deeds.say(text, menuId)` sends, `names` are the shopper's and the account's. */
export function lineElement(line, names, deeds) {
  const words = noticeWords(line, names);
  if (words !== null) {
    const kind = line.kind === "notice" ? "notice failure" : "notice";
    return h("li", { class: kind, "data-line": line.number }, h("span", {}, words));
  }
  const mine = line.direction === "said";
  const draw = DRAWERS[line.kind] ?? drawUnknown;
  const body = draw(line, deeds);
  const origin = mine ? "" : `${ROUTES[line.route] ?? line.route}${line.attempt ? ` · 第 ${line.attempt} 次推送` : ""}`;
  return h(
    "li",
    { class: `line ${mine ? "mine" : "theirs"}`, "data-line": line.number, "data-route": line.route, "data-kind": line.kind },
    mine ? face(names.shopper, names.key) : shopFace(),
    h(
      "div",
      { class: "said" },
      h("span", { class: "who" }, mine ? `${names.shopper}：` : `${names.account}：`),
      line.route === "agent" ? h("span", { class: "agent-name" }, `人工客服 ${line.content.agent ?? ""}`) : null,
      body,
      origin ? h("span", { class: "origin" }, origin) : null,
    ),
  );
}

function noticeWords(line, names) {
  if (line.kind === "notice") return line.content.text;
  if (line.kind !== "event") return null;
  const { event, name, scene } = line.content;
  switch (event) {
    case "subscribe":
      return scene ? `你扫码关注了「${names.account}」` : `你已关注「${names.account}」`;
    case "unsubscribe":
      return `你已取消关注「${names.account}」`;
    case "CLICK":
      return `你点击了菜单「${name}」`;
    case "VIEW":
      return `你打开了「${name}」`;
    case "SCAN":
      return `你扫描了二维码「${scene}」`;
    case "LOCATION":
      return "你的手机上报了位置";
    default:
      return `事件 ${event ?? "（自定义）"}`;
  }
}

function drawText(line, deeds) {
  const text = String(line.content.text ?? "");
  return bubble(...(line.direction === "said" ? [text] : richText(text, deeds)));
}

function drawMenu(line, deeds) {
  const { head, items, tail } = line.content;
  return bubble(
    head ? h("p", {}, head) : null,
    h(
      "ul",
      { class: "choices" },
      ...items.map((item) =>
        h("li", {}, h("button", { type: "button", class: "inline-link", onclick: () => deeds.say(item.content, item.id) }, item.content)),
      ),
    ),
    tail ? h("p", {}, tail) : null,
  );
}

function drawTemplate(line) {
  return h("div", { class: "card template" }, h("strong", {}, "服务通知"), ...line.content.lines.map((words) => h("p", {}, words)));
}

const drawUnknown = (line) => bubble(`［${line.kind}］`);

const DRAWERS = {
  text: drawText,
  image: (line) => photo(line.content.media_id),
  voice: (line) => voiceCard(line.content.seconds, line.content.recognition),
  video: () => videoCard(),
  shortvideo: () => videoCard(),
  location: ({ content }) => placeCard(content.label, `${content.latitude}, ${content.longitude}`),
  link: ({ content }) => linkCard(content),
  news: (line) => newsCard(line.content.articles),
  msgmenu: drawMenu,
  template: drawTemplate,
  miniprogrampage: ({ content }) => miniCard({ title: content.title, page: content.pagepath }),
};
