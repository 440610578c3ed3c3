// Who serves a session and how many replies are left, shown outside the phone.

import { h } from "./dom.js";
import { STATES } from "./kefu_book.js";

const TONES = ["new", "bot", "pool", "human", "over"];
const MEANINGS = [
  "顾客说了话，还没有人接；机器人可以直接回复",
  "机器人在接待",
  "等人接入；机器人不能发消息",
  "由人接待；机器人不能发消息",
  "没有会话在进行；顾客一说话就开始新的会话",
];

/** The state as the platform numbers it, in words: 3 人工 · 张三. */
export function stateWords(corp, session) {
  if (!session) return "还没有会话";
  if (session.state === 4 && session.last_words_at === null) return "4 未开始";
  if (session.state === 3) return `3 人工 · ${corp.nameOf(session.servicer)}`;
  return session.lapsed ? "4 已结束 · 超过 48 小时" : `${session.state} ${STATES[session.state]}`;
}

/** A badge with a dot of the state's colour. */
export function stateBadge(corp, session) {
  const tone = session ? TONES[session.state] : "over";
  return h("span", { class: `state-badge ${tone}`, "data-state": session ? session.state : "", title: MEANINGS[session?.state ?? 4] }, stateWords(corp, session));
}

/** Badge, and how many messages the bot may still send. */
export function sessionLine(corp, session) {
  const line = h("p", { class: "session-line", role: "status", "aria-label": "会话状态" }, stateBadge(corp, session));
  if (!session || session.last_words_at === null || session.state === 4) return line;
  if (session.state === 2 || session.state === 3) {
    line.append(h("span", { class: "allowance" }, session.state === 2 ? "等人接入，机器人不再说话" : "机器人不再说话"));
    return line;
  }
  const most = Math.max(corp.budget, session.left);
  const dots = Array.from({ length: Math.min(most, 10) }, (_, index) => h("i", { class: index < session.left ? "on" : "" }));
  line.append(
    h(
      "span",
      { class: "allowance", title: `顾客每说一句，机器人可以回 ${corp.budget} 条` },
      h("span", { class: "dots", "aria-hidden": "true" }, ...dots),
      `还能回 ${session.left} 条`,
    ),
  );
  return line;
}
