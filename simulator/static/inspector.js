// Shows each callback, retry, answer and API call as it happens.

import { h } from "./dom.js";
import { corpShowers } from "./inspector_corp.js";
import { callName, describe, FAULTS, VIOLATIONS } from "./labels.js";

const ROWS_KEPT = 400;
const PLATFORMS = [
  ["all", "全平台"],
  ["official", "公众号"],
  ["corp", "企业微信"],
];
const CORP = /^(corp|kefu|app|contacts|aibot)[.-]/;

export class Inspector {
  /** `nameOf(shopperId)` gives a nickname; `current()` the shopper in front, or null. */
  constructor(element, nameOf) {
    this.nameOf = nameOf;
    this.attempts = new Map();
    this.filter = "all";
    this.stick = true;
    this.rows = h("ol", { class: "rows", tabIndex: 0, "aria-label": "往来记录" });
    this.rows.addEventListener("scroll", () => {
      this.stick = this.rows.scrollHeight - this.rows.scrollTop - this.rows.clientHeight < 60;
      this.latest.hidden = this.stick;
    });
    this.latest = h("button", { type: "button", class: "latest", hidden: true, onclick: () => this.toEnd() }, "↓ 最新");
    this.empty = h(
      "p",
      { class: "empty" },
      "还没有往来。在手机里说一句话，这里就会出现平台发出的回调、机器人的应答和它调用的接口。",
    );
    element.append(this.tools(), this.empty, this.rows, this.latest);
  }

