// The parts of a message around its components, and what was sent for it.

import { h } from "./dom.js";

// The line above a message: the command that it answers, or the message that something was pressed on.
export function replyLine({ request, asker, title, source }) {
  if (source) {
    const words = source.body.querySelector("h3, p")?.textContent ?? "";
    return h("p", { class: "reply" }, h("span", { class: "avatar app small", "aria-hidden": "true" }, "D"), h("strong", {}, "Dossier"), h("span", { class: "snippet" }, words));
  }
  if (!asker) return null;
  const who = asker.user.global_name;
  return h("p", { class: "reply" }, h("span", { class: "avatar small", "aria-hidden": "true" }, who[0]), h("strong", {}, who), " used ", h("span", { class: "mention" }, title));
}

export function time(at) {
  const date = new Date(at);
  return h("time", { datetime: date.toISOString() }, date.toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" }));
}

export function wireButton(message) {
  const button = h("button", { type: "button", class: "text-button wire-button", "aria-expanded": "false" }, "Request and response");
  button.addEventListener("click", () => {
    message.wire.hidden = !message.wire.hidden;
    message.element.classList.toggle("with-wire", !message.wire.hidden);
    button.setAttribute("aria-expanded", String(!message.wire.hidden));
  });
  return button;
}

export function showWire(message, call, request) {
  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };
  const part = (title, text) => [h("h3", {}, title), h("pre", { tabindex: "0", "aria-label": title }, text)];
  message.wire.replaceChildren(
    ...(request ? part("Request: the interaction", JSON.stringify(request, null, 2)) : []),
    ...part(call.name ? `Response: ${call.name.replace(/[0-9a-f]{64}/, "…")}` : "Response", pretty(call.text)),
  );
}

export function showProblem(message, text) {
  message.problem.textContent = text;
}
