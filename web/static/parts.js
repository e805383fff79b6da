// Pieces that several pages show: sections, chips, quotes, lists that go on.

import { ask, showRefused } from "./api.js";
import { make, say } from "./dom.js";

const KINDS = ["price_sensitivity", "competitor", "churn_risk", "buying_intent", "demand", "technical_need", "decision_process", "complaint"];

/** What a value with a name in our words is called, or the value itself. */
export function nameOf(area, value) {
  const words = say(`${area}.${value}`);
  return words === `${area}.${value}` ? String(value).replaceAll("_", " ") : words;
}

/** A stage of buying, at the beginning of a line. */
export function stageName(stage) {
  const words = nameOf("stages", stage);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The eight signals first and in their order, trackers after them. */
export function byKind(left, right) {
  const place = (kind) => (KINDS.indexOf(kind) + KINDS.length + 1) % (KINDS.length + 1);
  return place(left) - place(right) || left.localeCompare(right);
}

/** The class that gives a kind of signal its colour. */
export function kindClass(kind) {
  return KINDS.includes(kind) ? `kind-${kind}` : "kind-other";
}

/** A kind of signal, by name and colour. */
export function kindChip(kind) {
  return make("span", { class: `signal-kind ${kindClass(kind)}` }, nameOf("kind", kind));
}

/** A moment in a recording: 1:05, or 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Where something was said: the address of its conversation or of its second in a call. */
export function placeOf({ conversation, message, second }) {
  if (!conversation) return null;
  if (second != null && /^[0-9a-f]{64}$/.test(conversation)) return `/calls/${conversation}?t=${second}`;
  const query = new URLSearchParams({ external_id: conversation, ...(message ? { message } : {}), ...(second != null ? { t: second } : {}) });
  return `/conversations?${query}`;
}

/** What to show where there is nothing: why, and what to do. */
export function nothing(text, ...ways) {
  return make("div", { class: "nothing" }, make("p", {}, text), ways);
}

/** A heading and what is below it. */
export function section(title, attributes = {}, ...children) {
  return make("section", attributes, make("h2", {}, title), children);
}

/** A part of a page that `load(again)` fills, and that says so where it can't be filled. */
export function filled(load) {
  const box = make("div", { class: "part", tabindex: "-1" }, make("p", { class: "working" }, say("loading")));
  const fill = async () => {
    let inside;
    try { inside = (await load(fill)).filter(Boolean); } catch (error) { inside = [showRefused(error, fill)]; }
    // Whoever pressed something in here goes on from here, not from the top of the page.
    const held = box.contains(document.activeElement);
    box.replaceChildren(...inside);
    if (held) box.focus();
  };
  fill();
  return box;
}

/**
 * A list that is fetched a page at a time. `row(item)` makes an element of an item; `empty` is shown where none came.
 * The element has a `reload` function.
 */
export function pagedList(path, row, { empty, limit = 20, label = null, ordered = false }) {
  const list = make(ordered ? "ol" : "ul", { class: "rows", "aria-label": label });
  const foot = make("div", { class: "rows-foot" });
  const box = make("div", {}, list, foot);
  const load = async (cursor) => {
    const url = new URL(path, location.origin);
    url.searchParams.set("limit", limit);
    if (cursor) url.searchParams.set("cursor", cursor);
    try {
      const page = await ask(url.pathname + url.search);
      if (!cursor) list.replaceChildren();
      list.append(...page.items.map(row));
      list.hidden = list.childElementCount === 0;
      foot.replaceChildren(...(page.cursor ? [moreButton(() => load(page.cursor))] : list.hidden ? [empty()] : []));
    } catch (error) {
      foot.replaceChildren(showRefused(error, () => load(cursor)));
    }
  };
  list.hidden = true;
  foot.append(make("p", { class: "working" }, say("loading")));
  box.reload = () => load(null);
  box.ready = load(null);
  return box;
}

function moreButton(press) {
  const button = make("button", { type: "button", class: "quiet", onclick: () => { button.disabled = true; press(); } }, say("more"));
  return button;
}

/** Ask before something that can't be undone; true if the person agrees. */
export function confirmed(question, detail, agree) {
  return new Promise((settle) => {
    const end = (value) => () => { dialog.close(); dialog.remove(); settle(value); };
    const dialog = make("dialog", { "aria-labelledby": "confirm-title" },
      make("h2", { id: "confirm-title" }, question), make("p", {}, detail),
      make("div", { class: "row-end" },
        make("button", { type: "button", class: "quiet", onclick: end(false) }, say("cancel")),
        make("button", { type: "button", class: "button danger", onclick: end(true) }, agree)));
    dialog.addEventListener("cancel", end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}
