// Canned replies on the desk: what is typed behind a slash finds them, Enter takes one.
(() => {
  "use strict";
  const main = document.getElementById("desk-conversation");
  if (!main) return;
  const text = () => document.getElementById("desk-text");
  const list = () => document.getElementById("desk-canned");
  const choices = () => [...(list()?.querySelectorAll("[data-canned]") ?? [])];
  const isOpen = () => list() !== null && !list().hidden;
  let wait = 0;
  let asking = new AbortController();

  function close() {
    window.clearTimeout(wait);
    asking.abort();
    if (!list()) return;
    list().hidden = true;
    list().replaceChildren();
    text()?.removeAttribute("aria-activedescendant");
  }

  function mark(choice) {
    for (const each of choices()) each.setAttribute("aria-selected", each === choice ? "true" : "false");
    if (!choice) return;
    text().setAttribute("aria-activedescendant", choice.id);
    choice.scrollIntoView({ block: "nearest" });
  }

  // Not by htmx: it puts back attributes of what it swapped in a moment later, and the mark with them.
  async function search(asked) {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${list().dataset.path}?q=${encodeURIComponent(asked)}`, {
        headers: { "HX-Request": "true" },
        signal: asking.signal,
      });
      if (!answer.ok || answer.redirected) return;
      list().innerHTML = await answer.text();
    } catch {
      return; // typed on, closed, another conversation opened, or the shop is away: what was typed is still there
    }
    list().hidden = false;
    mark(choices()[0]);
  }

  function take(choice) {
    const field = text();
    const written = field.value.startsWith("/") ? "" : field.value;
    field.value = written + choice.dataset.text;
    field.form.elements.canned.value = choice.dataset.canned;
    says(choice.dataset.then);
    close();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const gap = /\{[^{}]*\}/.exec(field.value);
    if (gap) field.setSelectionRange(gap.index, gap.index + gap[0].length);
  }

  function says(then) {
    const told = document.getElementById("desk-then");
    if (told) told.textContent = then ? `发出后：${then}` : "";
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.id !== "desk-text") return;
    if (!field.value.trim()) {
      field.form.elements.canned.value = "";
      says("");
    }
    window.clearTimeout(wait);
    const asked = /^\/([^\n]*)$/.exec(field.value);
    if (asked) wait = window.setTimeout(() => search(asked[1]), 120);
    else close();
  });

  main.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === main) asking.abort();
  });

  // Before the desk's own keys: while the list is open, they are the list's.
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.target.id !== "desk-text" || !isOpen()) return;
    const all = choices();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      mark(all[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)]);
    } else if ((event.key === "Enter" || event.key === "Tab") && all[at]) {
      take(all[at]);
    } else if (event.key === "Escape") {
      close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-canned]");
    if (choice) take(choice);
    else if (event.target.closest("#desk-canned-open")) {
      if (isOpen()) close();
      else search("").then(() => text().focus());
    } else if (!event.target.closest("#desk-canned")) close();
  });
})();
