// How far a call is, in words.

import { make, say } from "./dom.js";
import { nameOf } from "./parts.js";

const STEPS = ["probe", "transcribe", "segments", "signals", "profile", "triggers", "notify"];

/** Whether the call is still being worked on. */
export function inWork(call) {
  return call.status === "queued" || call.status === "running";
}

/** The state in a few words, with the step while it is in work. */
export function stateText(call) {
  if (call.status !== "running" || !call.step) return say(`call.status_${call.status}`);
  return say("call.running", { step: nameOf("step", call.step), percent: Math.floor(call.progress * 100) });
}

/** The steps of a call that is in work: what is done, what is under way, what is to come. */
export function stepsOf(call) {
  const now = STEPS.indexOf(call.step);
  const items = STEPS.map((step, place) => {
    const state = place < now ? "done" : place === now ? "now" : "later";
    return make("li", { class: state, "aria-current": state === "now" ? "step" : null }, nameOf("step", step));
  });
  return make("div", { class: "work", role: "group", "aria-label": say("call.progress") },
    make("p", {}, stateText(call)),
    make("progress", { max: "1", value: call.progress, "aria-label": say("call.progress") }),
    make("ol", { class: "steps" }, items));
}
