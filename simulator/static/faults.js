// The fault panel: what shall go wrong, how often, and how many times.

import { call } from "./api.js";
import { CorpFaults } from "./corp_faults.js";
import { h } from "./dom.js";
import { callName, FAULTS } from "./labels.js";

const ROWS = [
  ["callback", "drop_request", "丢弃请求", "这次推送没有到达，平台按超时重试"],
  ["callback", "drop_response", "丢弃应答", "机器人处理了，但应答丢失，平台重试"],
  ["callback", "delay", "延迟", "推送前等一会儿", { ms: [3000, 10_000] }],
  ["callback", "duplicate", "同时重复", "同一条消息同时推两遍"],
  ["callback", "duplicate_after", "事后重复", "收到应答后再推一遍"],
  ["callback", "reorder", "乱序", "让这条排到下一条之后", { ms: [2000, 10_000] }],
  ["callback", "slow_body", "慢速正文", "正文一点一点地发", { ms: [2000, 10_000] }],
  ["api", "refuse", "拒绝连接", "处理之前断开"],
  ["api", "reset_after", "处理后断开", "已经生效，但对方不知道结果"],
  ["api", "bad_gateway", "HTTP 502", "网关错误"],
  ["api", "delay", "延迟", "应答前等一会儿", { ms: [3000, 10_000] }],
  ["api", "errcode", "错误码", "返回指定的 errcode", { errcode: true }],
  ["api", "expire_token", "令牌过期", "调用时令牌已过期（42001）"],
  ["api", "kill_token", "令牌作废", "调用时令牌被作废（40001）"],
  ["api", "send_fail", "发送后失败", "微信客服的消息先收下，再通知没有送到", { corp: true }],
];
const ERRCODES = [
  [-1, "-1 系统繁忙"],
  [45009, "45009 今日用量已尽"],
  [45011, "45011 太频繁"],
  [45015, "45015 超过 48 小时"],
  [45047, "45047 条数已尽"],
  [40001, "40001 令牌无效"],
  [48001, "48001 没有权限"],
];
const EVENTS = [["", "所有回调"]];
const CORP_EVENTS = [
  ["corp:", "只有企业微信的回调"],
  ["corp:event:kf_msg_or_event", "只有客服消息的铃"],
];
const CORP_PATHS = [
  ["/cgi-bin/kf/sync_msg", "拉取微信客服消息"],
  ["/cgi-bin/kf/send_msg", "发微信客服消息"],
  ["/cgi-bin/kf/service_state", "微信客服会话状态"],
  ["/cgi-bin/message/send", "发应用消息"],
];
const PATHS = [
  ["", "所有接口"],
  ["/cgi-bin/message/custom/send", "发客服消息"],
  ["/cgi-bin/stable_token", "取令牌"],
  ["/cgi-bin/media", "素材"],
];

export class FaultPanel {
  constructor(element, counter) {
    this.counter = counter;
    this.extras = [];
    this.rows = ROWS.map((row) => this.row(row));
    const group = (side, title) =>
      h("fieldset", {}, h("legend", {}, title), ...this.rows.filter((row) => row.side === side).map((row) => row.element));
    this.seed = h("input", { type: "number", min: 0, value: 0, "aria-label": "随机种子", onchange: () => this.push() });
    this.others = h("fieldset", { class: "others", hidden: true });
    this.corp = new CorpFaults();
    this.showCorp(false);
    element.append(
      h(
        "div",
        { class: "tools" },
        h("label", { class: "seed" }, "随机种子", this.seed),
        h("button", { type: "button", class: "quiet", onclick: () => call("DELETE", "faults") }, "全部关闭"),
      ),
      h(
        "div",
        { class: "scroll", tabIndex: 0, "aria-label": "故障设置" },
        group("callback", "平台 → 机器人（回调）"),
        group("api", "机器人 → 平台（接口）"),
        this.others,
        this.corp.element,
        this.settings(),
      ),
    );
  }

