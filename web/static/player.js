// The sound of a call, and what happened when: a timeline under the player.

import { make, say } from "./dom.js";
import { byKind, clock, kindClass, nameOf } from "./parts.js";

const SPEAKERS = ["customer", "rep", "unknown"];

/** The player, and its timeline in `lanes`; `moved(second, playing)` hears of every move. */
export class Player {
  constructor({ callId, moved }) {
    this.moved = moved;
    this.source = `/api/calls/${callId}/audio`;
    this.length = 0;
    this.audio = make("audio", { controls: true, preload: "metadata", hidden: true, "aria-label": say("call.player") });
    this.note = make("p", { class: "note" });
    this.head = make("div", { class: "playhead", "aria-hidden": "true" });
    this.lanes = make("div", { class: "lanes", role: "group", "aria-label": say("call.timeline") });
    this.element = make("div", { class: "player" }, this.audio, this.note);
    for (const name of ["timeupdate", "seeked", "pause"]) this.audio.addEventListener(name, () => this.#tell());
    this.audio.addEventListener("play", () => this.#run());
    this.audio.addEventListener("error", () => {
      if (!this.audio.hidden) this.note.replaceChildren(say("call.unplayable"), " ", make("a", { href: this.source, download: "" }, say("call.download")));
    });
  }

  /** Go to that second; the sound begins if it was not playing and `play` is set. */
  seek(second, play = true) {
    if (!this.audio.hidden) this.audio.currentTime = second;
    if (play && !this.audio.hidden) this.audio.play().catch(() => { /* The browser waits for a press of its own button. */ });
    this.moved(second, play);
    this.#mark(second);
  }

  /** Offer the sound if it is kept; say so if it was removed. */
  offer({ audio, audio_erased_at }) {
    if (!audio && audio_erased_at) this.note.textContent = say("call.audio_gone");
    if (audio === !this.audio.hidden) return;
    this.audio.hidden = !audio;
    if (audio) {
      this.note.textContent = "";
      this.audio.src = this.source;
      return;
    }
    this.audio.pause();
    this.audio.removeAttribute("src");
  }

  /** Draw who spoke when, and a mark for each signal. */
  draw(call, point) {
    this.length = call.duration || Math.max(0, ...call.segments.map((one) => one.end));
    if (!this.length) { this.lanes.replaceChildren(); return; }
    const spoke = SPEAKERS.filter((speaker) => call.segments.some((one) => one.speaker === speaker));
    const kinds = [...new Set(call.signals.map((one) => one.kind))].sort(byKind);
    this.lanes.replaceChildren(
      ...spoke.map((speaker) => this.#lane(say(`speaker.${speaker}`), call.segments.filter((one) => one.speaker === speaker).map((one) => this.#stretch(one)), `speaks ${speaker}`)),
      ...kinds.map((kind) => this.#lane(nameOf("kind", kind), call.signals.filter((one) => one.kind === kind).map((one) => this.#signal(one, point)), "marks")),
      make("div", { class: "lane scale", "aria-hidden": "true" }, make("span", {}), make("div", { class: "track" }, make("span", {}, "0:00"), make("span", {}, clock(this.length)), this.head)));
    this.#mark(this.audio.currentTime || 0);
  }

  #lane(name, marks, kind) {
    const track = make("div", { class: "track", onclick: (event) => {
      if (event.target.closest("button")) return;
      const box = track.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.length);
    } }, marks);
    return make("div", { class: `lane ${kind}` }, make("span", { class: "lane-name" }, name), track);
  }

  #stretch(segment) {
    const stretch = make("span", { class: "stretch", title: `${clock(segment.start)} ${segment.text.slice(0, 80)}` });
    this.#place(stretch, segment.start, segment.end - segment.start);
    return stretch;
  }

  #signal(signal, point) {
    const words = say("call.signal_at", { kind: nameOf("kind", signal.kind), at: clock(signal.second), quote: signal.quote });
    const mark = make("button", { type: "button", class: `dot ${kindClass(signal.kind)}`, title: words, "aria-label": words, onclick: () => point(signal) });
    this.#place(mark, signal.second, null);
    return mark;
  }

  #place(element, start, length) {
    element.style.left = `${Math.min(100, (start / this.length) * 100)}%`;
    if (length !== null) element.style.width = `${Math.max(0.25, (length / this.length) * 100)}%`;
  }

  #tell() {
    const second = this.audio.currentTime;
    this.#mark(second);
    this.moved(second, !this.audio.paused);
  }

  #run() {
    const frame = () => {
      if (this.audio.paused) return;
      this.#mark(this.audio.currentTime);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  #mark(second) {
    if (this.length) this.head.style.left = `${Math.min(100, (second / this.length) * 100)}%`;
  }
}
