// Text and markdown of WeCom's messages as elements; nothing that arrives ever becomes markup.

import { h } from "./dom.js";
import { safe } from "./pieces.js";

const INLINE =
  /\*\*(.+?)\*\*|`([^`]+)`|!\[([^\]]*)\]\((https?:\/\/[^\s)]+)\)|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|<font color="(info|comment|warning)">([\s\S]*?)<\/font>|<@([^>]+)>|<a\s+[^>]*?href\s*=\s*["'](https?:\/\/[^"']+)["'][^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；）]+)/g;
/** A link to another site. */
export const link = (address, ...children) =>
  h("a", { href: safe(address), target: "_blank", rel: "noopener noreferrer" }, ...children);

/** Markdown as WeCom shows it: headings, quotes, lists, tables, code, colours, links. */
export function markdown(text) {
  const holder = h("div", { class: "markdown" });
  const lines = String(text).replaceAll("\r", "").split("\n");
  for (let at = 0; at < lines.length; ) {
    const [block, next] = blockAt(lines, at);
    if (block) holder.append(block);
    at = next;
  }
  return holder;
}

function blockAt(lines, at) {
  const line = lines[at];
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (!line.trim()) return [null, at + 1];
  if (heading) return [h("p", { class: `heading level-${Math.min(heading[1].length, 3)}` }, ...inline(heading[2])), at + 1];
  if (/^\s*([-*_])\s*\1\s*\1[\s\-*_]*$/.test(line)) return [h("hr"), at + 1];
  if (line.startsWith("```")) {
    const end = lines.findIndex((other, index) => index > at && other.startsWith("```"));
    const last = end < 0 ? lines.length : end;
    return [h("pre", {}, h("code", {}, lines.slice(at + 1, last).join("\n"))), last + 1];
  }
  for (const [test, make] of RUNS) {
    if (!test.test(line)) continue;
    let end = at;
    while (end < lines.length && test.test(lines[end])) end += 1;
    return [make(lines.slice(at, end)), end];
  }
  return paragraph(lines, at);
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !/^(#{1,6}\s|```|\s*[-*+]\s|\s*\d+[.)、]\s|>|\|)/.test(lines[end])) end += 1;
  return [h("p", {}, ...broken(lines.slice(at, end))), end];
}

const RUNS = [
  [/^>/, (lines) => h("blockquote", {}, ...broken(lines.map((line) => line.replace(/^>\s?/, ""))))],
  [/^\s*[-*+]\s+/, (lines) => h("ul", {}, ...lines.map((line) => h("li", {}, ...inline(line.replace(/^\s*[-*+]\s+/, "")))))],
  [/^\s*\d+[.)]\s+/, ordered],
  [/^\s*\|.*\|\s*$/, table],
];

function ordered(lines) {
  const list = h("ol", { start: Number.parseInt(lines[0], 10) || 1 });
  list.append(...lines.map((line) => h("li", {}, ...inline(line.replace(/^\s*\d+[.)]\s+/, "")))));
  return list;
}

function table(lines) {
  const rows = lines
    .filter((line) => !/^[\s|:-]+$/.test(line))
    .map((line) => line.trim().slice(1, -1).split("|"));
  return h(
    "div",
    { class: "table", tabIndex: 0, role: "region", "aria-label": "表格" },
    h("table", {}, ...rows.map((row, n) => h("tr", {}, ...row.map((cell) => h(n ? "td" : "th", {}, ...inline(cell.trim())))))),
  );
}

const broken = (lines) => lines.flatMap((line, n) => (n ? [h("br"), ...inline(line)] : inline(line)));

function inline(text) {
  return replaced(text, INLINE, ([, bold, code, alt, image, label, target, colour, words, member, href, shown, bare]) => {
    if (bold !== undefined) return h("strong", {}, ...inline(bold));
    if (code !== undefined) return h("code", {}, code);
    if (image !== undefined) return h("img", { src: image, alt, loading: "lazy", referrerPolicy: "no-referrer" });
    if (target !== undefined) return link(target, label);
    if (colour !== undefined) return h("span", { class: `font-${colour}` }, ...inline(words));
    if (member !== undefined) return h("span", { class: "at" }, `@${member}`);
    return link(href ?? bare, shown || href || bare);
  });
}

function replaced(text, pattern, make) {
  const parts = [];
  let position = 0;
  for (const match of String(text).matchAll(pattern)) {
    parts.push(String(text).slice(position, match.index), make(match));
    position = match.index + match[0].length;
  }
  parts.push(String(text).slice(position));
  return parts.filter((part) => part !== "");
}
