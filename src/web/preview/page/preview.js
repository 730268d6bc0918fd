// The page of `dossier preview`: makes the interactions that Discord would send, and shows the answers as Discord would.

import { Composer } from "./composer.js";
import * as command from "./command.js";
import { drawComponents, showModal } from "./components.js";
import { h, icon, ICONS } from "./dom.js";
import { AUTOCOMPLETE, COMMAND, COMPONENT, commandId, DIRECT, fetchCall, interaction, MODAL, resolvedOf, send, sent, snowflake, token, upload, world } from "./interaction.js";
import { markdown } from "./markdown.js";
import { replyLine, showProblem, showWire, time, wireButton } from "./message.js";
import { chooseChannel, chooseMember, drawSidebar, isModerator, toggleSidebar, WRITABLE } from "./sidebar.js";

const EPHEMERAL = 1 << 6;
const COMPONENTS_V2 = 1 << 15;
const LOOK_UP = "Look up in Dossier";
const MESSAGES_MAX = 200;

const $ = (id) => document.getElementById(id);
const messages = [];
let lastCommand = null;

const names = {
  channel: (id) => world.server.channels.find((one) => one.id === id)?.name,
  role: (id) => world.server.roles.find((one) => one.id === id)?.name,
  user: (id) => world.server.members.map(({ user }) => user).find((user) => user.id === id)?.global_name ?? (id === world.server.application.id ? "Dossier" : undefined),
};

const composer = new Composer($("composer"), { run: runCommand, post: postText, autocomplete, upload });

// Commands

async function runCommand(parsed, { options, resolved }, line) {
  const { leaf } = parsed;
  const data = { id: commandId(leaf.command.name), name: leaf.command.name, type: 1, options, ...(resolved ? { resolved } : {}) };
  lastCommand = { line, data };
  await ask(interaction(COMMAND, data), `/${leaf.name}`);
  setAddress(line);
}

async function lookUp(text, id) {
  const { user } = world.member;
  const target = { id, type: 0, channel_id: world.channel.id, author: user, content: text, attachments: [], embeds: [], mentions: [], mention_roles: [], mention_everyone: false, pinned: false, tts: false, flags: 0, timestamp: new Date().toISOString(), edited_timestamp: null, components: [] };
  await ask(interaction(COMMAND, { id: commandId(LOOK_UP), name: LOOK_UP, type: 3, target_id: id, resolved: { messages: { [id]: target } } }), LOOK_UP);
  setAddress(text);
}

async function ask(request, title) {
  try {
    const { call, entry } = await send(request);
    applyCallback(call, entry, title);
  } catch (error) {
    addFailure(request, title, error);
  }
}

async function autocomplete(parsed) {
  const { leaf, typing } = parsed;
  const { options } = command.options(parsed, world, typing.option);
  try {
    const { call } = await send(interaction(AUTOCOMPLETE, { id: commandId(leaf.command.name), name: leaf.command.name, type: 1, options }));
    return call.body.data.choices;
  } catch {
    return [];
  }
}

async function press(message, component, values, element) {
  const data = { component_type: component.type, custom_id: component.custom_id };
  if (values) Object.assign(data, { values, ...resolvedOf(component.type, values) });
  message.element.classList.add("waiting");
  element?.classList.add("pressed");
  showProblem(message, "");
  try {
    const { call, entry } = await send(interaction(COMPONENT, data, message), message);
    applyCallback(call, entry, "");
  } catch (error) {
    showProblem(message, error.status === 504 ? "This interaction failed" : `This interaction failed: ${error.message}`);
  } finally {
    message.element.classList.remove("waiting");
    element?.classList.remove("pressed");
  }
}

// Answers

function applyCallback(call, entry, title) {
  const { type, data } = call.body;
  if (type === 7 && entry.source) {
    change(entry.source, call, entry.request);
    entry.original = entry.source;
  } else if (type === 6) {
    entry.original = entry.source;
  } else if (type === 9) {
    showModal(data, context(), async (components) => {
      const request = interaction(MODAL, { custom_id: data.custom_id, components }, entry.source);
      try {
        const { call, entry: next } = await send(request, entry.source);
        applyCallback(call, next, data.title);
      } catch (error) {
        addFailure(request, data.title, error);
      }
    });
  } else {
    entry.original = addMessage({ ...entry, title, call, flags: data?.flags ?? 0, isThinking: type === 5 });
  }
  announce(entry.original);
}

