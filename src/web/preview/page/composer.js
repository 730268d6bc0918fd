// The message box: the slash-command picker, hints for options, and live autocomplete.

import * as command from "./command.js";
import { channels, roles, users } from "./components.js";
import { h, icon, ICONS } from "./dom.js";

// How long typing has to pause before choices are asked for.
const TYPING_PAUSE_MS = 120;

export class Composer {
  // `actions` has { run(parsed, line), post(text), autocomplete(parsed): Promise<choices>, upload(file): Promise<name> }.
  constructor(root, actions) {
    this.actions = actions;
    this.input = root.querySelector("#message-box");
    this.list = root.querySelector("#suggestions");
    this.hint = root.querySelector("#hint");
    this.typed = root.querySelector("#typed");
    this.file = root.querySelector("#file");
    this.world = null;
    this.leaves = [];
    this.items = [];
    this.active = -1;
    this.asked = 0;
    this.sent = "";
    this.input.addEventListener("input", () => this.update());
    this.input.addEventListener("click", () => this.update());
    this.input.addEventListener("focus", () => this.update());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("scroll", () => this.follow());
    this.input.addEventListener("blur", () => setTimeout(() => document.activeElement !== this.input && this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    root.querySelector("#send").addEventListener("click", () => this.send());
    this.file.addEventListener("change", () => this.attach());
  }

  setWorld(world) {
    this.world = world;
    this.leaves = command.runnable(command.available(world.commands, world));
  }

  setLine(line) {
    this.input.value = line;
    this.input.focus();
    this.input.setSelectionRange(line.length, line.length);
    this.input.scrollLeft = this.input.scrollWidth;
    this.update();
  }

  update() {
    clearTimeout(this.timer);
    this.asked++;
    const line = this.input.value;
    this.paint();
    if (!line.startsWith("/")) {
      this.show([], line ? "Enter posts this as a message; Dossier can then look it up." : "");
      return;
    }
    const parsed = command.parse(line, this.leaves);
    if (!parsed.leaf || !parsed.typing) {
      this.showCommands(parsed);
    } else if (parsed.typing.option) {
      this.showValues(parsed);
    } else {
      this.show(this.optionItems(parsed, ""), about(parsed.leaf));
    }
  }

  // Marks the command and its options, behind the text.
  paint() {
    const line = this.input.value;
    const { leaf, given } = command.parse(line, this.leaves);
    const marks = [];
    if (leaf && line.startsWith("/")) {
      const end = leaf.name.length + 1;
      marks.push(h("span", { class: "typed-command" }, line.slice(0, end)));
      let at = end;
      for (const { option, start, value, isNamed } of given) {
        const from = isNamed ? start + option.name.length + 1 : start;
        const to = from + value.trimEnd().length;
        marks.push(line.slice(at, start));
        if (isNamed) marks.push(h("span", { class: "typed-option" }, line.slice(start, from)));
        if (to > from) marks.push(h("span", { class: "typed-value" }, line.slice(from, to)));
        at = to;
      }
      marks.push(line.slice(at));
    }
    this.typed.replaceChildren(...marks);
    this.follow();
  }

  follow() {
    this.typed.scrollLeft = this.input.scrollLeft;
  }

  showCommands(parsed) {
    const { text, leaf } = parsed;
    const words = text.trim().toLowerCase();
    const starting = this.leaves.filter(({ name }) => name.startsWith(words));
    const containing = this.leaves.filter((one) => !starting.includes(one) && words && one.name.includes(words));
    const items = [...starting, ...containing].map((one) => ({
      label: `/${one.name}`,
      about: one.description,
      isCommand: true,
      choose: () => this.setLine(`/${one.name} `),
    }));
    const none = () => command.missing(parsed, this.world.commands, this.leaves);
    this.show(items, leaf ? about(leaf) : items.length > 0 ? "Commands" : none());
  }

  showValues(parsed) {
    const { option, value, start, isNamed } = parsed.typing;
    const line = this.input.value;
    const choose = (value) => () => this.setLine(`${line.slice(0, start)}${option.name}:${value} `);
    const offer = (choices) => {
      const isSame = ({ name, value }) => name.toLowerCase() === String(value).toLowerCase();
      const values = choices.map((one) => ({ label: one.name, about: isSame(one) ? "" : one.value, icon: one.icon, choose: choose(one.value) }));
      const items = [...values, ...(isNamed ? [] : this.optionItems(parsed, value, start))];
      this.show(items, aboutOption(option) + (items.length === 0 ? " · no choice matches" : ""));
    };
    const matching = (choices) => {
      const typed = value.trim().replace(/^[@#]/, "").toLowerCase();
      return choices.filter(({ name, value }) => name.toLowerCase().includes(typed) || String(value).toLowerCase().includes(typed));
    };
    const named = (sign) => (choice) => ({ name: choice.label, value: sign + choice.label.replace(/^@/, ""), icon: choice.icon });
    if (option.choices?.length) offer(matching(option.choices));
    else if (option.type === command.BOOLEAN) offer(matching(["True", "False"].map((name) => ({ name, value: name }))));
    else if (option.type === command.CHANNEL) offer(matching(channels(this.world, option.channel_types).map(named("#"))));
    else if (option.type === command.ROLE) offer(matching(roles(this.world).map(named("@"))));
    else if (option.type === command.USER) offer(matching(users(this.world).map(named("@"))));
    else if (option.type === command.ATTACHMENT) this.show([{ label: "Choose a file…", about: value, icon: icon(ICONS.file), choose: () => this.file.click() }], aboutOption(option));
    else if (option.autocomplete) this.autocomplete(parsed, offer);
    else this.show(isNamed ? [] : this.optionItems(parsed, value, start), aboutOption(option));
  }

  // Asks for choices as Discord does while somebody types; what comes after more was typed is dropped.
  autocomplete(parsed, offer) {
    const asked = this.asked;
    if (this.items.length === 0 || this.shownFor !== parsed.typing.option) this.show([], aboutOption(parsed.typing.option));
    this.shownFor = parsed.typing.option;
    this.timer = setTimeout(async () => {
      const choices = await this.actions.autocomplete(parsed);
      if (asked === this.asked) offer(choices);
    }, TYPING_PAUSE_MS);
  }

  // The options that can still be named.
  optionItems({ leaf, given }, typed, start = this.input.value.length) {
    const line = this.input.value;
    return leaf.options
      .filter((option) => option.name.startsWith(typed.toLowerCase()) && !given.some((one) => one.option === option && one.isNamed))
      .map((option) => ({
        label: option.name,
        about: (option.required ? "Required. " : "") + option.description,
        isOption: true,
        choose: () => this.setLine(`${line.slice(0, start)}${option.name}:`),
      }));
  }

  show(items, hint, isError = false) {
    this.items = items;
    this.active = -1;
    this.hint.textContent = hint;
    this.hint.classList.toggle("error", isError);
    this.list.replaceChildren(
      ...items.map((item, place) =>
        h(
          "li",
          { id: `suggestion-${place}`, role: "option", "aria-selected": "false", class: "option", onclick: () => item.choose() },
          item.icon ?? null,
          h("span", { class: "option-label" }, item.label),
          item.about ? h("span", { class: "option-about" }, item.about) : null,
        ),
      ),
    );
    this.list.hidden = items.length === 0;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.show([], "");
  }

  activate(place) {
    const options = this.list.children;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = (place + options.length) % options.length;
    const option = options[this.active];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  key(event) {
    if (event.isComposing) return;
    const isOpen = this.items.length > 0;
    if (isOpen && event.key === "ArrowDown") this.activate(this.active + 1);
    else if (isOpen && event.key === "ArrowUp") this.activate(this.active < 0 ? -1 : this.active - 1);
    else if (isOpen && event.key === "Tab" && !event.shiftKey && (this.active >= 0 || this.input.value.startsWith("/"))) this.items[Math.max(0, this.active)].choose();
    else if (isOpen && event.key === "Escape") this.close();
    else if (event.key === "ArrowUp" && this.input.value === "" && this.sent) this.setLine(this.sent);
    else if (event.key === "Enter") this.enter();
    else return;
    event.preventDefault();
  }

  // Takes what is highlighted, or the first command that begins like this; else sends.
  enter() {
    const isWhole = command.parse(this.input.value, this.leaves).leaf;
    if (this.active >= 0) this.items[this.active].choose();
    else if (this.items[0]?.isCommand && !isWhole) this.items[0].choose();
    else this.send();
  }

  // Empties the box; what was in it comes back with the arrow up.
  clear() {
    this.sent = this.input.value.trim();
    this.input.value = "";
    this.paint();
    this.close();
  }

  send() {
    const line = this.input.value.trim();
    if (!line) return;
    if (!line.startsWith("/")) {
      this.clear();
      this.actions.post(line);
      return;
    }
    const parsed = command.parse(line, this.leaves);
    const problem = command.missing(parsed, this.world.commands, this.leaves);
    try {
      if (problem) throw new Error(problem);
      const data = command.options(parsed, this.world);
      this.clear();
      this.actions.run(parsed, data, line);
    } catch (error) {
      this.show(this.items, error.message, true);
      this.input.focus();
    }
  }

  async attach() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    try {
      const name = await this.actions.upload(file);
      const { typing } = command.parse(this.input.value, this.leaves);
      this.setLine(`${this.input.value.slice(0, typing.start)}${typing.option.name}:${name} `);
    } catch (error) {
      this.show([], error.message, true);
    }
  }
}

function about(leaf) {
  return `/${leaf.name}: ${leaf.description}`;
}

function aboutOption(option) {
  return `${option.name}: ${option.description}${option.required ? " (required)" : ""}`;
}
