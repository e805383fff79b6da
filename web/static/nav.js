// The frame around every page: the menu on narrow screens, and the count of what waits in the inbox.

import { say } from "./dom.js";

const COUNT_EVERY_MS = 60_000;
const byId = (id) => document.getElementById(id);

/** Put the menu of a narrow screen away. */
export function closeMenu() {
  byId("side").classList.remove("open");
  byId("open-menu").setAttribute("aria-expanded", "false");
}

function wireMenu() {
  byId("open-menu").addEventListener("click", () => {
    byId("side").classList.add("open");
    byId("open-menu").setAttribute("aria-expanded", "true");
    byId("close-menu").focus();
  });
  const shut = () => {
    closeMenu();
    byId("open-menu").focus();
  };
  byId("close-menu").addEventListener("click", shut);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && byId("side").classList.contains("open")) shut();
  });
  byId("scroll").addEventListener("click", closeMenu);
}

/** Ask how much waits in the inbox and show it beside its name. */
export async function countInbox() {
  if (document.hidden) return;
  try {
    const response = await fetch("/api/inbox/count");
    if (!response.ok) return;
    const { unmatched, notices } = await response.json();
    const badge = byId("inbox-count");
    badge.hidden = unmatched + notices === 0;
    badge.textContent = unmatched + notices > 99 ? "99+" : String(unmatched + notices);
    badge.title = say("inbox.count", { unmatched, notices });
  } catch { /* Offline: the count stays as it was. */ }
}

/** Wire the frame; every page does once. */
export function wireFrame() {
  wireMenu();
  countInbox();
  setInterval(countInbox, COUNT_EVERY_MS);
  document.addEventListener("visibilitychange", countInbox);
}