// What the application calls later: edits, follow-ups and deletions of an answer, and posts in a channel.
async function applyCall(call) {
  const [, method, kind, id, ownToken] = /^(\w+) \/(\w+)\/(\w+)\/(\w+)/.exec(call.name) ?? [];
  if (kind === "channels") {
    const where = world.server.channels.find((one) => one.id === id);
    addMessage({ channel: where, call, flags: call.body.flags ?? COMPONENTS_V2, title: "" });
    say(`Dossier posted in #${where.name}`);
    return;
  }
  const entry = sent.get(ownToken);
  // Another page may have sent it.
  if (!entry) return;
  await entry.ready;
  // The callback that the answer follows is applied first.
  await new Promise((resolve) => setTimeout(resolve));
  if (method === "DELETE") remove(entry.original);
  else if (method === "PATCH") change(entry.original, call, entry.request);
  else announce(addMessage({ ...entry, title: "", call, flags: call.body.flags ?? 0 }));
}

function context(message) {
  return { server: world.server, names, files: message?.files, press: message ? (...pressed) => press(message, ...pressed) : undefined };
}

function addMessage({ request, asker, channel: where, title, call, flags, isThinking, source }) {
  const message = { id: snowflake(), request, asker, channel: where, title, flags, at: Date.now(), components: [], files: new Map(), source };
  const author = h("h2", { class: "author" }, h("span", { class: "name" }, "Dossier"), " ", h("span", { class: "app-tag" }, "APP"), " ", time(message.at));
  message.body = h("div", { class: "body" });
  message.problem = h("p", { class: "problem", role: "alert" });
  message.wire = h("div", { class: "wire", hidden: true });
  const isPrivate = (flags & EPHEMERAL) !== 0;
  const dismiss = h("button", { type: "button", class: "text-button", onclick: () => remove(message) }, "Dismiss message");
  message.element = h(
    "li",
    { class: `message ${isPrivate ? "ephemeral" : ""}`, tabindex: "-1" },
    replyLine(message),
    h("span", { class: "avatar app", "aria-hidden": "true" }, "D"),
    h("div", { class: "content" }, author, message.body, isPrivate ? h("p", { class: "only-you" }, icon(ICONS.eye), "Only you can see this • ", dismiss) : null, message.problem, wireButton(message)),
    message.wire,
  );
  if (isThinking) {
    message.body.append(h("p", { class: "thinking" }, "Dossier is thinking…"));
    showWire(message, call, request);
  } else {
    change(message, call, request);
  }
  return append(message);
}

// Puts what a call says in the place of what a message said.
function change(message, call, request) {
  if (!message) return;
  const { body } = call;
  const data = body.data ?? body;
  if (data.components) message.components = data.components;
  message.files = call.files;
  const focused = message.body.contains(document.activeElement) ? document.activeElement : null;
  const place = focused ? controls(message).indexOf(focused) : -1;
  message.body.replaceChildren(...(data.content ? markdown(data.content, names) : []), ...drawComponents(message.components, context(message)));
  if (focused) (controls(message).find((control) => control.dataset.id === focused.dataset.id) ?? controls(message)[place] ?? message.element).focus();
  showWire(message, call, request);
}

function controls(message) {
  return [...message.body.querySelectorAll("button, a[href]")];
}

function append(message) {
  messages.push(message);
  $("messages").append(message.element);
  while (messages.length > MESSAGES_MAX) messages.shift().element.remove();
  showMessages();
  if (!message.element.hidden) message.element.scrollIntoView({ block: "start" });
  return message;
}

function remove(message) {
  if (!message) return;
  const hadFocus = message.element.contains(document.activeElement);
  message.element.remove();
  messages.splice(messages.indexOf(message), 1);
  if (hadFocus) composer.input.focus();
  say("The message is gone");
  showMessages();
}

function addFailure(request, title, error) {
  const call = { body: {}, text: error.message, name: "", files: new Map() };
  const message = addMessage({ request, asker: world.member, channel: world.channel, title, call, flags: EPHEMERAL });
  showProblem(message, error.status === 504 ? "The application did not respond" : `The preview could not ask: ${error.message}`);
}

function postText(text) {
  const message = { id: snowflake(), channel: world.channel, asker: world.member, at: Date.now(), flags: 0, isText: true };
  const who = world.member.user.global_name;
  const look = h("button", { type: "button", class: "text-button look-up", onclick: () => lookUp(text, message.id) }, "Apps: ", LOOK_UP);
  message.element = h(
    "li",
    { class: "message", tabindex: "-1" },
    h("span", { class: "avatar", "aria-hidden": "true" }, who[0]),
    h("div", { class: "content" }, h("h2", { class: "author" }, h("span", { class: "name" }, who), " ", time(message.at)), h("div", { class: "markdown" }, markdown(text, names)), look),
  );
  append(message);
  return message;
}

// Who and where

function moved() {
  if (world.member && world.channel) composer.setWorld(world);
  const sign = { 0: "#", 1: "@", 5: "#" }[world.channel.type] ?? "";
  composer.input.placeholder = `Message ${sign}${world.channel.name}`;
  showMessages();
}

