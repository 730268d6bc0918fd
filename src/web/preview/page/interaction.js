// Makes the interactions that Discord would send, sends them, and reads what the application calls.

import { shownChannel } from "./command.js";

export const COMMAND = 2;
export const COMPONENT = 3;
export const AUTOCOMPLETE = 4;
export const MODAL = 5;

// A direct message with the application is a channel of its own.
export const DIRECT = { id: "1308000000000000001", type: 1, name: "Dossier" };

// The server with its commands, the files that were attached, and who asks where.
export const world = { server: null, commands: [], attachments: new Map(), channel: null, member: null };

// What was sent, by the token of its interaction, for the calls that follow.
export const sent = new Map();

let lastId = 0n;

// https://docs.discord.com/developers/reference#snowflakes
export function snowflake() {
  const now = BigInt(Date.now() - 1420070400000) << 22n;
  lastId = now > lastId ? now : lastId + 1n;
  return String(lastId);
}

export function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function interaction(type, data, message) {
  const { server } = world;
  const { permissions, ...own } = world.member;
  const isDirect = world.channel === DIRECT;
  const where = isDirect
    ? { channel: { id: DIRECT.id, type: 1, flags: 0 }, user: world.member.user, context: 1, authorizing_integration_owners: { 0: "0" } }
    : {
        guild_id: server.guild.id,
        guild: server.guild,
        guild_locale: server.guild.locale,
        channel: shownChannel(world.channel, server),
        member: { ...own, permissions },
        context: 0,
        authorizing_integration_owners: { 0: server.guild.id },
      };
  delete where.channel.app_permissions;
  return {
    id: snowflake(),
    application_id: server.application.id,
    type,
    token: token(),
    version: 1,
    ...where,
    channel_id: world.channel.id,
    app_permissions: server.bot_permissions,
    attachment_size_limit: 10485760,
    entitlements: [],
    locale: "en-US",
    ...(message ? { message: messageObject(message) } : {}),
    data,
  };
}

// A message as Discord shows it to the application when something on it is pressed.
function messageObject(message) {
  const { application } = world.server;
  return {
    id: message.id,
    type: message.request ? 20 : 0,
    channel_id: message.channel.id,
    author: { id: application.id, username: application.name, bot: true, discriminator: "0000", avatar: null },
    content: "",
    components: message.components,
    attachments: [],
    embeds: [],
    mentions: [],
    mention_roles: [],
    mention_everyone: false,
    pinned: false,
    tts: false,
    flags: message.flags,
    timestamp: new Date(message.at).toISOString(),
    edited_timestamp: null,
    application_id: application.id,
    ...(message.request
      ? { interaction_metadata: { id: message.request.id, type: message.request.type, user: message.asker.user, authorizing_integration_owners: message.request.authorizing_integration_owners } }
      : {}),
  };
}

// Sends an interaction; the answer is its callback, with what came along.
export async function send(request, source) {
  const reply = fetchCall("/preview/interactions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) });
  const entry = { request, source, asker: world.member, channel: world.channel, original: null, ready: null };
  if (request.type !== AUTOCOMPLETE) {
    sent.set(request.token, entry);
    entry.ready = reply.catch(() => null);
  }
  const call = await reply;
  return { call, entry };
}

// A call of the application: its body, as text too, and its files.
export async function fetchCall(url, init) {
  const response = await fetch(url, init);
  if (response.status === 204) return null;
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
  const name = response.headers.get("preview-call") ?? "";
  const files = new Map();
  let text;
  if (response.headers.get("content-type")?.startsWith("multipart/")) {
    const form = await response.formData();
    text = form.get("payload_json");
    for (const file of form.values()) {
      if (file instanceof File) files.set(file.name, { url: await dataUrl(file), size: file.size });
    }
  } else {
    text = await response.text();
  }
  return { name, text, body: text ? JSON.parse(text) : null, files };
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

export function commandId(name) {
  return String(1307000000000000001n + BigInt(world.commands.findIndex((one) => one.name === name)));
}

export async function upload(file) {
  const response = await fetch(`/preview/attachments/${encodeURIComponent(file.name)}`, { method: "POST", body: file });
  if (!response.ok) throw new Error(response.status === 413 ? `${file.name} is too large for the preview.` : `${file.name} could not be read.`);
  const attachment = { id: snowflake(), content_type: file.type, ...(await response.json()) };
  const name = file.name.replace(/\s+/g, "_");
  world.attachments.set(name, { ...attachment, filename: name });
  return name;
}

export function resolvedOf(type, ids) {
  const { server } = world;
  const pick = (all, id) => Object.fromEntries(ids.flatMap((one) => all.filter((other) => id(other) === one).map((other) => [one, other])));
  if (type === 8) return { resolved: { channels: pick(server.channels.map((one) => shownChannel(one, server)), ({ id }) => id) } };
  if (type === 6) return { resolved: { roles: pick(server.roles, ({ id }) => id) } };
  if (type === 5 || type === 7) return { resolved: { users: pick(server.members.map(({ user }) => user), ({ id }) => id), roles: type === 7 ? pick(server.roles, ({ id }) => id) : undefined } };
  return {};
}
