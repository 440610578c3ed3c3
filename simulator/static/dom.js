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
};

/** Ask for a few values in the page's dialog; resolves to an object, or null when cancelled. */
export function ask(title, fields, confirm = "确定") {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-title").textContent = title;
  document.getElementById("ask-ok").textContent = confirm;
  const holder = document.getElementById("ask-fields");
  holder.replaceChildren(
    ...fields.map((field) => {
      if (field.fact) return h("p", { class: "fact" }, h("span", {}, field.label), h("b", {}, field.fact));
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
  holder.querySelector("input")?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        if (dialog.returnValue !== "ok") return resolve(null);
        const values = {};
        for (const input of holder.querySelectorAll("input")) {
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
