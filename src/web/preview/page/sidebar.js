// The channels of the server and its members: where it is asked, and by whom.

import { channelIcon, h } from "./dom.js";
import { DIRECT, world } from "./interaction.js";

// The types of channels in which somebody can write.
export const WRITABLE = [0, 5, 11];

const MANAGE_GUILD = 32n;

const $ = (id) => document.getElementById(id);

export function isModerator(member) {
  return (BigInt(member.permissions) & MANAGE_GUILD) !== 0n;
}

let changed = () => {};

// `onChange` is called whenever another channel or member is chosen.
export function drawSidebar(onChange) {
  changed = onChange;
  const { server } = world;
  const button = (one) => h("li", {}, h("button", { type: "button", class: `channel type-${one.type}`, "data-channel": one.id, onclick: () => chooseChannel(one) }, channelIcon(one.type), h("span", {}, one.name)));
  const within = (parent) => server.channels.filter((one) => one.parent_id === parent && WRITABLE.includes(one.type));
  const groups = server.channels
    .filter((one) => one.type === 4)
    .flatMap((category) => [h("h2", {}, category.name), h("ul", {}, within(category.id).flatMap((one) => [button(one), ...within(one.id).map(button)]))]);
  $("channels").replaceChildren(...groups, h("h2", {}, "Direct messages"), h("ul", {}, button(DIRECT)));
  const people = server.members.filter(({ user }) => !user.bot);
  $("members").replaceChildren(
    ...people.map((one) =>
      h("button", { type: "button", class: "person", "data-member": one.user.id, onclick: () => chooseMember(one) }, h("span", { class: "avatar small", "aria-hidden": "true" }, one.user.global_name[0]), h("span", {}, one.user.global_name, h("span", { class: "rank" }, isModerator(one) ? "Moderator" : "Member"))),
    ),
  );
  $("server-name").textContent = server.guild.name;
}

export function chooseChannel(chosen) {
  world.channel = chosen;
  for (const button of $("channels").querySelectorAll("button")) {
    if (button.dataset.channel === chosen.id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const parent = world.server.channels.find((one) => one.id === chosen.parent_id && one.type !== 4);
  $("channel-name").replaceChildren(channelIcon(chosen.type), chosen.name, parent ? h("span", { class: "parent" }, ` in #${parent.name}`) : "");
  $("topic").textContent = chosen.topic ?? (chosen === DIRECT ? "A direct message with Dossier" : "");
  toggleSidebar(false);
  changed();
}

export function chooseMember(chosen) {
  world.member = chosen;
  for (const button of $("members").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.dataset.member === chosen.user.id));
  changed();
}

export function toggleSidebar(isOpen) {
  const wasOpen = document.body.classList.contains("sidebar-open");
  document.body.classList.toggle("sidebar-open", isOpen);
  $("menu").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) $("channels").querySelector("[aria-current]").focus();
  else if (wasOpen && $("sidebar").contains(document.activeElement)) $("menu").focus();
}
