// What an answer set going: something to confirm, or a way to what was found or done.

import { Acts } from "./acts.js";
import { ask } from "./api.js";
import { dueOf, proposalText, stateOf } from "./cards.js";
import { lang, make, say } from "./dom.js";
import { nameOf } from "./parts.js";

const ESCALATION = "escalation";

function show(box, item) {
  const waits = item.state === "proposed";
  const title = waits ? proposalText(item) : say("esc.at", { role: nameOf("role", item.role), account: item.account });
  box.dataset.state = item.state;
  box.replaceChildren(
    make("p", { class: "action-head" }, make("a", { href: `/escalations/${item.id}` }, title), make("span", { class: "note" }, stateOf(item))),
    make("p", { class: "note" }, dueOf(item)),
    waits ? new Acts(item, { changed: (next) => show(box, next) }).element : "");
}

/** The actions of a reply as they stand now: what was decided in the meantime can't be decided here again. */
export function showActions(actions) {
  const boxes = actions.filter((one) => one.kind === ESCALATION).map((action) => {
    const box = make("li", { class: "action", "data-state": action.state });
    box.refresh = async () => {
      try { show(box, await ask(`/api/escalations/${encodeURIComponent(action.id)}`)); } catch (error) {
        box.replaceChildren(make("p", { class: "note" }, error.message));
      }
    };
    box.refresh();
    return box;
  });
  return make("ul", { class: "actions", lang: lang === "zh" ? "zh-CN" : "en", "aria-label": say("act.group") }, boxes);
}

/** Look again at what was waiting for a yes: it may have been said in words. */
export function refreshActions(log) {
  log.querySelectorAll(".action[data-state=proposed]").forEach((box) => box.refresh());
}
