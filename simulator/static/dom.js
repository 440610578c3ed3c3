// Small pieces for building the page without ever turning text into markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties, attributes (`data-…`, `aria-…`, `role`) and children; strings become text. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key in element && !key.includes("-") && key !== "role" && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line drawing from path data. */
export function icon(path, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.classList.add("icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const drawing = document.createElementNS(SVG, "path");
  drawing.setAttribute("d", path);
  svg.append(drawing);
  return svg;
}

export const ICONS = {
  back: "M15 5l-7 7 7 7",
  person: "M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 20a7.5 7.5 0 0115 0",
  voice: "M12 3a9 9 0 100 18 9 9 0 000-18zM9 12h.01M11.5 9.5a3.5 3.5 0 010 5M14 7.5a6.4 6.4 0 010 9",
  keyboard: "M12 3a9 9 0 100 18 9 9 0 000-18zM8 9.5h.01M12 9.5h.01M16 9.5h.01M8 12.5h.01M12 12.5h.01M16 12.5h.01M9 15.5h6",
  menu: "M5 7h14M5 12h14M5 17h14",
  smile: "M12 3a9 9 0 100 18 9 9 0 000-18zM9 9.5v1M15 9.5v1M8 14a4.6 4.6 0 008 0",
  plus: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 8v8M8 12h8",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10.5a3 3 0 100 6 3 3 0 000-6z",
  pin: "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0113 0c0 5-6.5 11-6.5 11zM12 8a2 2 0 100 4 2 2 0 000-4z",
  film: "M4 6h11v12H4zM15 11l5-3v8l-5-3",
  chain: "M10 14a4 4 0 005.7 0l3-3a4 4 0 00-5.7-5.7l-1 1M14 10a4 4 0 00-5.7 0l-3 3a4 4 0 005.7 5.7l1-1",
  scan: "M4 9V5h4M16 5h4v4M20 15v4h-4M8 19H4v-4M4 12h16",
  leave: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  mic: "M12 4a2.5 2.5 0 00-2.5 2.5v5a2.5 2.5 0 005 0v-5A2.5 2.5 0 0012 4zM6.5 11.5a5.5 5.5 0 0011 0M12 17v3",
  close: "M6 6l12 12M18 6L6 18",
  file: "M7 3.5h7l4 4v13H7zM14 3.5v4h4M9.5 12h6M9.5 15.5h6",
  mini: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM14.5 9a2.2 2.2 0 00-2.5 2.2v2A2.2 2.2 0 119.5 11",
  card: "M4 5.5h16v13H4zM8.5 9a1.6 1.6 0 100 3.2 1.6 1.6 0 000-3.2zM6 16a2.6 2.6 0 015 0M14 10h4M14 13.5h4",
  door: "M13 4H6v16h7M10 12h10M16.5 8.5L20 12l-3.5 3.5",
  ban: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM6 6l12 12",
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  headset: "M5 14v-2a7 7 0 0114 0v2M5 13.5h2.5v5H5.8A1.8 1.8 0 014 16.7v-1.5A1.7 1.7 0 015 13.5zM19 13.5h-2.5v5h1.7a1.8 1.8 0 001.8-1.8v-1.5a1.7 1.7 0 00-1-1.7zM17 18.5c0 1.5-2 2-4 2",
  group: "M9 5a3.2 3.2 0 100 6.4A3.2 3.2 0 009 5zM3 19a6 6 0 0112 0M15.5 5.3a3.2 3.2 0 010 5.8M17.5 13.7A6 6 0 0121 19",
  robot: "M6 9h12v9H6zM12 9V5.5M12 4.2v.1M9.5 13v.6M14.5 13v.6M3.5 12v3.5M20.5 12v3.5",
  app: "M5 5h6v6H5zM13 5h6v6h-6zM5 13h6v6H5zM16 13v6M13 16h6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  horn: "M4 10v4h3l7 4V6l-7 4zM17 9.5a4 4 0 010 5M19 7a7.5 7.5 0 010 10",
  split: "M4 5h7v14H4zM13 5h7v14h-7z",
  undo: "M8 5L4 9l4 4M4 9h9a5.5 5.5 0 010 11H8",
};

/** A button with a drawing only. */
export const iconButton = (name, label, onclick) =>
  h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick }, icon(ICONS[name]));

/** Ask for a few values in the page's dialog; resolves to an object, or null when cancelled. */
export function ask(title, fields, confirm = "确定") {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-title").textContent = title;
  document.getElementById("ask-ok").textContent = confirm;
  const holder = document.getElementById("ask-fields");
  holder.replaceChildren(
    ...fields.map((field) => {
      if (field.fact) return h("p", { class: "fact" }, h("span", {}, field.label), h("b", {}, field.fact));
      if (field.options) {
        const choices = field.options.map(([value, words]) => h("option", { value }, words));
        const select = h("select", { name: field.name }, ...choices);
        select.value = field.value ?? field.options[0]?.[0] ?? "";
        return h("label", {}, h("span", {}, field.label), select);
      }
      const input = h("input", {
        name: field.name,
        type: field.type ?? "text",
        value: field.value ?? "",
        placeholder: field.placeholder ?? "",
        checked: field.checked,
        step: field.type === "number" ? "any" : undefined,
        autocomplete: "off",
      });
      if (field.type === "checkbox") return h("label", { class: "check" }, input, field.label);
      return h("label", {}, h("span", {}, field.label), input);
    }),
  );
  dialog.returnValue = "cancel";
  dialog.showModal();
  (holder.querySelector("input, select") ?? document.getElementById("ask-ok")).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "ok") return resolve(null);
        const values = {};
        for (const input of holder.querySelectorAll("input, select")) {
          values[input.name] = input.type === "checkbox" ? input.checked : input.value;
        }
        return resolve(values);
      },
      { once: true },
    );
  });
}

let toastTimer = 0;

/** Say something briefly at the top of the page. */
export function toast(text) {
  const element = document.getElementById("toast");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (element.hidden = true), 3500);
}
