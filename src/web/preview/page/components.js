// Draws messages and modals of components, as Discord does: https://docs.discord.com/developers/components/reference

import { channelIcon, h, icon, ICONS } from "./dom.js";
import { markdown } from "./markdown.js";
import { selectMenu } from "./menu.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

// `context` has { server, names, files, press(component, values) }; `press` is missing where nothing can be pressed.
export function drawComponents(components, context) {
  return (components ?? []).map((component) => draw(component, context));
}

function draw(component, context) {
  const drawing = DRAWINGS[component.type];
  return drawing ? drawing(component, context) : h("p", { class: "unknown" }, `Component of type ${component.type}, which the preview does not draw`);
}

const DRAWINGS = {
  1: (row, context) => h("div", { class: "action-row" }, drawComponents(row.components, context)),
  2: button,
  3: (select, context) =>
    menu(
      select,
      context,
      select.options.map((option) => ({ ...option, icon: option.emoji?.name ? h("span", { class: "emoji", "aria-hidden": "true" }, option.emoji.name) : null, selected: option.default })),
    ),
  4: textInput,
  5: (select, context) => menu(select, context, users(context)),
  6: (select, context) => menu(select, context, roles(context)),
  7: (select, context) => menu(select, context, [...users(context), ...roles(context)]),
  8: (select, context) => menu(select, context, channels(context, select.channel_types)),
  9: (section, context) =>
    h("div", { class: "section" }, h("div", { class: "section-text" }, drawComponents(section.components, context)), h("div", { class: "accessory" }, draw(section.accessory, context))),
  10: (display, context) => h("div", { class: "markdown" }, markdown(display.content, context.names)),
  11: (thumbnail, context) => picture(thumbnail, context, "thumbnail"),
  12: (gallery, context) => h("div", { class: `gallery of-${Math.min(gallery.items.length, 4)}` }, gallery.items.map((item) => picture(item, context, "gallery-item"))),
  13: file,
  14: (separator) => h("div", { class: `separator spacing-${separator.spacing ?? 1} ${separator.divider === false ? "" : "divider"}`, role: separator.divider === false ? null : "separator" }),
  17: container,
  18: label,
};

