// The platform's parts as tabs. 公众号 is always there; a corp's parts are filled by a module each while they are shown.

import { h } from "./dom.js";

const OFFICIAL = "official";
const PARTS = new Map([
  [OFFICIAL, null],
  ["kefu", () => import("./kefu.js")],
  ["staff", () => import("./staff.js")],
  ["groups", () => import("./groups.js")],
]);

export class Tabs {
  /**
   * `list` is the tablist, its buttons have `data-part` and control a pane each. `onShow(part)` is called after a change.
   * A part's module has `mount(section, context)` and `unmount()`.
   */
  constructor(list, onShow) {
    this.list = list;
    this.onShow = onShow;
    this.context = null;
    this.shown = OFFICIAL;
    this.mounted = null;
    this.turn = 0;
    for (const tab of this.buttons()) {
      tab.addEventListener("click", () => this.go(tab.dataset.part));
      tab.addEventListener("keydown", (event) => this.key(event, tab));
    }
    addEventListener("hashchange", () => this.show(this.wanted()));
  }

  buttons() {
    return [...this.list.querySelectorAll("[role=tab]")];
  }

  pane(part) {
    return document.getElementById(`pane-${part}`);
  }

  /** The platform was loaded anew: `context` is what modules are given; without a corp there is one part only. */
  start(context) {
    this.context = context;
    this.list.hidden = !context.state.corp;
    return this.show(this.wanted(), true);
  }

  /** The part that the address names; 公众号 for anything else. */
  wanted() {
    const part = location.hash.slice(1);
    return this.context?.state.corp && PARTS.has(part) ? part : OFFICIAL;
  }

  go(part) {
    if (location.hash.slice(1) !== part) location.hash = part;
    else this.show(part);
  }

  key(event, tab) {
    const tabs = this.buttons();
    const here = tabs.indexOf(tab);
    const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    const next = tabs.at(steps[event.key] % tabs.length);
    next.focus();
    this.go(next.dataset.part);
  }

  async show(part, anew = false) {
    if (part === this.shown && !anew) return;
    const turn = ++this.turn;
    this.mounted?.unmount();
    this.mounted = null;
    this.shown = part;
    for (const tab of this.buttons()) {
      const here = tab.dataset.part === part;
      tab.setAttribute("aria-selected", String(here));
      tab.tabIndex = here ? 0 : -1;
      if (here) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      this.pane(tab.dataset.part).hidden = !here;
    }
    document.body.dataset.part = part;
    this.onShow(part);
    const load = PARTS.get(part);
    if (!load) return;
    const pane = this.pane(part);
    pane.replaceChildren();
    try {
      const module = await load();
      if (turn !== this.turn) return; // the reader has gone on
      this.mounted = module;
      await module.mount(pane, this.context);
    } catch (error) {
      console.error(error);
      if (turn === this.turn) pane.replaceChildren(h("p", { class: "vacant" }, "这一页没有打开，请刷新再试。"));
    }
  }
}
