// The page of calls: hand recordings in, and see how far each is.

import { ask } from "./api.js";
import { make, say } from "./dom.js";
import { formatMoment } from "./format.js";
import { wireFrame } from "./nav.js";
import { clock, nothing, pagedList } from "./parts.js";
import { inWork, stateText } from "./state.js";
import { uploadForm } from "./upload.js";

const EVERY_MS = 1_500;
const page = document.getElementById("page");
const shown = new Map();

function factsOf(call) {
  return [call.account ?? say("call.no_account"), formatMoment(call.at), call.duration === null ? null : clock(call.duration)].filter(Boolean).join(" · ");
}

function row(call) {
  const facts = make("span", { class: "note" });
  const state = make("span", {});
  const element = make("li", { class: "row" },
    make("a", { class: "row-main", href: `/calls/${call.call_id}` }, make("span", { class: "row-title" }, call.filename || say("call.untitled")), facts), state);
  const show = (fresh) => {
    const bar = inWork(fresh) ? make("progress", { max: "1", value: fresh.progress, "aria-label": say("call.progress") }) : null;
    facts.textContent = factsOf(fresh);
    state.className = `state ${fresh.status}`;
    state.replaceChildren(...[stateText(fresh), bar].filter(Boolean));
    shown.set(call.call_id, { element, call: fresh, show });
  };
  show(call);
  return element;
}

async function follow() {
  const working = [...shown.values()].filter(({ call, element }) => inWork(call) && element.isConnected);
  if (working.length && !document.hidden) {
    try {
      const { items } = await ask("/api/calls?limit=100");
      for (const call of items) shown.get(call.call_id)?.show(call);
    } catch { /* The next look may succeed. */ }
  }
  setTimeout(follow, EVERY_MS);
}

function start() {
  wireFrame();
  const list = pagedList("/api/calls", row, { label: say("calls.list"), empty: () => nothing(say("calls.none")) });
  page.append(make("p", { class: "lead" }, say("calls.lead")), uploadForm(() => list.reload()), make("h2", {}, say("calls.list")), list);
  page.setAttribute("aria-busy", "false");
  follow();
}

start();
