// The bar at the bottom of a chat: a field, emoji, things behind the plus, sample questions.

import { h, icon, iconButton, ICONS } from "./dom.js";

const EMOJI = [..."😀😄😂🙂😉😍😘😭😡😱😴🤔👍👎👏🙏💪🎉❤️🌹🎁🔥🍎🐟"].filter((sign) => sign !== "\ufe0f");

export class Composer {
  /** `say(words)` resolves to null when it failed; `things()` are [icon, label, action]; `chips` are sample words. */
  constructor({ say, things = () => [], chips = [], onGrow = () => {} }) {
    this.say = say;
    this.things = things;
    this.onGrow = onGrow;
    this.chips = h(
      "div",
      { class: "chips", role: "group", "aria-label": "常用的话", hidden: chips.length === 0 },
      ...chips.map((words) => h("button", { type: "button", onclick: () => say(words) }, words)),
    );
    this.input = h("textarea", {
      rows: 1,
      maxLength: 2000,
      "aria-label": "输入消息",
      enterKeyHint: "send",
      onkeydown: (event) => this.key(event),
      oninput: () => this.grow(),
      onfocus: () => this.closeDrawer(),
    });
    this.send = h("button", { type: "button", class: "send", hidden: true, onclick: () => this.sendInput() }, "发送");
    this.plus = iconButton("plus", "更多", () => this.toggleDrawer("more"));
    this.emoji = iconButton("smile", "表情", () => this.toggleDrawer("emoji"));
    this.lead = h("span", { class: "lead" });
    this.bar = h("div", { class: "bar write" }, this.lead, this.input, this.emoji, this.plus, this.send);
    this.drawer = h("div", { class: "drawer", hidden: true });
    this.gate = h("div", { class: "bar join", hidden: true });
    this.element = h("div", { class: "composer" }, this.chips, this.bar, this.gate, this.drawer);
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.drawer.hidden) {
        event.stopPropagation();
        this.closeDrawer();
        this.input.focus();
      }
    });
    this.grow();
  }

  /** Put something else in the place of the field: buttons or words; nothing brings the field back. */
  close(...children) {
    const closed = children.length > 0;
    this.gate.replaceChildren(...children);
    this.gate.hidden = !closed;
    this.bar.hidden = closed;
    this.chips.hidden = closed || this.chips.childElementCount === 0;
    if (closed) this.closeDrawer();
  }

  async sendInput() {
    const words = this.input.value.trim();
    if (!words) return;
    this.input.value = "";
    this.grow();
    this.input.focus();
    if ((await this.say(words)) === null && !this.input.value) {
      this.input.value = words;
      this.grow();
    }
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.sendInput();
    }
  }

  grow() {
    this.send.hidden = !this.input.value.trim();
    this.plus.hidden = !this.send.hidden || this.things().length === 0;
    this.input.rows = Math.min(4, this.input.value.split("\n").length + Math.floor(this.input.value.length / 17));
    this.onGrow();
  }

  toggleDrawer(kind) {
    if (!this.drawer.hidden && this.drawer.dataset.kind === kind) return this.closeDrawer();
    this.drawer.dataset.kind = kind;
    this.drawer.replaceChildren(...(kind === "emoji" ? this.emojiButtons() : this.thingButtons()));
    this.drawer.hidden = false;
    this.onGrow();
    return undefined;
  }

  closeDrawer() {
    this.drawer.hidden = true;
  }

  emojiButtons() {
    const put = (sign) => {
      this.input.setRangeText(sign, this.input.selectionStart, this.input.selectionEnd, "end");
      this.grow();
    };
    return EMOJI.map((sign) => h("button", { type: "button", class: "emoji", onclick: () => put(sign) }, sign));
  }

  thingButtons() {
    const pick = (action) => () => {
      this.closeDrawer();
      action();
    };
    return this.things().map(([name, label, action]) =>
      h("button", { type: "button", class: "thing", onclick: pick(action) }, h("span", { class: "tile" }, icon(ICONS[name])), h("span", {}, label)),
    );
  }
}

/** Let the reader choose a file; `take(form)` receives it as a form. */
export function chooseFile(accept, take) {
  const chooser = h("input", { type: "file", accept });
  chooser.addEventListener("change", () => {
    const form = new FormData();
    form.append("file", chooser.files[0]);
    take(form);
  });
  chooser.click();
}
