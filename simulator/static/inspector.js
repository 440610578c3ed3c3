// Shows each callback, retry, answer and API call as it happens.

import { h } from "./dom.js";

const ROWS_KEPT = 400;
const WHAT = {
  text: "文本",
  image: "图片",
  voice: "语音",
  video: "视频",
  shortvideo: "小视频",
  location: "位置",
  link: "链接",
  "event:subscribe": "关注",
  "event:unsubscribe": "取消关注",
  "event:click": "点击菜单",
  "event:view": "打开链接",
  "event:scan": "扫码",
  "event:location": "上报位置",
  "event:templatesendjobfinish": "模板消息结果",
  "event:kf_create_session": "人工接入",
  "event:kf_close_session": "人工结束",
};
const FAULTS = {
  drop_request: "丢弃请求",
  drop_response: "丢弃应答",
  delay: "延迟",
  duplicate: "同时重复",
  duplicate_after: "事后重复",
  reorder: "乱序",
  slow_body: "慢速正文",
  refuse: "拒绝连接",
  reset_after: "处理后断开",
  bad_gateway: "HTTP 502",
  errcode: "错误码",
  expire_token: "令牌过期",
  kill_token: "令牌作废",
};
const VIOLATIONS = {
  "over-quota": "超出可发条数",
  "outside-window": "不在可发时间内",
  "unknown-openid": "发给不存在的人",
  "not-following": "发给没有关注的人",
  "text-too-long": "文本过长",
  "bad-json": "请求不是 JSON",
  "malformed-reply": "回复不合规",
  "different-answers": "同一条消息两种回答",
  "possible-double": "可能发了两遍",
  "escaped-json": "文本用了 \\u 转义",
  "reply-nonce": "回复的 nonce 与请求不同",
  "verify-failed": "URL 验证失败",
};

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
    return h(
      "div",
      { class: "tools" },
      group,
      h("label", { class: "check" }, origin, "标注来源"),
      h("button", { type: "button", class: "quiet", onclick: () => this.clear() }, "清屏"),
    );
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
    const element = h("li", { class: "row", "data-side": side, "data-key": key ?? "" }, fold);
    this.rows.append(element);
    return { element, state, details, title: fold.querySelector(".title") };
  }

  plain(entry, side, arrow, words, tone = "") {
    const element = h(
      "li",
      { class: `row plain ${tone}`, "data-side": side },
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

const describe = (what) => WHAT[what] ?? WHAT[what.toLowerCase()] ?? what.replace(/^event:/, "事件 ");

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
    note: `${inspector.nameOf(entry.shopper)} · ${entry.push}`,
    key,
  });
  if (entry.attempt > 1) row.element.dataset.retry = "true";
  const query = Object.entries(entry.query).map(([name, value]) => `${name}=${value}`);
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
  row.details.prepend(...block("回复（解密后）", JSON.stringify(entry.content, null, 1)));
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
    title: entry.path.replace(/^\/cgi-bin\//, "").replace(/^\//, ""),
    note: `${entry.method}${who}`,
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
