// Turns a line of a transcript into what a phone shows.

import { h, icon, ICONS } from "./dom.js";

const PALETTE = ["#5b8ff9", "#e8684a", "#f6bd16", "#6dc8ec", "#9270ca", "#ff9d4d", "#269a99", "#ff99c3"];
const LINK = /<a\s+[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；）]+)/gi;
const ROUTES = { passive: "被动回复", custom: "客服消息", agent: "人工客服", system: "系统" };

/** A square with a person's first character. */
export function face(name, key) {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + character.codePointAt(0)) % 9973;
  const first = [...name][0] ?? "客";
  const square = h("span", { class: "face", "aria-hidden": "true" }, first);
  square.style.backgroundColor = PALETTE[sum % PALETTE.length];
  return square;
}

/** The account's own picture. */
export const shopFace = () => h("span", { class: "face shop", "aria-hidden": "true" }, "店");

/** A moment as WeChat writes it: 14:05, 昨天 14:05, 11月22日 14:05. */
export function moment(at, now) {
  const clock = at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return `昨天 ${clock}`;
  const day = `${at.getMonth() + 1}月${at.getDate()}日 ${clock}`;
  return at.getFullYear() === now.getFullYear() ? day : `${at.getFullYear()}年${day}`;
}

/** A line as an element; `deeds.say(text, menuId)` sends, `names` are the shopper's and the account's. */
export function lineElement(line, names, deeds) {
  const words = noticeWords(line, names);
  if (words !== null) {
    const kind = line.kind === "notice" ? "notice failure" : "notice";
    return h("li", { class: kind, "data-line": line.number }, h("span", {}, words));
  }
  const mine = line.direction === "said";
  const draw = DRAWERS[line.kind] ?? drawUnknown;
  const bubble = draw(line, deeds);
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
      bubble,
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

function richText(text, deeds) {
  const parts = [];
  let position = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(position, match.index));
    parts.push(linkOf(match, deeds) ?? match[0]);
    position = match.index + match[0].length;
  }
  parts.push(text.slice(position));
  return parts;
}

function linkOf([, target, label, bare], deeds) {
  const address = target ?? bare;
  if (/^https?:\/\//i.test(address)) {
    return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label || address);
  }
  const asked = /^weixin:\/\/bizmsgmenu\?/i.test(address) ? new URLSearchParams(address.split("?")[1]) : null;
  if (!asked) return null;
  const words = asked.get("msgmenucontent") ?? label;
  return h("button", { type: "button", class: "inline-link", onclick: () => deeds.say(words, asked.get("msgmenuid") ?? "0") }, label);
}

const bubble = (...children) => h("div", { class: "bubble" }, ...children);

function drawText(line, deeds) {
  const text = String(line.content.text ?? "");
  return bubble(...(line.direction === "said" ? [text] : richText(text, deeds)));
}

function picture(mediaId, alt) {
  return h("img", { class: "photo", src: `/_sim/media/${encodeURIComponent(mediaId)}`, alt, loading: "lazy" });
}

const drawImage = (line) => h("div", { class: "card-photo" }, picture(line.content.media_id, "图片"));

function drawVoice(line) {
  const seconds = Math.max(1, Math.min(60, Number(line.content.seconds ?? 2)));
  const wave = bubble(icon(ICONS.voice, "语音"), `${seconds}″`);
  wave.classList.add("voice");
  wave.style.minWidth = `${72 + seconds * 3}px`;
  if (line.content.recognition) {
    return h("div", { class: "voice-box" }, wave, h("span", { class: "recognition" }, line.content.recognition));
  }
  return wave;
}

const drawVideo = () => h("div", { class: "card-video", role: "img", "aria-label": "视频" }, h("span", {}, "▶"));

function drawLocation(line) {
  const { label, latitude, longitude } = line.content;
  return h(
    "div",
    { class: "card location" },
    h("strong", {}, label || "位置"),
    h("small", {}, `${latitude}, ${longitude}`),
    h("div", { class: "map", "aria-hidden": "true" }, icon(ICONS.pin)),
  );
}

function drawLink(line) {
  const { title, description, url } = line.content;
  return h(
    "a",
    { class: "card link", href: safe(url), target: "_blank", rel: "noopener noreferrer" },
    h("strong", {}, title),
    h("span", { class: "row" }, h("small", {}, description || url), h("span", { class: "thumb", "aria-hidden": "true" }, icon(ICONS.chain))),
  );
}

function drawNews(line) {
  return h(
    "div",
    { class: "card news" },
    ...(line.content.articles ?? []).map((article) =>
      h(
        "a",
        { class: "article", href: safe(article.url), target: "_blank", rel: "noopener noreferrer" },
        h("span", { class: "cover" }, cover(article.picurl)),
        h("strong", {}, article.title),
        article.description ? h("small", {}, article.description) : null,
      ),
    ),
  );
}

function cover(address) {
  if (!/^https?:\/\//i.test(address ?? "")) return null;
  const image = h("img", { src: address, alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
  image.addEventListener("error", () => image.remove());
  return image;
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

function drawMini(line) {
  return h("div", { class: "card link" }, h("small", {}, "小程序"), h("strong", {}, line.content.title), h("small", {}, line.content.pagepath));
}

const drawUnknown = (line) => bubble(`［${line.kind}］`);

const safe = (address) => (/^https?:\/\//i.test(address ?? "") ? address : undefined);

const DRAWERS = {
  text: drawText,
  image: drawImage,
  voice: drawVoice,
  video: drawVideo,
  shortvideo: drawVideo,
  location: drawLocation,
  link: drawLink,
  news: drawNews,
  msgmenu: drawMenu,
  template: drawTemplate,
  miniprogrampage: drawMini,
};
