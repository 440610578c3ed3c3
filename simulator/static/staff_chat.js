// One open chat in a phone's frame: lines that are drawn anew only when they change, and a place to write.

import { h, icon, iconButton, ICONS } from "./dom.js";
import { moment } from "./pieces.js";
import { lineElement } from "./staff_lines.js";

const TIME_GAP = 5 * 60_000;

/**
 * `room` is {id, title, note?, chips, mention?, write?(text), silent?, more?: [{icon, label, act}], menu?, empty}; `hooks` is
 * {back(), info?(), now(), deeds}. A room without `write` can be read only and says `silent` instead.
 */
export class Chat {
  constructor(hooks) {
    this.hooks = hooks;
    this.drawn = new Map();
    this.stick = true;
    this.build();
  }

  build() {
    this.title = h("h2", { class: "phone-title" });
    this.clock = h("span", { class: "phone-clock" });
    this.owner = h("span", { class: "island" });
    this.list = h("ol", { class: "lines", role: "log", "aria-live": "polite", "aria-label": "聊天记录", tabIndex: 0 });
    this.list.addEventListener("scroll", () => {
      this.stick = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 120;
    });
    this.list.addEventListener("load", () => this.settle(), true);
    this.note = h("p", { class: "chat-note", hidden: true });
    this.sheet = h("div", { class: "sheet", hidden: true });
    this.chips = h("div", { class: "chips", role: "group", "aria-label": "快捷消息" });
    this.mention = h("span", { class: "mention" });
    this.input = h("textarea", {
      rows: 1,
      maxLength: 2000,
      "aria-label": "输入消息",
      enterKeyHint: "send",
      onkeydown: (event) => this.key(event),
      oninput: () => this.grow(),
      onfocus: () => (this.drawer.hidden = true),
    });
    this.send = h("button", { type: "button", class: "send", onclick: () => this.sendInput() }, "发送");
    this.plus = iconButton("plus", "更多", () => {
      this.drawer.hidden = !this.drawer.hidden;
      this.settle();
    });
    this.menuBar = h("div", { class: "bar menu", hidden: true, role: "group", "aria-label": "应用菜单" });
    this.bar = h("div", { class: "bar" });
    this.drawer = h("div", { class: "drawer", hidden: true });
    this.info = iconButton("person", "资料", () => this.hooks.info?.(this.room));
    this.back = iconButton("back", "返回列表", () => this.hooks.back());
    this.element = h(
      "article",
      { class: "phone member-phone" },
      h("div", { class: "status", "aria-hidden": "true" }, this.clock, this.owner, h("span", { class: "battery" })),
      h("div", { class: "nav" }, this.back, this.title, this.info),
      this.note,
      this.sheet,
      this.list,
      this.chips,
      this.menuBar,
      this.bar,
      this.drawer,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.drawer.hidden = true;
      if (!this.sheet.hidden) this.hooks.info?.(this.room);
    });
  }

  /** Show another room, or the same one after it changed. */
  open(room, owner) {
    const other = room.id !== this.room?.id || owner !== this.owner.textContent;
    const before = this.room;
    this.room = room;
    this.owner.textContent = owner;
    this.title.textContent = room.title;
    this.element.dataset.chat = room.id;
    this.element.classList.toggle("wecom", room.look !== "wechat");
    this.element.setAttribute("aria-label", `${owner}的手机：${room.title}`);
    this.note.hidden = !room.note;
    this.note.textContent = room.note ?? "";
    this.info.hidden = !room.info;
    if (other) {
      this.setSheet();
      this.drawn.clear();
      this.list.replaceChildren();
      this.stick = true;
      this.drawer.hidden = true;
      this.input.value = "";
    }
    if (other || JSON.stringify(before.menu) !== JSON.stringify(room.menu)) this.drawBar();
  }

  /** Lay something over the chat, in place of its lines; nothing takes it away. */
  setSheet(...children) {
    this.sheet.replaceChildren(...children);
    this.sheet.hidden = children.length === 0;
    this.element.classList.toggle("sheeted", children.length > 0);
  }

  drawBar() {
    const { room } = this;
    this.chips.hidden = !room.chips?.length || !room.write;
    this.chips.replaceChildren(...(room.chips ?? []).map((words) => h("button", { type: "button", onclick: () => room.write(words) }, words)));
    this.menuBar.hidden = !room.menu;
    this.menuBar.replaceChildren(...(room.menu?.button ?? []).map((button) => this.menuButton(button)));
    if (!room.write) {
      this.bar.className = "bar silent";
      this.bar.replaceChildren(h("p", {}, room.silent ?? "这里只能看"));
      return;
    }
    this.bar.className = "bar write";
    this.mention.textContent = room.mention ?? "";
    this.mention.hidden = !room.mention;
    this.drawer.replaceChildren(
      ...(room.more ?? []).map(({ icon: name, label, act }) =>
        h(
          "button",
          {
            type: "button",
            class: "thing",
            onclick: () => {
              this.drawer.hidden = true;
              act();
            },
          },
          h("span", { class: "tile" }, icon(ICONS[name])),
          h("span", {}, label),
        ),
      ),
    );
    this.bar.replaceChildren(this.mention, this.input, ...(room.more?.length ? [this.plus] : []), this.send);
    this.grow();
  }

  menuButton(button) {
    if (!button.sub_button) return h("button", { type: "button", class: "menu-button", onclick: () => this.room.choose(button) }, button.name);
    const box = h(
      "details",
      { class: "menu-group" },
      h("summary", { class: "menu-button" }, h("span", { class: "menu-mark", "aria-hidden": "true" }), button.name),
      h(
        "div",
        { class: "submenu" },
        ...button.sub_button.map((sub) =>
          h(
            "button",
            {
              type: "button",
              onclick: () => {
                box.open = false;
                this.room.choose(sub);
              },
            },
            sub.name,
          ),
        ),
      ),
    );
    return box;
  }

  /** Bring the lines up to date: new ones are appended, changed ones drawn anew in their place. */
  show(lines) {
    const keys = new Set(lines.map((line) => String(line.key)));
    for (const [key, { element }] of this.drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.drawn.delete(key);
    }
    let at = null;
    for (const line of lines) {
      const key = String(line.key);
      const sign = JSON.stringify([line.kind, line.content, line.card, line.finished, line.rated, line.who.name]);
      const before = this.drawn.get(key);
      if (!before) this.append(line, sign, at);
      else if (before.sign !== sign) this.replace(line, sign, before.element);
      at = line.at;
    }
    this.showEmpty(lines.length === 0);
    requestAnimationFrame(() => this.settle());
  }

  append(line, sign, before) {
    if (before === null || line.at - before > TIME_GAP || line.at < before) {
      this.list.append(h("li", { class: "time" }, h("time", { dateTime: line.at.toISOString() }, moment(line.at, this.hooks.now()))));
    }
    const element = lineElement(line, this.hooks.deeds);
    this.list.append(element);
    this.drawn.set(String(line.key), { sign, element });
    if (line.mine) this.stick = true;
  }

  replace(line, sign, old) {
    const element = lineElement(line, this.hooks.deeds);
    element.classList.add("still");
    const focused = old.contains(document.activeElement);
    old.replaceWith(element);
    if (focused) (element.querySelector("button, select, input") ?? this.list).focus({ preventScroll: true });
    this.drawn.set(String(line.key), { sign, element });
  }

  showEmpty(empty) {
    this.list.querySelector(".empty-lines")?.remove();
    if (empty) this.list.append(h("li", { class: "empty-lines" }, h("p", {}, this.room.empty ?? "还没有消息")));
  }

  settle() {
    if (this.stick) this.list.scrollTop = this.list.scrollHeight;
  }

  tick() {
    this.clock.textContent = moment(this.hooks.now(), this.hooks.now());
  }

  async sendInput() {
    const words = this.input.value.trim();
    if (!words) return;
    this.input.value = "";
    this.grow();
    this.input.focus();
    if ((await this.room.write(words)) === null && !this.input.value) {
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
    const idle = !this.input.value.trim();
    this.plus.hidden = !idle;
    this.send.hidden = idle && Boolean(this.room?.more?.length);
    this.send.disabled = idle;
    this.input.rows = Math.min(4, this.input.value.split("\n").length + Math.floor(this.input.value.length / 18));
  }
}