function container(component, context) {
  const made = h("div", { class: "container" }, drawComponents(component.components, context));
  if (component.accent_color != null) {
    made.classList.add("accented");
    made.style.setProperty("--accent", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  }
  return made;
}

function button(component, context) {
  const style = BUTTON_STYLES[component.style] ?? "secondary";
  const content = [component.emoji?.name ? h("span", { class: "emoji", "aria-hidden": component.label ? "true" : null }, component.emoji.name) : null, component.label];
  if (style === "link") {
    const href = /^https?:\/\//i.test(component.url) ? component.url : null;
    return h("a", { class: "button link", href, target: "_blank", rel: "noopener noreferrer" }, content, icon(ICONS.external));
  }
  const made = h("button", { type: "button", class: `button ${style}`, "data-id": component.custom_id, disabled: component.disabled }, content);
  made.addEventListener("click", () => context.press?.(component, undefined, made));
  return made;
}

function menu(component, context, choices) {
  const chosenBefore = (component.default_values ?? []).map((value) => value.id);
  const made = selectMenu({
    label: component.placeholder || "Make a selection",
    choices: choices.map((choice) => ({ ...choice, selected: choice.selected || chosenBefore.includes(choice.value) })),
    min: component.min_values ?? 1,
    max: component.max_values ?? 1,
    disabled: component.disabled,
    chosen: (values) => context.press?.(component, values, made),
  });
  made.querySelector(".select").dataset.id = component.custom_id;
  return made;
}

export function channels({ server }, types) {
  return server.channels
    .filter((channel) => !types?.length || types.includes(channel.type))
    .map((channel) => ({ value: channel.id, label: channel.name, icon: channelIcon(channel.type), description: server.channels.find((parent) => parent.id === channel.parent_id)?.name }));
}

export function roles({ server }) {
  return server.roles.map((role) => ({ value: role.id, label: role.name }));
}

export function users({ server }) {
  return server.members.map(({ user }) => ({ value: user.id, label: user.global_name ?? user.username }));
}

// The address of a picture: only files that come with the message are shown, since no other host is asked for anything.
function picture(item, context, className) {
  const name = /^attachment:\/\/(.+)$/.exec(item.media?.url)?.[1];
  const url = name && context.files?.get(name)?.url;
  if (!url) return h("p", { class: "unknown" }, item.description || "A picture that is not part of the message");
  const image = h("img", { src: url, alt: item.description ?? "" });
  return h("button", { type: "button", class: className, onclick: () => enlarge(image), "aria-label": `Enlarge: ${item.description || name}` }, image);
}

function enlarge(image) {
  const dialog = h("dialog", { class: "lightbox", "aria-label": image.alt || "Picture", onclick: () => dialog.close(), onclose: () => dialog.remove() }, image.cloneNode(), h("button", { type: "button", class: "button secondary" }, "Close"));
  document.body.append(dialog);
  dialog.showModal();
}

function file(component, context) {
  const name = /^attachment:\/\/(.+)$/.exec(component.file?.url)?.[1] ?? "file";
  const kept = context.files?.get(name);
  const size = kept ? `${kept.size.toLocaleString("en")} bytes` : "not part of the message";
  const title = kept ? h("a", { href: kept.url, download: name }, name) : name;
  return h("div", { class: "file" }, icon(ICONS.file), h("div", {}, h("div", {}, title), h("div", { class: "file-size" }, size)));
}

function label(component, context) {
  const input = draw(component.component, context);
  const field = input.matches("input, textarea") ? input : input.querySelector("button");
  if (!field.id) field.id = `field-${component.component.custom_id}`;
  if (component.description) field.setAttribute("aria-describedby", `${field.id}-about`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: field.id }, component.label, component.component.required === false ? null : h("span", { class: "required", "aria-hidden": "true" }, " *")),
    component.description ? h("p", { id: `${field.id}-about`, class: "field-about" }, component.description) : null,
    input,
  );
}

function textInput(component) {
  const input = h(component.style === 2 ? "textarea" : "input", {
    id: `field-${component.custom_id}`,
    "data-id": component.custom_id,
    required: component.required !== false,
    minlength: component.min_length,
    maxlength: component.max_length ?? 4000,
    placeholder: component.placeholder,
    rows: component.style === 2 ? 5 : null,
  });
  input.value = component.value ?? "";
  if (!component.label) return input;
  return h("div", { class: "field" }, h("label", { for: input.id }, component.label), input);
}

// Shows a modal; `submit` gets its components with their values, as an interaction has them.
export function showModal(modal, context, submit) {
  const values = new Map();
  const press = (component, chosen) => values.set(component.custom_id, chosen);
  const fields = drawComponents(modal.components, { ...context, press });
  const form = h("form", { method: "dialog" }, fields, h("div", { class: "modal-buttons" }, h("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, "Cancel"), h("button", { type: "submit", class: "button primary" }, "Submit")));
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title", onclose: () => dialog.remove() }, h("h2", { id: "modal-title" }, modal.title), form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const filled = (component) => {
      if (component.component) return { type: component.type, component: filled(component.component) };
      if (component.components) return { type: component.type, components: component.components.map(filled) };
      const { type, custom_id } = component;
      if (type === 4) return { type, custom_id, value: fieldOf(form, custom_id).value };
      return { type, custom_id, values: values.get(custom_id) ?? [] };
    };
    const inputs = modal.components.filter((component) => component.type !== 10).map(filled);
    dialog.close();
    submit(inputs);
  });
  document.body.append(dialog);
  dialog.showModal();
}

function fieldOf(form, id) {
  return [...form.querySelectorAll("[data-id]")].find((field) => field.dataset.id === id);
}