  row([side, kind, title, hint, options = {}]) {
    const row = { side, kind, options };
    const id = `fault-${side}-${kind}`;
    row.on = h("input", { type: "checkbox", class: "switch", id, role: "switch", onchange: () => this.push() });
    row.probability = h("input", {
      type: "range",
      min: 5,
      max: 100,
      step: 5,
      value: 30,
      "aria-label": `${title}：概率`,
      oninput: () => (row.shown.textContent = `${row.probability.value}%`),
      onchange: () => this.push(),
    });
    row.shown = h("output", {}, "30%");
    row.count = select(`${title}：次数`, [["", "不限次数"], ["1", "只一次"], ["3", "三次"], ["10", "十次"]], () => this.push());
    row.hits = h("span", { class: "hits" });
    const controls = [h("span", { class: "slide" }, row.probability, row.shown), row.count];
    if (options.ms) {
      row.ms = h("input", {
        type: "number",
        min: 0,
        max: options.ms[1],
        step: 100,
        value: options.ms[0],
        "aria-label": `${title}：毫秒`,
        onchange: () => this.push(),
      });
      controls.push(h("label", { class: "unit" }, row.ms, "毫秒"));
    }
    if (options.errcode) {
      row.errcode = select("错误码", ERRCODES, () => this.push());
      controls.push(row.errcode);
    }
    row.path = select(`${title}：范围`, side === "api" ? PATHS : EVENTS, () => this.push());
    controls.push(row.path);
    row.more = h("div", { class: "fault-more", hidden: true }, ...controls);
    row.element = h(
      "div",
      { class: "fault" },
      h(
        "label",
        { class: "fault-head", htmlFor: id },
        h("span", { class: "fault-title" }, h("b", {}, title), row.hits, h("small", {}, hint)),
        row.on,
      ),
      row.more,
    );
    return row;
  }

