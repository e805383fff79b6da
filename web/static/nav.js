// The frame around every page: the menu on narrow screens, and the counts of what waits.

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

async function count(path, badge, read) {
  if (document.hidden) return;
  try {
    const response = await fetch(path);
    if (!response.ok) return;
    const { waiting, title } = read(await response.json());
    badge.hidden = waiting === 0;
    badge.textContent = waiting > 99 ? "99+" : String(waiting);
    badge.title = title;
  } catch { /* Offline: the count stays as it was. */ }
}

/** Ask how much waits in the inbox and show it beside its name. */
export function countInbox() {
  return count("/api/inbox/count", byId("inbox-count"), ({ unmatched, notices }) => ({ waiting: unmatched + notices, title: say("inbox.count", { unmatched, notices }) }));
}

/** Ask where one is asked to step in and show how often beside the page's name. */
export function countEscalations() {
  return count("/api/escalations/count", byId("escalations-count"), ({ asked }) => ({ waiting: asked, title: say("esc.count", { count: asked }) }));
}

function countAll() {
  countInbox();
  countEscalations();
}

/** Wire the frame; every page does once. */
export function wireFrame() {
  wireMenu();
  countAll();
  setInterval(countAll, COUNT_EVERY_MS);
  document.addEventListener("visibilitychange", countAll);
}
