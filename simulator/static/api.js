// The control API, and the stream of what happens.

import { toast } from "./dom.js";

/** Call the control API; resolves to its JSON, or to null after telling the reader what went wrong. */
export async function call(method, path, data) {
  const options = { method, headers: {} };
  if (data instanceof FormData) options.body = data;
  else if (data !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(data);
  }
  try {
    const response = await fetch(`/_sim/${path}`, options);
    const answer = await response.json();
    if (response.ok) return answer;
    toast(answer.error ?? `出错了：HTTP ${response.status}`);
  } catch {
    toast("连不上模拟器");
  }
  return null;
}

/** Let a shopper do something. */
export const act = (shopper, name, data = {}) =>
  call("POST", `shoppers/${encodeURIComponent(shopper)}/${name}`, data);

/** Follow the log from an entry on; `onEntries` receives arrays, `onState` "open" or "lost". */
export function follow(after, onEntries, onState) {
  const source = new EventSource(`/_sim/events?after=${after}`);
  source.addEventListener("open", () => onState("open"));
  source.addEventListener("error", () => onState("lost"));
  source.addEventListener("message", (event) => onEntries(JSON.parse(event.data)));
  return source;
}