  tools() {
    const kinds = [
      ["all", "全部"],
      ["callback", "回调"],
      ["api", "接口"],
      ["trouble", "异常"],
    ];
    const group = h(
      "div",
      { class: "segments", role: "group", "aria-label": "筛选" },
      ...kinds.map(([kind, label]) =>
        h(
          "button",
          {
            type: "button",
            "aria-pressed": String(kind === "all"),
            onclick: (event) => {
              this.filter = kind;
              for (const button of group.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
              this.rows.dataset.filter = kind;
              this.toEnd();
            },
          },
          label,
        ),
      ),
    );
    const origin = h("input", {
      type: "checkbox",
      onchange: (event) => document.body.classList.toggle("show-origin", event.currentTarget.checked),
    });
    this.platforms = h(
      "select",
      { class: "platforms", "aria-label": "平台", hidden: true, onchange: () => this.choosePlatform(this.platforms.value) },
      ...PLATFORMS.map(([value, words]) => h("option", { value }, words)),
    );
    return h(
      "div",
      { class: "tools" },
      group,
      this.platforms,
      h("label", { class: "check" }, origin, "标注来源"),
      h("button", { type: "button", class: "quiet", onclick: () => this.clear() }, "清屏"),
    );
  }

  /** Show the rows of one platform, or of both. */
  choosePlatform(platform) {
    this.rows.dataset.platform = platform;
    this.toEnd();
  }

  /** Which platform an entry belongs to; with the corp's first one both can be told apart. */
  platformOf(entry) {
    if (!CORP.test(entry.code ?? entry.kind)) return "official";
    this.platforms.hidden = false;
    return "corp";
  }

  toEnd() {
    this.stick = true;
    this.rows.scrollTop = this.rows.scrollHeight;
    this.latest.hidden = true;
  }

  clear() {
    this.rows.replaceChildren();
    this.attempts.clear();
    this.empty.hidden = false;
  }

  /** Take in new entries of the log. */
  add(entries) {
    for (const entry of entries) {
      const show = SHOWERS[entry.kind];
      if (show) show(this, entry);
    }
    while (this.rows.childElementCount > ROWS_KEPT) {
      const first = this.rows.firstElementChild;
      this.attempts.delete(first.dataset.key);
      first.remove();
    }
    this.empty.hidden = this.rows.childElementCount > 0;
    if (this.stick) this.rows.scrollTop = this.rows.scrollHeight;
  }

  row({ entry, side, arrow, title, note, key }) {
    const state = h("span", { class: "state" });
    const details = h("div", { class: "details" });
    const fold = h(
      "details",
      {},
      h(
        "summary",
        {},
        time(entry),
        h("span", { class: "arrow", "aria-hidden": "true" }, arrow),
        h("span", { class: "title" }, h("b", {}, title), h("span", { class: "note" }, note)),
        state,
      ),
      details,
    );
    const element = h("li", { class: "row", "data-side": side, "data-platform": this.platformOf(entry), "data-key": key ?? "" }, fold);
    this.rows.append(element);
    return { element, state, details, title: fold.querySelector(".title") };
  }

  plain(entry, side, arrow, words, tone = "") {
    const element = h(
      "li",
      { class: `row plain ${tone}`, "data-side": side, "data-platform": this.platformOf(entry) },
      time(entry),
      h("span", { class: "arrow", "aria-hidden": "true" }, arrow),
      h("span", { class: "title" }, words),
    );
    this.rows.append(element);
  }

  attempt(entry) {
    return this.attempts.get(`${entry.push}.${entry.attempt}`);
  }
}

function time(entry) {
  const clock = new Date(entry.at).toLocaleTimeString("zh-CN", { hour12: false });
  return h("time", { dateTime: entry.at }, clock, h("span", { class: "ms" }, `.${entry.at.slice(20, 23)}`));
}

function block(label, text) {
  return text ? [h("h4", {}, label), h("pre", { tabIndex: 0 }, text)] : [];
}

function mark(row, words, tone) {
  row.state.replaceChildren(h("span", { class: `mark ${tone}` }, words));
  row.element.dataset.trouble = String(tone === "bad" || tone === "warn");
}

function showSent(inspector, entry) {
  const key = `${entry.push}.${entry.attempt}`;
  const row = inspector.row({
    entry,
    side: "callback",
    arrow: "→",
    title: `${describe(entry.what)}${entry.attempt > 1 ? ` · 第 ${entry.attempt} 次` : ""}`,
    note: entry.shopper === entry.push ? entry.push : `${inspector.nameOf(entry.shopper)} · ${entry.push}`,
    key,
  });
  if (entry.attempt > 1) row.element.dataset.retry = "true";
  const query = Object.entries(entry.query ?? {}).map(([name, value]) => `${name}=${value}`);
  row.details.append(...block("消息（解密后）", entry.body), ...block("地址参数", query.join("\n")));
  mark(row, "等待…", "wait");
  inspector.attempts.set(key, row);
}

function showAnswer(inspector, entry) {
  const row = inspector.attempt(entry);
  if (!row) return;
  if (entry.outcome === "answered") {
    mark(row, `${entry.status} · ${Math.round(entry.latency_ms)} ms`, entry.status === 200 ? "good" : "bad");
    row.details.append(...block("应答（原文）", entry.body || "（空）"));
  } else if (entry.outcome === "timeout") mark(row, `超时 ${Math.round(entry.latency_ms)} ms`, "bad");
  else mark(row, `连接失败 ${entry.reason}`, "bad");
}

function showReply(inspector, entry) {
  const row = inspector.attempt(entry);
  if (!row) return;
  row.title.append(h("span", { class: "chip" }, entry.reply === "transfer_customer_service" ? "转人工客服" : "被动回复"));
  row.details.prepend(...block("回复（解密后）", entry.content ? JSON.stringify(entry.content, null, 1) : entry.body));
}

function showLost(words) {
  return (inspector, entry) => {
    const row = inspector.attempt(entry);
    if (row) mark(row, words, "warn");
    else inspector.plain(entry, "callback", "→", `${describe(entry.what)} · 第 ${entry.attempt} 次 · ${words}`, "warn");
  };
}

function showCall(inspector, entry) {
  const who = entry.shopper ? ` · ${inspector.nameOf(entry.shopper)}` : "";
  const row = inspector.row({
    entry,
    side: "api",
    arrow: "←",
    title: callName(entry.path),
    note: `${entry.path.replace(/^\/cgi-bin\//, "").replace(/^\//, "")}${who}`,
  });
  const good = entry.status === 200 && entry.errcode === 0;
  const words = entry.status === 0 ? "连接断开" : entry.errcode ? String(entry.errcode) : `${entry.status}`;
  mark(row, `${words} · ${Math.round(entry.latency_ms)} ms`, good ? "good" : "bad");
  row.details.append(...block("请求", pretty(entry.body)), ...block("应答", pretty(entry.answer)));
  for (const fault of entry.faults) row.title.append(h("span", { class: "chip fault" }, FAULTS[fault] ?? fault));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

function showFault(inspector, entry) {
  if (entry.fault.startsWith("drop_")) return; // its own entry says what became of the attempt
  inspector.plain(entry, "fault", "⚡", `故障：${FAULTS[entry.fault] ?? entry.fault}（${entry.push}）`, "warn");
}

const REASONS = { timeout: "超时", malformed: "回复不是合格的 XML", ServerDisconnectedError: "连接断开" };

const reason = (entry) => REASONS[entry.reason] ?? (/Connector|Connection/.test(entry.reason) ? "连接失败" : entry.reason);

function shifted(seconds) {
  if (seconds === 0) return "平台时钟归零";
  const hours = Math.abs(seconds) / 3600;
  const amount = hours < 48 ? `${+hours.toFixed(2)} 小时` : `${+(hours / 24).toFixed(2)} 天`;
  return `平台时钟${seconds > 0 ? "快" : "慢"}了 ${amount}`;
}

const plainly = (side, arrow, words, tone) => (inspector, entry) => inspector.plain(entry, side, arrow, words(entry, inspector), tone);

const SHOWERS = {
  ...corpShowers({ showSent, showAnswer, showReply, showLost, showCall, showFault, plainly, reason }),
  "callback.sent": showSent,
  "callback.answer": showAnswer,
  "callback.reply": showReply,
  "callback.answer-lost": showLost("应答已丢弃"),
  "callback.lost": showLost("请求已丢弃"),
  "callback.retry": plainly("callback", "↻", (entry) => `${entry.push} 将重试（${reason(entry)}）`, "warn"),
  "callback.gave-up": plainly("callback", "✕", (entry) => `${entry.push} 放弃（${reason(entry)}）`, "bad"),
  "api.call": showCall,
  fault: showFault,
  violation: plainly(
    "violation",
    "!",
    (entry, inspector) =>
      `违规：${VIOLATIONS[entry.code] ?? entry.code}${entry.shopper ? `（${inspector.nameOf(entry.shopper)}）` : ""} ${entry.detail ?? ""}`,
    "bad",
  ),
  verify: plainly("callback", "→", (entry) => `URL 验证${entry.ok ? "通过" : "失败"}`, ""),
  transfer: plainly("callback", "⇄", (entry) => (entry.account ? `转给人工客服 ${entry.account}` : "没有在线客服，顾客排队"), ""),
  "agent.received": plainly("callback", "⇄", (entry) => `消息进了人工客服 ${entry.account}，不推送`, ""),
  clock: plainly("other", "◷", (entry) => shifted(entry.offset_seconds), ""),
  tokens: plainly("api", "✕", (entry) => `${entry.ended} 个令牌${entry.what === "expire" ? "过期" : "作废"}`, "warn"),
};
