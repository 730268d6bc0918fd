// A list of choices that opens from a button, as Discord's select menus do: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

import { h, icon, ICONS } from "./dom.js";

let menus = 0;

// `choices` are { value, label, description, icon, selected }; `chosen` gets the values, once, when the menu closes with a choice.
export function selectMenu({ label, choices, min = 1, max = 1, disabled = false, chosen }) {
  const id = `menu-${++menus}`;
  let selected = choices.filter((choice) => choice.selected).map((choice) => choice.value);
  let before = [];
  let isRepeated = false;
  let active = -1;
  let typed = "";
  const text = h("span", { class: "select-text" });
  const button = h(
    "button",
    { type: "button", class: "select", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": id, disabled },
    text,
    icon(ICONS.down),
  );
  const list = h("ul", { id, class: "menu", role: "listbox", "aria-label": label, "aria-multiselectable": max > 1 ? "true" : null, hidden: true });
  const root = h("div", { class: "select-root" }, button, list);
  const options = choices.map((choice, place) =>
    h(
      "li",
      { id: `${id}-${place}`, role: "option", class: "option", onclick: () => choose(place), onpointermove: () => activate(place) },
      choice.icon ?? null,
      h("span", { class: "option-text" }, h("span", { class: "option-label" }, choice.label), choice.description ? h("span", { class: "option-about" }, choice.description) : null),
    ),
  );
  list.append(...options);

  function show() {
    const names = choices.filter((choice) => selected.includes(choice.value)).map((choice) => choice.label);
    text.textContent = names.join(", ") || label;
    text.classList.toggle("placeholder", names.length === 0);
    button.setAttribute("aria-label", names.length > 0 ? `${label}: ${names.join(", ")}` : label);
    options.forEach((option, place) => option.setAttribute("aria-selected", String(selected.includes(choices[place].value))));
  }

  function activate(place) {
    options[active]?.classList.remove("active");
    active = place;
    options[active]?.classList.add("active");
    options[active]?.scrollIntoView({ block: "nearest" });
    if (active >= 0) button.setAttribute("aria-activedescendant", options[active].id);
    else button.removeAttribute("aria-activedescendant");
  }

  function open() {
    before = [...selected];
    isRepeated = false;
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const above = button.getBoundingClientRect().bottom + list.offsetHeight > window.innerHeight - 8;
    list.classList.toggle("above", above && button.getBoundingClientRect().top > list.offsetHeight);
    list.scrollIntoView({ block: "nearest" });
    activate(Math.max(0, choices.findIndex((choice) => selected.includes(choice.value))));
  }

  function close(isCancelled = false) {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    activate(-1);
    const isChanged = isRepeated || selected.length !== before.length || selected.some((value) => !before.includes(value));
    if (isCancelled || selected.length < min) selected = before;
    else if (isChanged) chosen([...selected]);
    show();
  }

  function choose(place) {
    const { value } = choices[place];
    if (max === 1) {
      isRepeated = selected.includes(value);
      selected = [value];
      close();
    } else if (selected.includes(value)) {
      selected = selected.filter((one) => one !== value);
    } else if (selected.length < max) {
      selected = [...selected, value];
    }
    show();
  }

  function key(event) {
    const isOpen = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined) {
      if (isOpen) activate(Math.min(options.length - 1, Math.max(0, active + step)));
      else open();
    } else if (isOpen && (event.key === "Enter" || event.key === " ")) {
      choose(active);
    } else if (isOpen && event.key === "Escape") {
      close(max === 1);
    } else if (isOpen && event.key === "Tab") {
      close(max === 1);
      return;
    } else if (isOpen && event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      typed = (Date.now() - (key.at ?? 0) > 800 ? "" : typed) + event.key.toLowerCase();
      key.at = Date.now();
      const place = choices.findIndex((choice) => choice.label.toLowerCase().startsWith(typed));
      if (place >= 0) activate(place);
    } else {
      return;
    }
    event.preventDefault();
  }

  button.addEventListener("click", () => (list.hidden ? open() : close(max === 1)));
  button.addEventListener("keydown", key);
  button.addEventListener("blur", () => setTimeout(() => close(max === 1), 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  show();
  return root;
}
