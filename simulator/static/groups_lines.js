// What people read in customer groups and in chats with members: their words, welcomes and mass messages.

const epoch = (seconds) => new Date(seconds * 1000);
const KINDS = ["image", "link", "miniprogram", "video", "file"];
const ORIGINS = { welcome: "欢迎语", mass: "群发" };

/**
 * Messages {at, from, text} or {at, from, welcome|mass: {text, attachments | one of the kinds}} as lines of a chat; `who(from)` gives
 * {name, key}, `mine(from)` whether it is the reader's own.
 */
export function linesOf(messages, { who, mine, named }) {
  return messages.flatMap((message, n) => {
    const base = { at: epoch(message.at), who: who(message.from), mine: mine(message.from), named };
    if (message.text !== undefined) return [{ ...base, key: `${n}`, kind: "text", content: { text: message.text } }];
    const origin = "welcome" in message ? "welcome" : "mass";
    return parts(message[origin] ?? {}).map((part, k) => ({ ...base, ...part, key: `${n}.${k}`, origin: ORIGINS[origin], labelled: true }));
  });
}

/** What a message holds, as kinds and contents. */
export function parts(body) {
  const found = [];
  if (body.text?.content) found.push({ kind: "text", content: { text: body.text.content } });
  const listed = body.attachments ?? KINDS.filter((kind) => body[kind]).map((kind) => ({ msgtype: kind, [kind]: body[kind] }));
  for (const item of listed) {
    found.push({ kind: item.msgtype === "link" ? "weblink" : item.msgtype, content: item[item.msgtype] ?? {} });
  }
  return found;
}

/** A message in one line. */
export function brief(body) {
  const words = { image: "［图片］", weblink: "［链接］", miniprogram: "［小程序］", video: "［视频］", file: "［文件］" };
  return parts(body)
    .map(({ kind, content }) => (kind === "text" ? content.text : `${words[kind] ?? ""}${content.title ?? ""}`))
    .join(" ");
}
