// 微信客服: an empty place until there is something to show.

import { h } from "./dom.js";

/** Fill the section. */
export function mount(section) {
  section.append(h("p", { class: "vacant" }, "这里还没有内容。"));
}

/** Leave the section. */
export function unmount() {}
