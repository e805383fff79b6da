// The words of a reply: lines, lists, and the headings over lists. Elements are built from text, never from markup.

import { make } from "./dom.js";

const POINT = "- ";
const LONGEST_HEADING = 40;
const ENDS_A_SENTENCE = /[.:!?…。：！？]$/;

const isPoint = (line) => line?.startsWith(POINT) ?? false;

function isHeading(line, next) {
  return isPoint(next) && line.length <= LONGEST_HEADING && !ENDS_A_SENTENCE.test(line);
}

/** What a reply says, with its lists as lists. */
export function showProse(text) {
  const blocks = [];
  const lines = text.split("\n");
  let points = null;
  lines.forEach((line, place) => {
    if (isPoint(line)) {
      if (!points) blocks.push(points = make("ul"));
      points.append(make("li", {}, line.slice(POINT.length)));
      return;
    }
    points = null;
    if (line.trim()) blocks.push(make("p", { class: isHeading(line, lines[place + 1]) ? "over" : null }, line));
  });
  return make("div", { class: "text" }, blocks);
}