// Shows what the member sees in the channel.
function showMessages() {
  let count = 0;
  for (const message of messages) {
    const isForOther = message.flags & EPHEMERAL && message.asker?.user.id !== world.member?.user.id;
    message.element.hidden = message.channel.id !== world.channel?.id || isForOther;
    if (!message.element.hidden) count++;
  }
  $("welcome").hidden = count > 0;
}

// The address

function setAddress(line) {
  const query = [`q=${encodeURIComponent(line).replace(/%2F/g, "/").replace(/%3A/g, ":")}`];
  const first = world.server.channels.find((one) => one.type === 0);
  if (world.channel !== first) query.push(`in=${encodeURIComponent(world.channel.name)}`);
  if (isModerator(world.member)) query.push("as=moderator");
  history.replaceState(null, "", `/?${query.join("&")}`);
}

// Asks what the address says. A command that could change something is only typed.
function readAddress() {
  const query = new URLSearchParams(location.search);
  const { server } = world;
  const where = query.get("in");
  chooseChannel(where === DIRECT.name ? DIRECT : (server.channels.find((one) => one.name === where && WRITABLE.includes(one.type)) ?? server.channels.find((one) => one.type === 0)));
  chooseMember(server.members[query.get("as") === "moderator" ? 1 : 0]);
  const line = query.get("q")?.trim();
  if (!line) return;
  if (!line.startsWith("/")) lookUp(line, postText(line).id);
  else if (/^\/config\b/i.test(line)) composer.setLine(line);
  else {
    composer.input.value = line;
    composer.send();
  }
}

// Words for screen readers

function announce(message) {
  if (!message || message.element.hidden) return;
  const title = message.body.querySelector("h3, p")?.textContent ?? "";
  say(`Dossier: ${title}${message.flags & EPHEMERAL ? " (only you can see this)" : ""}`);
}

function say(text) {
  $("status").textContent = text;
}

// The start, and what comes later

async function load() {
  const response = await fetch("/preview/world");
  const { server, commands, findings, is_watching, next_call } = await response.json();
  Object.assign(world, { server, commands });
  if (world.member) composer.setWorld(world);
  $("findings").hidden = !is_watching && findings.length === 0;
  $("findings").classList.toggle("clean", findings.length === 0);
  $("findings-title").textContent =
    findings.length === 0
      ? "Watching the dataset: no problems"
      : `${findings.length} ${findings.length === 1 ? "problem" : "problems"} in the dataset. Until that is fixed, answers come from the last version without problems.`;
  $("findings-list").replaceChildren(...findings.map((finding) => h("pre", { tabindex: "0" }, finding)));
  return next_call;
}

async function follow(next) {
  for (;;) {
    try {
      if (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
      const call = await fetchCall(`/preview/calls/${next}`);
      if (!call) continue;
      next++;
      if (call.name === "RELOAD") await reloaded();
      else await applyCall(call);
    } catch (error) {
      // The calls of another process are numbered anew.
      if (error.status !== 410) await new Promise((resolve) => setTimeout(resolve, 2000));
      next = await load().catch(() => next);
    }
  }
}

// The last answer is brought up to date when an editor has saved.
async function reloaded() {
  await load();
  say($("findings-title").textContent);
  const message = messages.findLast((one) => one.request?.type === COMMAND && one.request.data === lastCommand?.data);
  if (!message || !$("findings").classList.contains("clean")) return;
  const request = { ...message.request, id: snowflake(), token: token() };
  const { call } = await send(request);
  if (call.body.data?.components) change(message, call, request);
}

function chooseTheme(theme) {
  document.documentElement.dataset.theme = theme;
  $("theme").setAttribute("aria-pressed", String(theme === "light"));
}

const preferred = window.matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
chooseTheme(localStorage.getItem("theme") ?? preferred);
$("theme").addEventListener("click", () => {
  chooseTheme(document.documentElement.dataset.theme === "light" ? "dark" : "light");
  localStorage.setItem("theme", document.documentElement.dataset.theme);
});
$("menu").addEventListener("click", () => toggleSidebar(!document.body.classList.contains("sidebar-open")));
$("scrim").addEventListener("click", () => toggleSidebar(false));
document.addEventListener("keydown", (event) => event.key === "Escape" && toggleSidebar(false));
// Whatever is typed with nothing focused goes into the message box.
document.addEventListener("keydown", (event) => {
  if (document.activeElement === document.body && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) composer.input.focus();
});
for (const example of document.querySelectorAll("[data-example]")) example.addEventListener("click", () => composer.setLine(example.dataset.example));

const next = await load();
drawSidebar(moved);
readAddress();
document.documentElement.dataset.ready = "true";
if (window.matchMedia("(hover: hover)").matches) composer.input.focus();
follow(next);
