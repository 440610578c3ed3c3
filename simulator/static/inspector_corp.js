// How the inspector shows what happens in the corp.

import { describe } from "./labels.js";

const STATES = ["未处理", "机器人", "待接入池", "人工", "已结束"];
const BY = { customer: "顾客", api: "接口", person: "人工", native: "自动分配" };
const EVENTS = {
  enter_session: "顾客进入会话",
  msg_send_fail: "消息没有送到",
  servicer_status_change: "接待状态变更",
  session_status_change: "会话状态变更",
  user_recall_msg: "顾客撤回消息",
  servicer_recall_msg: "客服撤回消息",
  reject_customer_msg_switch_change: "拒收开关变更",
};
const LINK = { subscribed: "长连接已订阅", lost: "长连接断开", broken: "长连接写失败" };

/** The showers of the corp's kinds, made from those of the 公众号's. */
export function corpShowers({ showSent, showAnswer, showReply, showLost, showCall, showFault, plainly, reason }) {
  const name = (entry, inspector) => inspector.nameOf(entry.shopper);
  const push = (entry) => entry.push ?? describe(entry.what ?? "");
  return {
    "corp.callback.sent": showSent,
    "corp.callback.answer": showAnswer,
    "corp.callback.reply": showReply,
    "corp.callback.answer-lost": showLost("应答已丢弃"),
    "corp.callback.lost": showLost("请求已丢弃"),
    "corp.callback.retry": plainly("callback", "↻", (entry) => `${push(entry)} 将重试（${reason(entry)}）`, "warn"),
    "corp.callback.gave-up": plainly("callback", "✕", (entry) => `${push(entry)} 放弃（${reason(entry)}）`, "bad"),
    "corp.call": showCall,
    "corp.fault": showFault,
    "corp.verify": plainly("callback", "→", (entry) => `企业微信 URL 验证${entry.ok ? "通过" : "失败"}`, ""),
    "corp.tokens": plainly("api", "✕", (entry) => `企业微信 ${entry.ended} 个令牌${entry.what === "expire" ? "过期" : "作废"}`, "warn"),
    "kefu.event": plainly(
      "kefu",
      "◇",
      (entry, inspector) => [EVENTS[entry.event.event_type] ?? entry.event.event_type, entry.shopper && name(entry, inspector)].filter(Boolean).join(" · "),
      "",
    ),
    "kefu.state": plainly("kefu", "⇄", stateWords, "turn"),
    "kefu.lost": plainly("kefu", "✕", (entry, inspector) => `没有送到 ${name(entry, inspector)}（fail_type ${entry.fail_type}）`, "warn"),
    "kefu.duplicate-msgid": plainly("api", "!", (entry) => `msgid 用过了：${entry.msgid}`, "warn"),
    "aibot.callback.sent": plainly("callback", "→", (entry) => `机器人 ${describe(entry.what)}`, ""),
    "aibot.callback.retry": plainly("callback", "↻", (entry) => `机器人 ${describe(entry.what)} 将重试`, "warn"),
    "aibot.callback.gave-up": plainly("callback", "✕", (entry) => `机器人 ${describe(entry.what)} 放弃`, "bad"),
    "aibot.call": plainly("api", "←", (entry) => `response_url · ${entry.errcode}`, ""),
    "aibot.frame.sent": plainly("callback", "→", (entry) => `长连接 ${entry.cmd}`, ""),
    "aibot.frame": plainly("api", "←", (entry) => `长连接 ${entry.cmd} · ${entry.errcode}`, ""),
    "aibot.link": plainly("api", "⇄", (entry) => LINK[entry.state] ?? entry.state, ""),
    "contacts.mass-asked": plainly("other", "◇", (entry) => `群发任务等 ${entry.senders.length} 人确认`, ""),
    "contacts.mass-sent": plainly("other", "◇", (entry, inspector) => `${name(entry, inspector)} 确认了群发`, ""),
  };
}

/** Who serves now and who served before: 王女士：待接入池 → 人工 zhangsan（人工）. */
function stateWords(entry, inspector) {
  const servicer = entry.servicer ? ` ${inspector.nameOf(entry.servicer)}` : "";
  return `${inspector.nameOf(entry.shopper)}：${STATES[entry.old]} → ${STATES[entry.new]}${servicer}（${BY[entry.by] ?? entry.by}）`;
}
