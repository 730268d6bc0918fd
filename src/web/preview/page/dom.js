// Builds elements. Text goes in as text: nothing here, or in any other file of the page, reads HTML.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

// A drawing of strokes on a grid of 24 by 24, hidden from screen readers: the words beside it say the same.
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const stroke = document.createElementNS("http://www.w3.org/2000/svg", "path");
  stroke.setAttribute("d", path);
  svg.append(stroke);
  return svg;
}

export const ICONS = {
  external: "M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  down: "M6 9l6 6 6-6",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  hash: "M10 3L8 21M16 3l-2 18M4 8.5h17M3 15.5h17",
  thread: "M5 5v8a3 3 0 0 0 3 3h11M15 12l4 4-4 4M10 7h9",
  announcement: "M4 10v4h3l9 5V5L7 10H4zM19 9a4 4 0 0 1 0 6",
  forum: "M4 5h12v8H9l-3 3v-3H4zM19 9h1v9h-2v2l-3-2H10",
  at: "M16 8v5a3 3 0 0 0 5 2v-3a9 9 0 1 0-4 7.5M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
};

export function channelIcon(type) {
  if (type === 5) return icon(ICONS.announcement);
  if (type === 15 || type === 16) return icon(ICONS.forum);
  if (type >= 10 && type <= 12) return icon(ICONS.thread);
  if (type === 1) return icon(ICONS.at);
  return icon(ICONS.hash);
}
