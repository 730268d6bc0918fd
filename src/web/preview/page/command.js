// A command as it is typed: "/timeline from:2014 to:2019", "/demand nato", "/config channels allow channel:#general".

export const SUBCOMMAND = 1;
export const GROUP = 2;
export const STRING = 3;
export const INTEGER = 4;
export const BOOLEAN = 5;
export const USER = 6;
export const CHANNEL = 7;
export const ROLE = 8;
export const NUMBER = 10;
export const ATTACHMENT = 11;

// The commands that Discord offers somebody somewhere: those of this kind of place for which the member has the permissions.
export function available(commands, { member, channel }) {
  const isDirect = channel.type === 1;
  const isHere = ({ contexts }) => !contexts || contexts.includes(isDirect ? 1 : 0);
  const may = ({ default_member_permissions: needed }) => needed == null || (BigInt(member.permissions) & BigInt(needed)) === BigInt(needed);
  return commands.filter((command) => isHere(command) && may(command));
}

// All that can be typed: each command, or each of its subcommands, with its path and its options.
export function runnable(commands) {
  return commands.filter((command) => command.type === 1).flatMap((command) => leaves(command, command, []));
}

function leaves(command, node, path) {
  const below = (node.options ?? []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (below.length > 0) return below.flatMap((option) => leaves(command, option, [...path, option]));
  return [{ command, path, name: [command, ...path].map((part) => part.name).join(" "), description: node.description, options: node.options ?? [] }];
}

// Reads a line up to where it is typed. `leaf` is missing as long as the command is not whole; `typing` is the option at the end of
// the line with what there is of its value, or with a null option where the next one can be named.
export function parse(line, leaves) {
  const text = line.replace(/^\s*\//, "");
  const leaf = leaves
    .filter(({ name }) => text.toLowerCase() === name || text.toLowerCase().startsWith(`${name} `))
    .sort((one, other) => other.name.length - one.name.length)[0];
  if (!leaf) return { leaf: null, text, given: [], typing: null };
  const rest = text.slice(leaf.name.length);
  const given = [];
  let start = leaf.name.length + line.length - text.length;
  for (const [word] of rest.matchAll(/\s*\S+/g)) {
    const [, name, value] = /^\s*([^\s:]+):(.*)$/s.exec(word) ?? [];
    const option = name && leaf.options.find((option) => option.name === name.toLowerCase());
    const last = given.at(-1);
    if (option) given.push({ option, value, start: start + word.indexOf(name), isNamed: true });
    else if (last) last.value += word;
    else if (leaf.options.length > 0) given.push({ option: leaf.options[0], value: word.trim(), start: start + word.search(/\S/), isNamed: false });
    else given.push({ option: null, value: word.trim(), start, isNamed: false });
    start += word.length;
  }
  const isBetween = /\s$/.test(rest);
  const last = given.at(-1);
  let typing = null;
  if (last && !isBetween) typing = { ...last };
  else if (rest !== "") typing = { option: null, value: "", start: line.length };
  return { leaf, text, given, typing };
}

// What is still missing before a command can be sent, as a sentence; nothing where it can.
export function missing({ leaf, given, text }, commands, leaves) {
  const [root] = text.split(/\s/);
  const known = !leaf && commands.find(({ name, type }) => name === root && type === 1);
  if (known && leaves.some(({ command }) => command === known)) return `/${root} needs a subcommand.`;
  if (known) return `/${root} is for moderators, in the server. Choose a moderator under “Ask as”.`;
  if (!leaf) return `There is no command /${root}.`;
  const stray = given.find(({ option }) => !option);
  if (stray) return `/${leaf.name} takes no options; “${stray.value}” is too much.`;
  const needed = leaf.options.find((option) => option.required && !given.some((one) => one.option === option && one.value !== ""));
  return needed ? `/${leaf.name} needs the option “${needed.name}”: ${needed.description}` : null;
}

// The `options` and `resolved` of an interaction. `focused` is the option that is being typed, if one is.
export function options({ leaf, given }, world, focused) {
  const resolved = {};
  const values = given
    .filter(({ option, value }) => option && (value !== "" || option === focused))
    .flatMap(({ option, value }) => {
      const { name, type } = option;
      if (option === focused) return [{ name, type, value, focused: true }];
      try {
        return [{ name, type, value: valueOf(option, value, world, resolved) }];
      } catch (error) {
        // While another option is typed, one that cannot be sent yet is left out.
        if (focused) return [];
        throw error;
      }
    });
  const nested = leaf.path.reduceRight((inner, part) => [{ name: part.name, type: part.type, options: inner }], values);
  return { options: nested, ...(Object.keys(resolved).length > 0 ? { resolved } : {}) };
}

function valueOf(option, value, { server, attachments }, resolved) {
  const bare = value.replace(/^<?[@#][&!]?/, "").replace(/>$/, "").toLowerCase();
  const add = (kind, id, found) => {
    if (!found) throw new Error(`“${value}” is not a ${kind.slice(0, -1)} of this server.`);
    (resolved[kind] ??= {})[id(found)] = found;
    return id(found);
  };
  switch (option.type) {
    case INTEGER:
    case NUMBER: {
      const number = Number(value);
      if (value.trim() === "" || Number.isNaN(number)) throw new Error(`“${value}” is not a number.`);
      return number;
    }
    case BOOLEAN:
      if (!/^(true|false)$/i.test(value)) throw new Error(`${option.name} is True or False.`);
      return value.toLowerCase() === "true";
    case STRING: {
      const choice = option.choices?.find(({ name, value: own }) => own === value || name.toLowerCase() === value.toLowerCase());
      if (option.choices?.length && !choice) throw new Error(`“${value}” is not one of the choices of ${option.name}.`);
      return choice?.value ?? value;
    }
    case CHANNEL: {
      const found = server.channels.find(({ id, name }) => id === bare || name.toLowerCase() === bare);
      return add("channels", ({ id }) => id, found && shownChannel(found, server));
    }
    case ROLE:
      return add("roles", ({ id }) => id, server.roles.find(({ id, name }) => id === bare || name.toLowerCase().replace(/^@/, "") === bare));
    case USER: {
      const found = server.members.find(({ user }) => user.id === bare || (user.global_name ?? user.username).toLowerCase() === bare);
      const id = add("users", (user) => user.id, found?.user);
      const { user, ...member } = found;
      resolved.members = { ...resolved.members, [id]: member };
      return id;
    }
    case ATTACHMENT: {
      const found = attachments.get(value);
      return add("attachments", ({ id }) => id, found);
    }
    default:
      return value;
  }
}

// A channel as interactions show it.
export function shownChannel(channel, server) {
  const { permission_overwrites, ...shown } = channel;
  return { ...shown, permissions: server.members[0].permissions, app_permissions: server.bot_permissions };
}
