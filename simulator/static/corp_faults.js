// What can be turned of the corp, and rules that strike one endpoint's n-th call.

import { call } from "./api.js";
import { h } from "./dom.js";
import { callName } from "./labels.js";

const PATHS = [
  "kf/sync_msg",
  "kf/send_msg",
  "kf/send_msg_on_event",
  "kf/service_state/trans",
  "kf/service_state/get",
  "gettoken",
  "message/send",
  "message/update_template_card",
  "externalcontact/send_welcome_msg",
  "webhook/send",
];
const ERRCODES = [
  [-1, "-1 系统繁忙"],
  [45009, "45009 频率超限"],
  [40014, "40014 令牌无效"],
  [42001, "42001 令牌过期"],
  [60020, "60020 IP 不可信"],
  [48002, "48002 没有权限"],
  [95000, "95000 客服账号不对"],
  [95001, "95001 超过 5 条"],
  [95002, "95002 超过 48 小时"],
  [95016, "95016 不能这样变更"],
  [95018, "95018 状态不对"],
];

export class CorpFaults {
  constructor() {
    this.waiting = 0;
    this.native = this.knob("native_reception");
    this.clicks = this.knob("kefu_click_renews");
    this.pages = h("span", { class: "hits" });
    this.path = choice("接口", PATHS.map((path) => [`/cgi-bin/${path}`, callName(path)]));
    this.errcode = choice("错误码", ERRCODES);
    this.nth = h("input", { type: "number", min: 1, placeholder: "每", "aria-label": "第几次调用" });
    this.element = h(
      "fieldset",
      {},
      h("legend", {}, "企业微信"),
      switchLine("平台原生接待", "新会话直接给在接待的人，没有人就进池子", this.native),
      switchLine("点菜单也算说一句", "关掉：点菜单不恢复 5 条额度", this.clicks),
      this.emptyPages(),
      this.rule(),
      this.buttons(),
    );
  }

  /** Show the settings that the corp has. */
  show(settings) {
    this.native.checked = settings.native_reception;
    this.clicks.checked = settings.kefu_click_renews;
    this.waiting = settings.kefu_sync_empty_pages;
    this.pages.textContent = this.waiting ? `还有 ${this.waiting} 次` : "";
  }

  knob(name) {
    const change = (event) => call("PATCH", "settings", { corp: { [name]: event.currentTarget.checked } });
    return h("input", { type: "checkbox", class: "switch", role: "switch", onchange: change });
  }

  emptyPages() {
    const more = () => call("PATCH", "settings", { corp: { kefu_sync_empty_pages: this.waiting + 1 } });
    return h(
      "div",
      { class: "fault" },
      h(
        "div",
        { class: "fault-head plain" },
        h("span", { class: "fault-title" }, h("b", {}, "空页"), this.pages, h("small", {}, "拉取消息得到空页，但 has_more=1")),
        h("button", { type: "button", class: "quiet", onclick: more }, "下一次给空页"),
      ),
    );
  }

  rule() {
    return h(
      "form",
      { class: "fault", "aria-label": "接口出错", onsubmit: (event) => this.add(event) },
      h("span", { class: "fault-title" }, h("b", {}, "某个接口第几次调用出错"), h("small", {}, "空着就是每次都出错")),
      h(
        "span",
        { class: "fault-more" },
        this.path,
        this.errcode,
        h("label", { class: "unit" }, "第", this.nth, "次"),
        h("button", { type: "submit", class: "quiet" }, "加上"),
      ),
    );
  }

  buttons() {
    const button = (label, path, data) => h("button", { type: "button", class: "quiet", onclick: () => call("POST", path, data) }, label);
    return h(
      "div",
      { class: "fault token-buttons" },
      button("让企业令牌现在过期", "corp/tokens/expire"),
      button("作废企业令牌", "corp/tokens/kill"),
      button("验证企业回调地址", "corp/verify"),
      button("空响一次铃", "kefu/ring", {}),
    );
  }

  async add(event) {
    event.preventDefault();
    const rule = { side: "api", kind: "errcode", path: this.path.value, errcode: Number(this.errcode.value) };
    const nth = Math.trunc(Number(this.nth.value));
    if (nth >= 1) rule.nth = [nth];
    if (await call("POST", "faults", rule)) this.nth.value = "";
  }
}

const switchLine = (title, hint, control) =>
  h("div", { class: "fault" }, h("label", { class: "fault-head" }, h("span", { class: "fault-title" }, h("b", {}, title), h("small", {}, hint)), control));

function choice(label, options) {
  return h("select", { "aria-label": label }, ...options.map(([value, words]) => h("option", { value: String(value) }, words)));
}
