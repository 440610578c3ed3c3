// The lines of a chat, oldest first; a line that changes is put in the place of its former self.

import { h } from "./dom.js";
import { moment } from "./pieces.js";

const TIME_GAP = 5 * 60_000;
const LINES_SHOWN = 300;

export class Thread {
  /** `now()` gives the platform's time. */
  constructor(now, label = "聊天记录") {
    this.now = now;
    this.shown = new Map();
    this.lastAt = 0;
    this.stick = true;
    this.blank = h("li", { class: "blank", hidden: true });
    this.element = h("ol", { class: "lines", role: "log", "aria-live": "polite", "aria-label": label, tabIndex: 0 }, this.blank);
    this.element.addEventListener("scroll", () => {
      this.stick = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < 120;
    });
    this.element.addEventListener("load", () => this.settle(), true); // a picture has grown to its size
    new ResizeObserver(() => this.settle()).observe(this.element); // shown again, or the keyboard has come
  }

  /** What is shown while there are no lines. */
  setBlank(...children) {
    this.blank.replaceChildren(...children);
    this.blank.hidden = children.length === 0 || this.shown.size > 0;
  }

  get size() {
    return this.shown.size;
  }

  /** Show a line: `key`, `at` (Date), `stamp` (changes with its looks), `draw()` → li, `mine`. */
  put(line) {
    const known = this.shown.get(line.key);
    if (known) {
      if (known.stamp === line.stamp) return;
      const fresh = line.draw();
      known.element.replaceWith(fresh);
      this.shown.set(line.key, { stamp: line.stamp, element: fresh });
    } else {
      if (line.at - this.lastAt > TIME_GAP || line.at < this.lastAt) {
        this.element.append(h("li", { class: "time" }, h("time", { dateTime: line.at.toISOString() }, moment(line.at, this.now()))));
      }
      this.lastAt = line.at;
      const element = line.draw();
      this.element.append(element);
      this.shown.set(line.key, { stamp: line.stamp, element });
      if (line.mine) this.stick = true;
      this.blank.hidden = true;
    }
    while (this.element.childElementCount > LINES_SHOWN) this.blank.nextElementSibling.remove();
    requestAnimationFrame(() => this.settle());
  }

  clear() {
    for (const child of [...this.element.children]) if (child !== this.blank) child.remove();
    this.shown.clear();
    this.lastAt = 0;
    this.blank.hidden = this.blank.childElementCount === 0;
  }

  /** Keep the newest line in view, unless the reader has scrolled back. */
  settle() {
    if (this.stick) this.element.scrollTop = this.element.scrollHeight;
  }
}

/** A line as an element: who says it, in what body, with what beside it. */
export function chatLine({ key, mine, face, name, body, tag, origin, actions, kind }) {
  return h(
    "li",
    { class: `line ${mine ? "mine" : "theirs"}`, "data-line": key, "data-kind": kind },
    face,
    h(
      "div",
      { class: "said" },
      h("span", { class: "who" }, `${name}：`),
      tag ? h("span", { class: "agent-name" }, tag) : null,
      body,
      actions ? h("span", { class: "line-acts" }, ...actions) : null,
      origin ? h("span", { class: "origin" }, origin) : null,
    ),
  );
}

/** Grey words in the middle. */
export const noticeLine = (key, words) => h("li", { class: "notice", "data-line": key }, h("span", {}, words));
