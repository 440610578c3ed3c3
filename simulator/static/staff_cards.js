// Template cards (WeCom 90236, 101032): how they look, and what pressing them means.

import { h } from "./dom.js";
import { outside, safe } from "./pieces.js";
import { link } from "./staff_text.js";

let made = 0;

/**
 * A card; `state` is {replaced, selected: {question: [options]}, task}; `press(key, selected)` tells the bot,
 * resolves to null when the phone refused.
 */
export function cardElement(card, state, press) {
  const form = new CardForm(card, state, press);
  return h(
    "div",
    { class: "tcard", "data-card": card.card_type, "data-task": card.task_id, role: "group", "aria-label": `卡片：${title(card)}` },
    ...head(card, form),
    ...heading(card),
    ...facts(card),
    ...form.elements(),
    ...jumps(card),
  );
}

const title = (card) => card.main_title?.title || card.sub_title_text || "通知";

function head(card, form) {
  const source = card.source;
  const actions = card.action_menu?.action_list ?? [];
  if (!source?.desc && !actions.length) return [];
  return [
    h(
      "div",
      { class: "tcard-source" },
      source?.icon_url && safe(source.icon_url) ? h("img", { src: source.icon_url, alt: "", referrerPolicy: "no-referrer" }) : null,
      h("span", { "data-color": source?.desc_color || undefined }, source?.desc ?? ""),
      actions.length
        ? h(
            "details",
            { class: "tcard-menu" },
            h("summary", { "aria-label": card.action_menu.desc || "更多操作", title: card.action_menu.desc || "更多操作" }, "···"),
            h(
              "div",
              {},
              ...actions.map((action) =>
                h("button", { type: "button", onclick: (event) => form.act(event.target, action.key, {}) }, action.text),
              ),
            ),
          )
        : null,
    ),
  ];
}

function heading(card) {
  const parts = [];
  const image = card.card_image?.url;
  if (image) {
    parts.push(h("span", { class: "tcard-image" }, outside(image)));
  }
  const { title: words, desc } = card.main_title ?? {};
  if (words || desc) parts.push(h("div", { class: "tcard-title" }, words ? h("strong", {}, words) : null, desc ? h("span", {}, desc) : null));
  const big = card.emphasis_content;
  if (big?.title || big?.desc) parts.push(h("div", { class: "tcard-big" }, h("b", {}, big.title ?? ""), h("span", {}, big.desc ?? "")));
  const area = card.image_text_area;
  if (area) {
    parts.push(
      h("div", { class: "tcard-area" }, outside(area.image_url), h("div", {}, h("b", {}, area.title ?? ""), h("span", {}, area.desc ?? ""))),
    );
  }
  if (card.quote_area?.title || card.quote_area?.quote_text) {
    parts.push(h("blockquote", { class: "tcard-quote" }, card.quote_area.title ? h("b", {}, card.quote_area.title) : null, card.quote_area.quote_text ?? ""));
  }
  if (card.sub_title_text) parts.push(h("p", { class: "tcard-sub" }, card.sub_title_text));
  return parts;
}

function facts(card) {
  const parts = [];
  if (card.vertical_content_list?.length) {
    parts.push(
      h("div", { class: "tcard-vertical" }, ...card.vertical_content_list.map((item) => h("p", {}, h("b", {}, item.title), h("span", {}, item.desc ?? "")))),
    );
  }
  if (card.horizontal_content_list?.length) {
    parts.push(
      h(
        "dl",
        { class: "tcard-facts" },
        ...card.horizontal_content_list.map((item) =>
          h("div", {}, h("dt", {}, item.keyname), h("dd", {}, item.type === 1 ? link(item.url, item.value || item.url) : item.value || item.userid || "")),
        ),
      ),
    );
  }
  return parts;
}

function jumps(card) {
  const whole = card.card_action?.type === 1 && card.card_action.url ? [{ type: 1, title: "查看详情", url: card.card_action.url }] : [];
  const all = [...(card.jump_list ?? []), ...whole];
  if (!all.length) return [];
  return [
    h(
      "div",
      { class: "tcard-jumps" },
      ...all.map((jump) => (jump.type === 1 ? link(jump.url, jump.title) : h("span", {}, jump.title, jump.type === 2 ? "（小程序）" : ""))),
    ),
  ];
}

/** What can be chosen and pressed on a card. */
class CardForm {
  constructor(card, state, press) {
    this.card = card;
    this.state = state;
    this.press = press;
    this.choices = [];
  }

  elements() {
    const { card, state } = this;
    const parts = [];
    if (card.button_selection) parts.push(this.select(card.button_selection));
    for (const select of card.select_list ?? []) parts.push(this.select(select));
    if (card.checkbox) parts.push(this.vote(card.checkbox));
    if (state.replaced) return [...parts, h("p", { class: "tcard-replaced" }, state.replaced)];
    if (card.button_list?.length) {
      const buttons = card.button_list.map((button) => this.button(button));
      parts.push(h("div", { class: "tcard-buttons", "data-count": buttons.length }, ...buttons));
    }
    if (card.submit_button) parts.push(h("div", { class: "tcard-buttons" }, this.button({ ...card.submit_button, style: 1 })));
    return parts;
  }

  button(button) {
    if (button.type === 1) return link(button.url, button.text);
    return h(
      "button",
      {
        type: "button",
        "data-key": button.key,
        "data-style": String(button.style ?? 1),
        onclick: (event) => this.act(event.target, button.key, this.selected()),
      },
      button.text,
    );
  }

  select(question) {
    const closed = Boolean(this.state.replaced) || question.disable === true;
    const chosen = this.state.selected?.[question.question_key]?.[0] ?? question.selected_id ?? question.option_list?.[0]?.id;
    const field = h(
      "select",
      { disabled: closed },
      ...(question.option_list ?? []).map((option) => h("option", { value: option.id, selected: option.id === chosen }, option.text)),
    );
    this.choices.push(() => [question.question_key, field.value ? [field.value] : []]);
    return h("label", { class: "tcard-select" }, h("span", {}, question.title || "请选择"), field);
  }

  vote(question) {
    const several = question.mode === 1;
    const closed = Boolean(this.state.replaced) || question.disable === true;
    const before = this.state.selected?.[question.question_key];
    const group = `vote-${(made += 1)}`;
    const fields = (question.option_list ?? []).map((option) =>
      h("input", {
        type: several ? "checkbox" : "radio",
        name: group,
        value: option.id,
        checked: before ? before.includes(option.id) : option.is_checked === true,
        disabled: closed,
      }),
    );
    this.choices.push(() => [question.question_key, fields.filter((field) => field.checked).map((field) => field.value)]);
    return h(
      "fieldset",
      { class: "tcard-vote" },
      h("legend", {}, several ? "可选多项" : "选一项"),
      ...(question.option_list ?? []).map((option, n) => h("label", {}, fields[n], h("span", {}, option.text))),
    );
  }

  selected() {
    return Object.fromEntries(this.choices.map((read) => read()).filter(([, options]) => options.length));
  }

  async act(button, key, selected) {
    const box = button.closest(".tcard");
    box.setAttribute("aria-busy", "true");
    await this.press(key, selected);
    box.removeAttribute("aria-busy");
  }
}
