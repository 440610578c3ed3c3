// The body of a phone, with a cap above it for what a phone itself does not show.

import { h } from "./dom.js";
import { moment } from "./pieces.js";

export class Frame {
  /** `names` are the data attributes of the phone; `look` is "wechat" or "wecom". */
  constructor({ names, look = "wechat" }) {
    this.clock = h("span", { class: "phone-clock" });
    this.owner = h("span", { class: "island" });
    this.cap = h("div", { class: "cap", hidden: true });
    this.phone = h(
      "article",
      { class: `phone ${look}`, ...names },
      h("div", { class: "status", "aria-hidden": "true" }, this.clock, this.owner, h("span", { class: "battery" })),
    );
    this.element = h("section", { class: "device" }, this.cap, this.phone);
  }

  /** Say whose phone it is. */
  name(owner, label) {
    this.owner.textContent = owner;
    this.phone.setAttribute("aria-label", label);
    this.element.setAttribute("aria-label", `${label}与状态`);
  }

  /** What stands above the phone; nothing hides the cap. */
  setCap(...parts) {
    const shown = parts.filter(Boolean);
    this.cap.replaceChildren(...shown);
    this.cap.hidden = shown.length === 0;
  }

  tick(now) {
    this.clock.textContent = moment(now, now);
  }
}
