// Discord's Markdown: https://support.discord.com/hc/en-us/articles/210298617 and
// https://docs.discord.com/developers/reference#message-formatting

import { h } from "./dom.js";

const URL_PATTERN = "https?://[^\\s<>]+";

// Without angle brackets around it, an address ends with the parenthesis that closes the link.
const BALANCED_URL = "https?://[^\\s<>()]*(?:\\([^\\s<>()]*\\)[^\\s<>()]*)*";

// Patterns in the order in which they are tried at each place of a line. What follows the name reads the match.
const INLINE = [
  [/\\([^A-Za-z0-9\s])/y, ([, character]) => character],
  [/`` ?(.+?) ?``|`([^`]+)`/ys, ([, two, one]) => h("code", {}, two ?? one)],
  [new RegExp(`\\[((?:\\\\.|[^\\]\\\\])+)\\]\\(\\s*(?:<(${URL_PATTERN})>|(${BALANCED_URL}))(?:\\s+"([^"]*)")?\\s*\\)`, "y"), link],
  [new RegExp(`<(${URL_PATTERN})>`, "y"), ([, url]) => anchor(url, [url])],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, ([, seconds, style]) => timestamp(Number(seconds), style)],
  [/<#(\d+)>/y, ([, id], names) => mention("#", names.channel(id) ?? "unknown")],
  [/<@&(\d+)>/y, ([, id], names) => mention("@", names.role(id)?.replace(/^@/, "") ?? "unknown-role")],
  [/<@!?(\d+)>/y, ([, id], names) => mention("@", names.user(id) ?? "unknown-user")],
  [/<\/([^:>]+):\d+>/y, ([, name]) => mention("/", name)],
  [/@(everyone|here)\b/y, ([, name]) => mention("@", name)],
  [/\*\*\*(?=\S)(.+?)\*\*\*/ys, ([, inner], names) => h("strong", {}, h("em", {}, inline(inner, names)))],
  [/\*\*(?=\S)((?:\\.|[^\\])+?)\*\*(?!\*)/ys, wrap("strong")],
  [/__(?=\S)((?:\\.|[^\\])+?)__(?!_)/ys, wrap("u")],
  [/\*(?=\S)((?:\\.|\*\*[^*]*\*\*|[^\\*])+?)\*(?!\*)/ys, wrap("em")],
  [/_(?=\S)((?:\\.|[^\\_])+?)_(?![A-Za-z0-9_])/ys, wrap("em")],
  [/~~(?=\S)((?:\\.|[^\\])+?)~~/ys, wrap("s")],
  [/\|\|((?:\\.|[^\\])+?)\|\|/ys, ([, inner], names) => spoiler(inline(inner, names))],
  [new RegExp(URL_PATTERN, "y"), ([url]) => anchor(url.replace(/[.,:;!?'")\]]+$/, ""), null, url)],
];

function wrap(tag) {
  return ([, inner], names) => h(tag, {}, inline(inner, names));
}

function link([, label, bracketed, bare, title], names) {
  return anchor(bracketed ?? bare, inline(label, names), null, title);
}

function anchor(url, label, whole, title) {
  const made = h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title }, label ?? [url]);
  return whole ? [made, whole.slice(url.length)] : made;
}

function mention(sign, name) {
  return h("span", { class: "mention" }, sign + name);
}

function spoiler(inner) {
  const hidden = h("button", { type: "button", class: "spoiler", "aria-label": "Spoiler, show it" }, h("span", {}, inner));
  hidden.addEventListener("click", () => hidden.replaceWith(h("span", { class: "spoiler shown" }, inner)));
  return hidden;
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

function timestamp(seconds, style = "f") {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return h("time", {}, "Invalid date");
  const full = new Intl.DateTimeFormat("en", STYLES.F).format(date);
  const text = style === "R" ? fromNow(seconds) : new Intl.DateTimeFormat("en", STYLES[style]).format(date);
  return h("time", { datetime: date.toISOString(), title: full }, text);
}

function fromNow(seconds) {
  const away = seconds - Date.now() / 1000;
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, length] = units.find(([, length]) => Math.abs(away) >= length) ?? units.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(away / length), unit);
}

// A part of a line as nodes and texts.
function inline(text, names) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    let found;
    for (const [pattern, read] of INLINE) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      // An underscore within a word is just that.
      if (match && !(text[at] === "_" && /[A-Za-z0-9]/.test(text[at - 1] ?? ""))) {
        found = { length: match[0].length, read: read(match, names) };
        break;
      }
    }
    if (!found) {
      plain += text[at++];
      continue;
    }
    nodes.push(plain, found.read);
    plain = "";
    at += found.length;
  }
  nodes.push(plain);
  return nodes.flat(9).filter((node) => node !== "");
}

