// Keyboard, questions before acts, copying, and a word when a request failed. Pages need none of it to work.
(() => {
  "use strict";
  const SECOND_KEY_MS = 1500;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable='true']") !== null;

  // g and a letter goes to a page; / to the search field; ? lists all of it.
  let waitingSince = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const afterG = performance.now() - waitingSince < SECOND_KEY_MS;
    waitingSince = -Infinity;
    if (afterG && /^[a-z]$/.test(event.key)) {
      document.querySelector(`[data-shortcut="${event.key}"]`)?.click();
    } else if (event.key === "g") {
      waitingSince = performance.now();
    } else if (event.key === "/") {
      const field = document.querySelector("[data-search]");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
    }
  });

  document.addEventListener("click", async (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    const copier = event.target.closest("[data-copies]");
    if (copier) {
      await navigator.clipboard?.writeText(document.getElementById(copier.dataset.copies).textContent);
      tell("已复制", "success");
    }
  });

  // Asks before an act that cannot be taken back, and lets a form be sent once only.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.ask && !window.confirm(form.dataset.ask)) {
      event.preventDefault();
      return;
    }
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  function tell(text, kind) {
    const box = document.querySelector(".toasts");
    if (!box) return;
    const toast = document.createElement("div");
    toast.className = `alert alert-${kind}`;
    toast.textContent = text;
    box.append(toast);
    window.setTimeout(() => toast.remove(), 6000);
  }

  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    const plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    tell(plain && answer.responseText ? answer.responseText : "没有成功，请刷新后再试", "danger");
  });
  document.addEventListener("htmx:sendError", () => tell("网络不通，请检查后再试", "danger"));
})();
