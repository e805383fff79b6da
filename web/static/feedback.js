// Thumbs on a reply, with a word if people care to leave one.

import { announce, icon, make, say } from "./dom.js";

const THUMB = "M7 9v8H4V9h3Zm0 0 3-6.2c1.3 0 2.2 1 2.2 2.2V8h3.4c1 0 1.7.9 1.5 1.8l-1 5.6A2 2 0 0 1 14.100 17H7";

async function save(turn, thumb, text) {
  const body = JSON.stringify({ turn_id: turn, thumb, ...(text ? { text } : {}) });
  const response = await fetch("/api/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!response.ok) throw new Error(String(response.status));
}

/** The two thumbs of a turn, the last one given pressed, and room for a word once one is. */
export function showFeedback(reply, given = null) {
  const room = make("div");
  const note = make("span", { class: "note" });
  const buttons = {};

  const send = async (thumb, text) => {
    try {
      await save(reply.turn_id, thumb, text);
      note.textContent = text === undefined ? "" : say("thanks");
      if (text !== undefined) room.replaceChildren();
      announce(say("thanks"));
      return true;
    } catch {
      note.textContent = say("feedback_failed");
      announce(note.textContent);
      return false;
    }
  };
  const press = async (thumb) => {
    if (!(await send(thumb))) return;
    for (const [name, button] of Object.entries(buttons)) button.setAttribute("aria-pressed", String(name === thumb));
    const words = make("textarea", { rows: "1", maxlength: "2000", placeholder: say("tell"), "aria-label": say("tell") });
    const form = make("form", { class: "tell", onsubmit: (event) => { event.preventDefault(); send(thumb, words.value.trim()); } },
      words, make("button", { type: "submit", class: "button" }, say("send_feedback")));
    room.replaceChildren(form);
  };
  for (const thumb of ["up", "down"]) {
    const attributes = { type: "button", class: "thumb", "aria-label": say(thumb), title: say(thumb), "aria-pressed": String(given === thumb), onclick: () => press(thumb) };
    buttons[thumb] = make("button", attributes, icon(THUMB, thumb === "down"));
  }
  const took = make("span", { class: "note took" }, say("took", { seconds: reply.took }));
  return make("div", { class: "feedback" },
    make("div", { class: "feet", role: "group", "aria-label": say("useful") }, buttons.up, buttons.down, took, note), room);
}
