// Moments as people type them, in the time of their own machine.

import { make, now, say } from "./dom.js";

const HOUR = 3_600_000;
const two = (number) => String(number).padStart(2, "0");

/** A day as an input of days holds it. */
export function dayIn(date) {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function momentIn(date) {
  return `${dayIn(date)}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** An ISO moment of what was typed, null for nothing. */
export function momentOf(text) {
  return text ? new Date(text).toISOString() : null;
}

/** So many hours from now, on the hour. */
export function hoursOn(hours) {
  const date = new Date(now().getTime() + hours * HOUR);
  if (date.getMinutes() > 0) date.setHours(date.getHours() + 1);
  date.setMinutes(0, 0, 0);
  return date;
}

/** An input of a moment, with one given. */
export function momentInput(name, given = null, required = true) {
  return make("input", { type: "datetime-local", name, required, value: given ? momentIn(given) : null });
}

/** Which zone the moments on this page are in. */
export function zoneNote() {
  return make("p", { class: "note" }, say("act.zone", { zone: Intl.DateTimeFormat().resolvedOptions().timeZone }));
}
