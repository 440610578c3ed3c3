// The parts that every chat is made of: faces, bubbles, cards. Text never becomes markup.

import { h, icon, ICONS } from "./dom.js";

const PALETTE = ["#5b8ff9", "#e8684a", "#d99a00", "#3aa6c9", "#9270ca", "#ef7d29", "#269a99", "#e06ea0"];
const LINK = /<a\s+[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；）]+)/gi;

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

/** A picture of something that is no person: an app, a robot, a group. */
export const signFace = (name, kind) => h("span", { class: `face sign ${kind ?? ""}`, "aria-hidden": "true" }, icon(ICONS[name]));

/** A moment as WeChat writes it: 14:05, 昨天 14:05, 11月22日 14:05. */
export function moment(at, now) {
  const clock = at.toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return `昨天 ${clock}`;
  const day = `${at.getMonth() + 1}月${at.getDate()}日 ${clock}`;
  return at.getFullYear() === now.getFullYear() ? day : `${at.getFullYear()}年${day}`;
}

/** An address that may be opened, or undefined. */
export const safe = (address) => (/^https?:\/\//i.test(address ?? "") ? address : undefined);

export const bubble = (...children) => h("div", { class: "bubble" }, ...children);

/** Text in which links can be opened; those that send a menu's words need `deeds.say(words, menuId)`. */
export function richText(text, deeds = {}) {
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
  if (safe(address)) return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label || address);
  const asked = /^weixin:\/\/bizmsgmenu\?/i.test(address) ? new URLSearchParams(address.split("?")[1]) : null;
  if (!asked || !deeds.say) return null;
  const words = asked.get("msgmenucontent") ?? label;
  return h("button", { type: "button", class: "inline-link", onclick: () => deeds.say(words, asked.get("msgmenuid") ?? "0") }, label);
}

export const mediaUrl = (mediaId) => `/_sim/media/${encodeURIComponent(mediaId)}`;

/** A stored picture; a grey square when it is gone. */
export function photo(mediaId, alt = "图片") {
  const holder = h("div", { class: "card-photo" });
  const image = h("img", { class: "photo", src: mediaUrl(mediaId), alt, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "photo gone" }, "图片已过期")));
  holder.append(image);
  return holder;
}

export function voiceCard(seconds, recognition) {
  const length = Math.max(1, Math.min(60, Number(seconds ?? 2)));
  const wave = bubble(icon(ICONS.voice, "语音"), `${length}″`);
  wave.classList.add("voice");
  wave.style.minWidth = `${72 + length * 3}px`;
  if (!recognition) return wave;
  return h("div", { class: "voice-box" }, wave, h("span", { class: "recognition" }, recognition));
}

export const videoCard = (title) =>
  h("div", { class: "card-video", role: "img", "aria-label": title || "视频" }, h("span", {}, "▶"), title ? h("small", {}, title) : null);

export function placeCard(title, detail) {
  return h(
    "div",
    { class: "card location" },
    h("strong", {}, title || "位置"),
    h("small", {}, detail),
    h("div", { class: "map", "aria-hidden": "true" }, icon(ICONS.pin)),
  );
}

export function linkCard({ title, description, url, thumb, foot }) {
  const small = description || url;
  const image = thumb ? h("img", { src: thumb, alt: "", loading: "lazy", referrerPolicy: "no-referrer" }) : icon(ICONS.chain);
  if (thumb) image.addEventListener("error", () => image.replaceWith(icon(ICONS.chain)));
  return h(
    "a",
    { class: "card link", href: safe(url), target: "_blank", rel: "noopener noreferrer" },
    h("strong", {}, title || url || "链接"),
    h("span", { class: "row" }, h("small", {}, small), h("span", { class: "thumb", "aria-hidden": "true" }, image)),
    foot ? h("span", { class: "foot" }, foot) : null,
  );
}

export function fileCard(name, detail) {
  return h(
    "div",
    { class: "card file" },
    h("span", { class: "row" }, h("span", {}, h("strong", {}, name), h("small", {}, detail)), h("span", { class: "thumb", "aria-hidden": "true" }, icon(ICONS.file))),
  );
}

export function miniCard({ title, page, thumb }) {
  const cover = h("span", { class: "cover", "aria-hidden": "true" });
  if (thumb) {
    const image = h("img", { src: thumb, alt: "", loading: "lazy" });
    image.addEventListener("error", () => image.remove());
    cover.append(image);
  }
  return h(
    "div",
    { class: "card mini" },
    h("small", { class: "brand-line" }, icon(ICONS.mini), "小程序"),
    h("strong", {}, title || "小程序"),
    cover,
    h("span", { class: "foot" }, page ?? ""),
  );
}

export function newsCard(articles) {
  return h(
    "div",
    { class: "card news" },
    ...(articles ?? []).map((article) =>
      h(
        "a",
        { class: "article", href: safe(article.url), target: "_blank", rel: "noopener noreferrer" },
        h("span", { class: "cover" }, outside(article.picurl)),
        h("strong", {}, article.title),
        article.description || article.digest ? h("small", {}, article.description || article.digest) : null,
      ),
    ),
  );
}

/** A picture from elsewhere; nothing when it does not come. */
export function outside(address) {
  if (!safe(address)) return null;
  const image = h("img", { src: address, alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
  image.addEventListener("error", () => image.remove());
  return image;
}
