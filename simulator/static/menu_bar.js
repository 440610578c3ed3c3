// The menu of an account or an app at the bottom of a chat, with its sub-menus.

import { h, iconButton } from "./dom.js";

export class MenuBar {
  /** `choose(button)` receives a button of the menu. */
  constructor(composer, choose) {
    this.composer = composer;
    this.choose = choose;
    this.bar = h("div", { class: "bar menu", hidden: true });
    this.popup = h("div", { class: "submenu", role: "menu", hidden: true });
    this.switcher = iconButton("menu", "切换到菜单", () => this.toggle(true));
    this.switcher.classList.add("switcher");
    composer.lead.prepend(this.switcher);
    composer.element.append(this.bar, this.popup);
    composer.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.closePopup();
    });
    this.show(null);
  }

  /** The menu has changed; null takes it away. */
  show(menu) {
    this.menu = menu;
    this.switcher.hidden = !menu;
    const back = iconButton("keyboard", "切换到键盘", () => this.toggle(false));
    back.classList.add("switcher");
    this.bar.replaceChildren(back, ...(menu?.button ?? []).map((button) => this.button(button)));
    if (!menu) this.toggle(false, false);
  }

  toggle(on, focus = true) {
    this.closePopup();
    this.composer.closeDrawer();
    this.bar.hidden = !on;
    this.composer.bar.hidden = on;
    if (focus) (on ? this.bar.querySelector("button") : this.composer.input).focus();
  }

  button(button) {
    if (!button.sub_button) return h("button", { type: "button", class: "menu-button", onclick: () => this.chosen(button) }, button.name);
    const opener = h(
      "button",
      { type: "button", class: "menu-button", "aria-haspopup": "menu", "aria-expanded": "false", onclick: () => this.open(button, opener) },
      h("span", { class: "menu-mark", "aria-hidden": "true" }),
      button.name,
    );
    return opener;
  }

  open(button, opener) {
    const again = !this.popup.hidden && this.popup.dataset.of === button.name;
    this.closePopup();
    if (again) return;
    this.popup.dataset.of = button.name;
    this.popup.replaceChildren(
      ...button.sub_button.map((sub) => h("button", { type: "button", role: "menuitem", onclick: () => this.chosen(sub) }, sub.name)),
    );
    this.popup.hidden = false;
    const holder = this.composer.element;
    const middle = opener.offsetLeft + opener.offsetWidth / 2;
    const half = this.popup.offsetWidth / 2;
    this.popup.style.left = `${Math.min(Math.max(middle - half, 8), holder.clientWidth - half * 2 - 8)}px`;
    this.popup.style.bottom = `${holder.clientHeight - this.bar.offsetTop + 8}px`;
    opener.setAttribute("aria-expanded", "true");
    this.popup.querySelector("button").focus();
  }

  closePopup() {
    this.popup.hidden = true;
    for (const opener of this.bar.querySelectorAll("[aria-expanded]")) opener.setAttribute("aria-expanded", "false");
  }

  chosen(button) {
    this.closePopup();
    this.choose(button);
  }
}
