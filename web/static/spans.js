// A text with marks in it: words that seek, spans that were hard to hear, signals.

import { make, say } from "./dom.js";
import { kindClass, nameOf } from "./parts.js";

/** Where each word of a segment is in its text, as [start, end, word]; words the text no longer has are left out. */
function placeWords(text, words) {
  const placed = [];
  let from = 0;
  for (const word of words) {
    const spoken = Array.from(word.word.trim());
    if (!spoken.length) continue;
    const at = findFrom(text, spoken, from);
    if (at < 0) continue;
    placed.push([at, at + spoken.length, word]);
    from = at + spoken.length;
  }
  return placed;
}

/** The second at which the words of a signal begin; that of its segment where the words are not known. */
export function secondOf(segment, signal) {
  const placed = placeWords(Array.from(segment.text), segment.words);
  return placed.find(([, end]) => end > signal.start)?.[2].start ?? signal.second;
}

function findFrom(text, sought, from) {
  const most = Math.min(text.length - sought.length, from + 80);
  for (let at = from; at <= most; at += 1) {
    if (sought.every((one, offset) => text[at + offset] === one)) return at;
  }
  return -1;
}

/**
 * The text in pieces. Offsets count characters as the API does, not UTF-16 units.
 * `signals` and `low` are marked; `words` get the second they begin at.
 */
export function markedText(text, { words = [], low = [], signals = [] }) {
  const characters = Array.from(text);
  const placed = placeWords(characters, words);
  const cuts = new Set([0, characters.length]);
  for (const [start, end] of [...placed, ...low, ...signals.map((one) => [one.start, one.end])]) cuts.add(start).add(end);
  const borders = [...cuts].filter((at) => at >= 0 && at <= characters.length).sort((left, right) => left - right);
  const pieces = [];
  for (let place = 0; place + 1 < borders.length; place += 1) {
    const [start, end] = [borders[place], borders[place + 1]];
    const covers = ([from, to]) => from <= start && end <= to;
    pieces.push(piece(characters.slice(start, end).join(""), {
      word: placed.find(covers)?.[2],
      hard: low.some(covers),
      found: signals.filter((one) => covers([one.start, one.end])),
    }));
  }
  return pieces;
}

function piece(text, { word, hard, found }) {
  const names = found.map((one) => nameOf("kind", one.kind));
  const hints = [...names, ...(hard ? [say("call.low")] : [])];
  const classes = [word ? "word" : null, hard ? "low" : null, found.length ? `said-signal ${kindClass(found[0].kind)}` : null];
  if (!word && !hints.length) return text;
  const tag = found.length ? "mark" : "span";
  return make(tag, { class: classes.filter(Boolean).join(" "), "data-start": word?.start, title: hints.join(" · ") || null }, text,
    hard ? make("span", { class: "hidden" }, ` (${say("call.low")})`) : null);
}
