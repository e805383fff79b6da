// The words of a call: they follow the sound, seek in it, and are corrected in place.

import { ask } from "./api.js";
import { announce, icon, make, say } from "./dom.js";
import { clock } from "./parts.js";
import { markedText } from "./spans.js";

const SPEAKERS = ["customer", "rep", "unknown"];
const PEN = "M4 16l.8-3.2L13.5 4l2.5 2.5-8.8 8.7L4 16Z";

/** The transcript; `seek(second)` moves the sound, `changed()` hears of each correction. */
export class Transcript {
  constructor({ callId, seek, changed }) {
    this.callId = callId;
    this.seek = seek;
    this.changed = changed;
    this.lines = [];
    this.now = new Set();
    this.before = null;
    this.list = make("ol", { class: "transcript", "aria-label": say("call.transcript"), onclick: (event) => this.#pressed(event) });
    this.follow = make("input", { type: "checkbox", id: "follow", checked: true });
  }

  get editing() {
    return this.list.querySelector("form") !== null;
  }

  /** Show these segments with the signals found in them; what has not changed stays as it is. */
  show(segments, signals) {
    const before = new Map(this.lines.map((line) => [line.segment.id, line]));
    this.lines = segments.map((segment) => {
      const found = signals.filter((one) => one.message === segment.id);
      const known = before.get(segment.id);
      if (known && JSON.stringify([known.segment, known.signals]) === JSON.stringify([segment, found])) return known;
      const element = known?.element ?? make("li", { id: `s-${segment.id}` });
      const line = { segment, signals: found, element };
      const focused = element.contains(document.activeElement) ? document.activeElement.className : null;
      this.#fill(line);
      if (focused) element.querySelector(`.${focused}`)?.focus();
      return line;
    });
    this.now.clear();
    this.list.replaceChildren(...this.lines.map((line) => line.element));
  }

  /** Mark what is said at `second`; scroll to it while the sound plays, if people want that. */
  at(second, playing) {
    const spoken = this.lines.filter(({ segment }) => segment.start <= second && second < segment.end);
    const fresh = spoken.find((line) => !this.now.has(line));
    for (const line of this.now) {
      if (spoken.includes(line)) continue;
      line.element.removeAttribute("aria-current");
      line.element.querySelectorAll(".word.now").forEach((word) => word.classList.remove("now"));
    }
    this.now = new Set(spoken);
    for (const line of spoken) {
      line.element.setAttribute("aria-current", "true");
      this.#markWord(line.element, second);
    }
    if (fresh && playing && this.follow.checked && !this.editing) this.#reveal(fresh.element);
  }

  /** Bring a segment into view and mark it. */
  point(id) {
    const line = this.lines.find(({ segment }) => segment.id === id);
    if (!line) return;
    this.#reveal(line.element);
    line.element.classList.add("pointed");
    setTimeout(() => line.element.classList.remove("pointed"), 2_500);
  }

  #reveal(element) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }

  #markWord(element, second) {
    let last = null;
    for (const word of element.querySelectorAll(".word")) {
      word.classList.remove("now");
      if (Number(word.dataset.start) <= second) last = word;
    }
    last?.classList.add("now");
  }

  #pressed(event) {
    if (event.target.closest("button, form, a")) return;
    if (!getSelection().isCollapsed) return;
    const element = event.target.closest("li");
    const line = this.lines.find((one) => one.element === element);
    if (!line) return;
    const word = event.target.closest("[data-start]");
    this.seek(word ? Number(word.dataset.start) : line.segment.start);
  }

  #fill(line) {
    const { segment, signals, element } = line;
    element.dataset.speaker = segment.speaker;
    const who = segment.author ?? say(`speaker.${segment.speaker}`);
    const edit = make("button", { type: "button", class: "edit", title: say("call.correct"), "aria-label": say("call.correct_at", { at: clock(segment.start) }), onclick: () => this.#edit(line) }, icon(PEN));
    element.replaceChildren(
      make("button", { type: "button", class: "at", "aria-label": say("call.listen_at", { at: clock(segment.start) }), onclick: () => this.seek(segment.start) }, clock(segment.start)),
      make("div", { class: "line" },
        make("p", { class: "speaker" }, who, segment.corrected ? make("span", { class: "note" }, ` · ${say("call.corrected")}`) : null),
        make("p", { class: "words" }, markedText(segment.text, { words: segment.words, low: segment.low, signals })),
        this.before?.id === segment.id ? this.#undo(line) : null),
      edit);
  }

  #edit(line) {
    const { segment, element } = line;
    const speakers = make("select", { "aria-label": say("call.speaker") },
      SPEAKERS.map((value) => make("option", { value, selected: value === segment.speaker }, say(`speaker.${value}`))));
    const words = make("textarea", { rows: "2", maxlength: "4000", "aria-label": say("call.words") });
    words.value = segment.text;
    const note = make("p", { class: "bad", role: "alert" });
    const back = () => { this.#fill(line); element.querySelector(".edit").focus(); };
    const save = async (event) => {
      event.preventDefault();
      if (!words.value.trim()) { note.textContent = say("call.no_words"); return; }
      try {
        await this.#correct(line, { speaker: speakers.value, text: words.value.trim() });
      } catch (error) { note.textContent = error.message; }
    };
    const form = make("form", { class: "correct", onsubmit: save },
      make("div", { class: "row-start" }, speakers, make("button", { type: "button", class: "quiet", onclick: () => this.seek(segment.start) }, say("call.listen"))),
      words,
      make("div", { class: "row-start" }, make("button", { type: "submit", class: "button small-button" }, say("save")), make("button", { type: "button", class: "quiet", onclick: back }, say("cancel"))),
      note);
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape") back();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    element.querySelector(".line").replaceWith(form);
    element.querySelector(".edit").hidden = true;
    words.focus();
  }

  async #correct(line, { speaker, text }, undoable = true) {
    const { segment, element } = line;
    const change = { ...(speaker === segment.speaker ? {} : { speaker }), ...(text === segment.text ? {} : { text }) };
    const changes = Object.keys(change).length > 0;
    if (changes) {
      await ask(`/api/calls/${this.callId}/segments/${encodeURIComponent(segment.id)}`, { method: "PATCH", body: change });
      this.before = undoable ? { id: segment.id, speaker: segment.speaker, text: segment.text } : null;
      line.segment = { ...segment, speaker, text, corrected: true, ...("text" in change ? { low: [], words: [] } : {}) };
      line.signals = [];
    }
    this.#fill(line);
    element.querySelector(".edit").focus();
    if (!changes) return;
    announce(say("call.saved"));
    this.changed();
  }

  #undo(line) {
    const { speaker, text } = this.before;
    const button = make("button", { type: "button", class: "quiet", onclick: async () => {
      try {
        await this.#correct(line, { speaker, text }, false);
      } catch (error) { note.append(` ${error.message}`); }
    } }, say("call.undo"));
    const note = make("p", { class: "undo note" }, say("call.saved"), " ", button);
    return note;
  }
}