  settings() {
    const patch = (data) => call("PATCH", "settings", data);
    this.scale = select("等待时间", [["1", "5 秒（真实）"], ["0.4", "2 秒"], ["0.1", "0.5 秒"]], () =>
      patch({ timeout_scale: Number(this.scale.value) }),
    );
    this.retry = h("input", { type: "checkbox", class: "switch", role: "switch", onchange: () => patch({ retry_non_200: this.retry.checked }) });
    this.verified = h("input", { type: "checkbox", class: "switch", role: "switch", onchange: () => patch({ verified: this.verified.checked }) });
    const line = (title, hint, control) =>
      h("label", { class: "fault-head" }, h("span", { class: "fault-title" }, h("b", {}, title), h("small", {}, hint)), control);
    return h(
      "fieldset",
      {},
      h("legend", {}, "平台"),
      h("div", { class: "fault" }, line("等待应答", "一次推送等多久，共推三次", this.scale)),
      h("div", { class: "fault" }, line("非 200 也重试", "关掉：收到 500 就算失败", this.retry)),
      h("div", { class: "fault" }, line("已认证的公众号", "关掉：不能发客服消息（48001）", this.verified)),
      h(
        "div",
        { class: "fault token-buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => call("POST", "tokens/expire") }, "让令牌现在过期"),
        h("button", { type: "button", class: "quiet", onclick: () => call("POST", "tokens/kill") }, "作废令牌"),
        h("button", { type: "button", class: "quiet", onclick: () => call("POST", "verify") }, "验证回调地址"),
      ),
    );
  }

  /** Show the settings that the platform has. */
  showSettings(settings) {
    this.retry.checked = settings.retry_non_200;
    this.verified = Object.assign(this.verified, { checked: settings.verified });
    const scale = String(settings.timeout_scale);
    if (![...this.scale.options].some((option) => option.value === scale)) {
      this.scale.append(h("option", { value: scale }, `${(5 * settings.timeout_scale).toFixed(2)} 秒`));
    }
    this.scale.value = scale;
    this.showCorp(Boolean(settings.corp));
    if (settings.corp) this.corp.show(settings.corp);
  }

  /** Show the rules in force; rules that no row can express are kept and counted. */
  show(plan) {
    this.plan = plan;
    this.seed.value = plan.seed;
    const left = [...plan.rules];
    for (const row of this.rows) {
      const index = left.findIndex((rule) => rule.side === row.side && rule.kind === row.kind && fits(row, rule));
      this.showRow(row, index < 0 ? null : left.splice(index, 1)[0]);
    }
    this.extras = left;
    this.others.hidden = left.length === 0;
    this.others.replaceChildren(h("legend", {}, "另外的规则"), ...left.map(extra));
    this.counter.hidden = plan.rules.length === 0;
    this.counter.textContent = String(plan.rules.length);
  }

  /** Without a corp nothing of it is shown. */
  showCorp(exists) {
    if (this.corp.element.hidden === !exists) return;
    this.corp.element.hidden = !exists;
    for (const row of this.rows) {
      if (row.options.corp) row.element.hidden = !exists;
      const own = row.side === "api" ? [...PATHS, ...(exists ? CORP_PATHS : [])] : [...EVENTS, ...(exists ? CORP_EVENTS : [])];
      row.path.replaceChildren(...own.map(([value, words]) => h("option", { value }, words)));
      row.path.hidden = own.length < 2;
    }
    if (this.plan) this.show(this.plan);
  }

  showRow(row, rule) {
    row.on.checked = rule !== null;
    row.more.hidden = rule === null;
    row.hits.textContent = rule && rule.hits ? `${rule.hits} 次` : "";
    if (!rule) return;
    row.probability.value = Math.round(rule.probability * 100);
    row.shown.textContent = `${Math.round(rule.probability * 100)}%`;
    choose(row.count, rule.count === null ? "" : String(rule.count), `${rule.count} 次`);
    if (row.ms) row.ms.value = rule.ms;
    if (row.errcode) choose(row.errcode, String(rule.errcode), String(rule.errcode));
    row.path.value = rule.path ?? "";
  }

  push() {
    const rules = this.rows.filter((row) => row.on.checked).map((row) => ruleOf(row));
    call("PUT", "faults", { rules: [...rules, ...this.extras], seed: Math.max(0, Math.trunc(Number(this.seed.value) || 0)) });
  }

  /** A fault has struck. */
  struck(side, kind) {
    const row = this.rows.find((known) => known.side === side && known.kind === kind);
    if (row) row.hits.textContent = `${(parseInt(row.hits.textContent, 10) || 0) + 1} 次`;
  }
}

/** Whether a row can express a rule: no occurrences, no shopper, a path and an errcode that it offers. */
function fits(row, rule) {
  const offers = (choice, value) => [...choice.options].some((option) => option.value === value);
  if (rule.nth.length || rule.shopper || !offers(row.path, rule.path ?? "")) return false;
  return !row.errcode || offers(row.errcode, String(rule.errcode));
}

/** A rule that no row expresses, in words, with a button that takes it away. */
function extra(rule) {
  const where = rule.path ? callName(rule.path) : rule.side === "api" ? "所有接口" : "所有回调";
  const what = rule.kind === "errcode" ? `错误码 ${rule.errcode}` : (FAULTS[rule.kind] ?? rule.kind);
  const when = rule.nth.length ? `第 ${rule.nth.join("、")} 次` : rule.probability < 1 ? `${Math.round(rule.probability * 100)}%` : "每次";
  const words = h("span", { class: "fault-title" }, h("b", {}, `${where} · ${what}`), h("small", {}, when));
  const remove = { type: "button", class: "quiet", "aria-label": `去掉：${where} ${what}`, onclick: () => call("DELETE", `faults/${rule.id}`) };
  return h("div", { class: "fault" }, h("div", { class: "fault-head plain" }, words, h("button", remove, "去掉")));
}

function ruleOf(row) {
  const rule = { side: row.side, kind: row.kind, probability: Number(row.probability.value) / 100 };
  if (row.count.value) rule.count = Number(row.count.value);
  if (row.ms) rule.ms = Math.max(0, Math.trunc(Number(row.ms.value) || 0));
  if (row.errcode) rule.errcode = Number(row.errcode.value);
  if (row.path.value) rule.path = row.path.value;
  return rule;
}

function select(label, options, onchange) {
  return h("select", { "aria-label": label, onchange }, ...options.map(([value, words]) => h("option", { value: String(value) }, words)));
}

function choose(element, value, words) {
  if (![...element.options].some((option) => option.value === value)) element.append(h("option", { value }, words));
  element.value = value;
}
