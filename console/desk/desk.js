// The desk lives: rows come by a stream, the open conversation follows, keys do what buttons do. Without it every button still works.
(() => {
  "use strict";
  const desk = document.getElementById("desk");
  if (!desk) return;
  const me = desk.dataset.me;
  const lists = document.getElementById("desk-lists");
  const main = document.getElementById("desk-conversation");
  const status = document.getElementById("desk-state");
  const title = document.title;

  const stored = {
    get: (key) => { try { return window.sessionStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { window.sessionStorage.setItem(key, value); } catch { /* private mode */ } },
    drop: (key) => { try { window.sessionStorage.removeItem(key); } catch { /* private mode */ } },
  };

  // ---- the open conversation
  const open = () => main.querySelector(".desk-talk")?.dataset.conversation ?? "";
  const path = (conversation) => `${desk.dataset.lists.replace(/\/lists$/, "")}/${encodeURIComponent(conversation)}`;

  function show(conversation, push) {
    desk.classList.add("has-open");
    if (push) window.history.pushState({}, "", path(conversation));
    htmx.ajax("GET", path(conversation), { target: main, swap: "innerHTML" });
  }

  // Whoever reads further up stays there; who is at the newest words sees the next ones.
  let shown = "";
  let readAt = null;
  function toNewest() {
    const lines = document.getElementById("desk-lines");
    if (lines) lines.scrollTop = lines.scrollHeight;
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    const lines = event.detail.target;
    if (lines.id !== "desk-lines") return;
    const fromNewest = lines.scrollHeight - lines.scrollTop - lines.clientHeight;
    readAt = fromNewest > 80 && !event.detail.requestConfig.path.includes("before=") ? lines.scrollTop : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const lines = document.getElementById("desk-lines");
    if (event.detail.target === main) toNewest();
    if (!lines || event.detail.target.id !== "desk-lines") return;
    if (readAt === null) toNewest();
    else lines.scrollTop = readAt;
  });

  // ---- who else is here
  async function amHere() {
    const conversation = open();
    const others = document.getElementById("desk-others");
    const csrf = main.querySelector("input[name=csrf]")?.value;
    if (!others || !csrf || document.visibilityState !== "visible") return;
    const typed = [document.getElementById("desk-text"), document.getElementById("desk-note")];
    const writes = typed.some((field) => field?.value) ? "yes" : "no";
    try {
      const answer = await fetch(`${path(conversation)}/here`, { method: "POST", body: new URLSearchParams({ csrf, writes }) });
      if (answer.ok && !answer.redirected && open() === conversation) others.textContent = await answer.text();
    } catch { /* the shop is away: said elsewhere */ }
  }
  window.setInterval(amHere, 6000);

  function refreshLines(heard = false) {
    const lines = document.getElementById("desk-lines");
    const conversation = open();
    if (!lines || !conversation) return;
    htmx.ajax("GET", `${path(conversation)}/lines`, { target: lines, swap: "outerHTML" });
    const suggestions = document.getElementById("desk-suggestions");
    if (suggestions && heard) htmx.ajax("GET", `${path(conversation)}/suggestions`, { target: suggestions, swap: "innerHTML" });
  }

  function settled() {
    const conversation = open();
    const text = document.getElementById("desk-text");
    const draft = conversation && stored.get(`draft:${conversation}`);
    if (text && draft && !text.value) text.value = draft;
    if (conversation !== shown) {
      shown = conversation;
      toNewest();
      amHere();
    }
    for (const row of lists.querySelectorAll(".desk-row")) {
      const current = row.dataset.conversation === conversation;
      row.classList.toggle("is-open", current);
      if (current) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    }
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".desk-row, .desk-mention[data-conversation]");
    if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(row.dataset.conversation, true);
      return;
    }
    const again = event.target.closest("[data-resend]");
    const text = document.getElementById("desk-text");
    if (again && text) {
      text.value = again.dataset.resend;
      text.focus();
    }
  });
  window.addEventListener("popstate", () => window.location.reload());
  document.addEventListener("input", (event) => {
    if (event.target.id === "desk-text") stored.set(`draft:${open()}`, event.target.value);
  });
  document.addEventListener("htmx:afterSwap", settled);
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target;
    if (form.classList?.contains("desk-say")) stored.drop(`draft:${open()}`);
  });
  document.addEventListener("htmx:responseError", (event) => {
    // What could not be said is not lost.
    const form = event.target;
    if (form.classList?.contains("desk-say")) stored.set(`draft:${open()}`, form.elements.text.value);
    if (event.detail.xhr.status === 409 && open()) show(open(), false);
  });

  // ---- the lists
  const listOf = (row) => {
    if (row.agent === me) return "mine";
    return row.agent ? "others" : "waiting";
  };

  function place(row) {
    const old = [...lists.querySelectorAll(".desk-row")].find((each) => each.dataset.conversation === row.conversation);
    const focused = old !== undefined && old === document.activeElement;
    old?.remove();
    const list = row.html ? document.getElementById(listOf(row)) : null;
    if (list) {
      const made = document.createElement("template");
      made.innerHTML = row.html.trim();
      const element = made.content.firstElementChild;
      const after = [...list.children].find((each) => Number(each.dataset.order) > row.order);
      list.insertBefore(element, after ?? null);
      if (focused) element.focus();
    }
    count();
    settled();
  }

  function count() {
    for (const badge of lists.querySelectorAll("[data-count]")) {
      badge.textContent = document.getElementById(badge.dataset.count)?.children.length ?? 0;
    }
    const unread = [...lists.querySelectorAll("#mine .desk-row")].filter((row) => Number(row.dataset.unread) > 0).length;
    const waiting = document.getElementById("waiting")?.children.length ?? 0;
    document.title = unread + waiting ? `(${unread + waiting}) ${title}` : title;
  }

  // ---- the stream
  const before = new Map();
  function told(row) {
    const known = before.get(row.conversation);
    before.set(row.conversation, { agent: row.agent, unread: row.unread });
    const mine = row.agent === me;
    const rings = row.html && ((mine && row.unread > (known?.unread ?? 0)) || (mine && known?.agent !== me) || (!row.agent && !known && row.state === "waiting"));
    place(row);
    if (rings) ring(mine);
    if (row.conversation !== open()) return;
    const owned = main.querySelector(".desk-talk")?.dataset.mine === "yes";
    const typing = document.getElementById("desk-text")?.value;
    if (owned === mine && (mine || row.html)) refreshLines(mine && row.unread > 0);
    else if (!typing) show(row.conversation, false);
    else status.textContent = mine ? "" : "这位顾客已经不在你这里了";
  }

  // At most one load of the lists at a time, and one more after it when something was told meanwhile.
  // Whoever walks the list by keyboard stays where they are.
  let walked = "";
  lists.addEventListener("focusin", (event) => { walked = event.target.closest(".desk-row")?.dataset.conversation ?? ""; });
  function refocus() {
    if (!walked || document.activeElement !== document.body) return;
    [...lists.querySelectorAll(".desk-row")].find((row) => row.dataset.conversation === walked)?.focus();
  }

  let loading = false;
  let again = false;
  function reload() {
    if (loading) { again = true; return; }
    loading = true;
    htmx.ajax("GET", desk.dataset.lists, { target: lists, swap: "innerHTML" }).finally(() => {
      loading = false;
      refocus();
      count();
      settled();
      if (again) { again = false; reload(); }
    });
  }

  function listen() {
    const stream = new EventSource(desk.dataset.live);
    let first = true;
    stream.addEventListener("hello", () => {
      reload();
      if (!first) refreshLines();
      first = false;
      status.textContent = "";
    });
    stream.addEventListener("reload", reload);
    stream.addEventListener("mention", () => { ring(true); reload(); });
    stream.addEventListener("row", (event) => told(JSON.parse(event.data)));
    stream.addEventListener("error", () => { status.textContent = "连接断了，正在重连"; });
    window.addEventListener("pagehide", () => stream.close());
  }

  // ---- what is on its way is looked after
  window.setInterval(() => {
    const lines = document.getElementById("desk-lines");
    if (lines && Number(lines.dataset.pending) > 0 && document.visibilityState === "visible") refreshLines();
  }, 1500);

  // ---- sound
  let sound = null;
  const button = () => document.getElementById("desk-sound");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#desk-sound")) return;
    const on = stored.get("desk-sound") !== "on";
    stored.set("desk-sound", on ? "on" : "off");
    if (on) ring(true);
    marked();
  });
  function marked() {
    button()?.setAttribute("aria-pressed", stored.get("desk-sound") === "on" ? "true" : "false");
    button()?.classList.toggle("text-primary", stored.get("desk-sound") === "on");
  }
  function ring(mine) {
    if (stored.get("desk-sound") !== "on") return;
    sound ??= new (window.AudioContext || window.webkitAudioContext)();
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = mine ? 880 : 660;
    volume.gain.setValueAtTime(0.08, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + 0.4);
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.4);
  }

  // ---- keys
  const typing = (target) => target.closest("input, textarea, select, [contenteditable='true']") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.id === "desk-text") {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const rows = [...lists.querySelectorAll(".desk-row")];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "j" || event.key === "k") {
      rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)]?.focus();
    } else if (event.key === "c") {
      main.querySelector("[data-act='claim']")?.click();
    } else if (event.key === "e") {
      const menu = main.querySelector("[data-menu='end']");
      if (menu) { menu.open = true; menu.querySelector("input[type=radio]")?.focus(); }
    } else if (event.key === "n") {
      const notes = main.querySelector(".desk-notes");
      if (notes) { event.preventDefault(); notes.open = true; document.getElementById("desk-note")?.focus(); }
    } else if (event.key === "s") {
      document.getElementById("desk-search")?.click();
    } else if (event.key === "r") {
      const text = document.getElementById("desk-text");
      if (text) { event.preventDefault(); text.focus(); }
    }
  });

  for (const row of lists.querySelectorAll(".desk-row")) {
    before.set(row.dataset.conversation, { agent: row.dataset.agent, unread: Number(row.dataset.unread) });
  }
  document.addEventListener("htmx:afterSwap", marked);
  marked();
  count();
  settled();
  listen();
})();