const ITEM = /^( *)([-*]|\d+\.) +(.*)$/;

// A list with the lists within it, from a line on; `lines` is emptied as far as it goes.
function list(lines, names) {
  const [, indent, sign] = ITEM.exec(lines[0]);
  const isNumbered = /\d/.test(sign);
  const made = h(isNumbered ? "ol" : "ul", { start: isNumbered ? Number.parseInt(sign, 10) : null });
  while (lines.length > 0) {
    const item = ITEM.exec(lines[0]);
    const isOther = item && item[1].length === indent.length && /\d/.test(item[2]) !== isNumbered;
    if (!item || item[1].length < indent.length || isOther) break;
    if (item[1].length > indent.length && made.lastChild) {
      made.lastChild.append(list(lines, names));
      continue;
    }
    lines.shift();
    made.append(h("li", {}, inline(item[3], names)));
  }
  return made;
}

function quote(lines, names) {
  const inner = [];
  if (lines[0].startsWith(">>> ")) {
    inner.push(lines.shift().slice(4), ...lines.splice(0));
  } else {
    while (lines[0]?.startsWith("> ")) inner.push(lines.shift().slice(2));
  }
  return h("blockquote", {}, markdown(inner.join("\n"), names));
}

function codeBlock(lines) {
  const rest = lines.join("\n");
  const match = /^```(?:[a-z0-9+-]*\n)?([\s\S]*?)```[^\n]*\n?/i.exec(rest);
  if (!match) return null;
  const after = rest.slice(match[0].length);
  lines.splice(0, lines.length, ...(after ? after.split("\n") : []));
  return h("pre", {}, h("code", {}, match[1]));
}

// A text as nodes. `names` finds channels, roles and users by their ids.
export function markdown(text, names) {
  const lines = text.trimEnd().split("\n");
  const nodes = [];
  let paragraph = [];
  const flush = () => {
    // A line break that ends a paragraph is not seen; a blank line is to be.
    const blank = paragraph.at(-1) === "" ? "\n" : "";
    if (paragraph.length > 0) nodes.push(h("p", {}, inline(paragraph.join("\n") + blank, names)));
    paragraph = [];
  };
  while (lines.length > 0) {
    const line = lines[0];
    const heading = /^(#{1,3}) +(.*)$/.exec(line);
    const subtext = /^-# +(.*)$/.exec(line);
    const block = line.startsWith("```") ? codeBlock(lines) : null;
    if (block) {
      flush();
      nodes.push(block);
    } else if (heading) {
      flush();
      lines.shift();
      // Whatever their size, they are one level below the heading of their message.
      nodes.push(h("h3", { class: `heading-${heading[1].length}` }, inline(heading[2], names)));
    } else if (subtext) {
      flush();
      lines.shift();
      nodes.push(h("p", { class: "subtext" }, inline(subtext[1], names)));
    } else if (/^>(>>)? /.test(line)) {
      flush();
      nodes.push(quote(lines, names));
    } else if (ITEM.test(line)) {
      flush();
      nodes.push(list(lines, names));
    } else {
      paragraph.push(lines.shift());
    }
  }
  flush();
  return nodes;
}
