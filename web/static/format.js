// Numbers and dates as people of the page's language write them.

import { companyZone, currency, lang, say, valueName } from "./dom.js";

const locale = lang === "zh" ? "zh-CN" : "en";
const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const exact = new Intl.NumberFormat(locale, { maximumFractionDigits: 10 });
const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
const ratio = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const points = new Intl.NumberFormat(locale, { signDisplay: "exceptZero", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const money = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
const moneyWhole = new Intl.NumberFormat(locale, { ...money, maximumFractionDigits: 0 });
const moneyExact = new Intl.NumberFormat(locale, { ...money, minimumFractionDigits: 2, maximumFractionDigits: 2 });
const moneyShort = new Intl.NumberFormat(locale, { ...money, notation: "compact", minimumFractionDigits: 2, maximumFractionDigits: 2 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const quarter = /^(\d{4})-Q([1-4])$/;
const month = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", timeZone: "UTC" });
const minutes = { year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" };
const elsewhere = canonical(undefined) !== canonical(companyZone);
const moment = new Intl.DateTimeFormat(locale, { ...minutes, timeZoneName: elsewhere ? "short" : undefined });

/** The browser's own name of a time zone, of which there may be several; as it is where the browser knows none. */
function canonical(timeZone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return timeZone;
  }
}

const TEN_THOUSAND = 10_000;

function formatNumber(value, unit) {
  if (unit === "points") return say("points", { value: points.format(value * 100) });
  if (unit === "ratio") return ratio.format(value);
  if (unit === "percent") return ratio.format(value / 100);
  const long = lang === "zh" && Math.abs(value) >= TEN_THOUSAND;
  if (unit === "money") return (long ? moneyShort : Number.isInteger(value) ? moneyWhole : moneyExact).format(value);
  if (unit === "days") return plain.format(Math.round(value * 10) / 10);
  return (long ? short : plain).format(value);
}

/** The unit a column is shown in: the change of a rate is in points, not in per cent. */
export function unitOf(column) {
  return column.unit === "ratio" && column.name.endsWith("_change") ? "points" : column.unit;
}

/** A cell as it is shown in its column. */
export function formatIn(column, value) {
  return typeof value === "string" ? formatCell(valueName(column.name, value), column.unit) : formatCell(value, unitOf(column));
}

/** A value as it is shown. */
export function formatCell(value, unit) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return formatNumber(value, unit);
  if (unit === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return day.format(new Date(`${value}T00:00:00Z`));
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(value)) return month.format(new Date(`${value}-01T00:00:00Z`));
  if (quarter.test(value)) return value.replace(quarter, "$1 Q$2");
  return value;
}

/** The exact value, for where the shown one is rounded; null for what is no number. */
export function exactCell(value, unit) {
  if (typeof value !== "number") return null;
  return unit === "money" ? `${exact.format(value)} ${currency}` : exact.format(value);
}

/** A day of an ISO date. */
export function formatDay(text) {
  return formatCell(text, "date");
}

/** A moment of an ISO time in the reader's time zone, named where the company is in another; other text as it is. */
export function formatMoment(text) {
  const found = new Date(text);
  if (Number.isNaN(found.getTime())) return text;
  return /T/.test(text) ? moment.format(found) : formatDay(text);
}

/** Seconds of a duration in milliseconds. */
export function formatSeconds(milliseconds) {
  const seconds = milliseconds / 1000;
  return seconds < 0.1 ? "< 0.1" : new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(seconds);
}

/** A share between 0 and 1 as whole per cents. */
export function formatShare(value) {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(value);
}
