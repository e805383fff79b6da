"""From what a cell holds to a value of the field's kind; what can't be read is a BadValue, never a guess."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import yaml

from connectors.records.kinds import Field
from connectors.records.mapping import NumberFormat
from connectors.records.names import nearest, plain

LARGEST_MONEY = Decimal(9) * 10**14
LARGEST_WHOLE = 2**31 - 1
EXCEL_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a serial has no zone
TOKENS = (
    ("YYYY", "%Y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("YY", "%y"),
    ("HH", "%H"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("M", "%m"),
    ("D", "%d"),
    ("H", "%H"),
)
SPECIAL_FORMATS = frozenset({"iso", "excel", "unix"})
SIGNED = re.compile(r"(?P<before>[-+])\s*(?P<rest>[^-+].*)|(?P<rest2>.*[^-+])\s*(?P<after>-)")
Convert = Callable[[Any], Any]


class BadValue(Exception):
    """A value that can't be loaded; `reason` is a key of the words for it."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


@cache
def recognised() -> dict[str, Any]:
    """The words and patterns that cells are read with."""
    return cast(dict[str, Any], yaml.safe_load(Path(__file__).with_name("recognised.yaml").read_text("utf-8")))


def as_text(value: Any) -> str:
    """What a cell says: text trimmed, whole numbers without a point, dates as ISO."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(value, ".15g") if value != int(value) else str(int(value))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def strptime_format(declared: str) -> str:
    """The `strptime` form of a declared format: `DD/MM/YYYY`, `D MMM YYYY`, or already with `%`."""
    if "%" in declared:
        return declared
    pattern = "|".join(token for token, _ in TOKENS)
    return re.sub(pattern, lambda found: dict(TOKENS)[found.group()], declared)


def good_date_format(declared: str) -> bool:
    """Whether a declared format names a year, a month and a day, and reads back what it writes."""
    if declared in SPECIAL_FORMATS:
        return True
    form = strptime_format(declared)
    day = dt.datetime(2017, 11, 23)  # noqa: DTZ001 - only the day is looked at
    try:
        return dt.datetime.strptime(day.strftime(form), form).date() == day.date()  # noqa: DTZ007
    except (ValueError, re.error):
        return False


class DateReader:
    """Reads moments in the declared formats, or ISO and other year-first forms; naive ones are the company's time."""

    def __init__(self, formats: list[str], timezone: str) -> None:
        self._formats = [name if name in SPECIAL_FORMATS else strptime_format(name) for name in formats or ["iso"]]
        self._declared = ", ".join(formats)
        self._zone = ZoneInfo(timezone)
        self._year_first = re.compile(recognised()["year_first"])

    def moment(self, value: Any) -> dt.datetime:
        """An aware moment; a bare day is its midnight."""
        found = self._read(value)
        return found if found.tzinfo else found.replace(tzinfo=self._zone)

    def date(self, value: Any) -> dt.date:
        """A calendar day where the company is."""
        found = self._read(value)
        return found.astimezone(self._zone).date() if found.tzinfo else found.date()

    def _read(self, value: Any) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        if isinstance(value, dt.date):
            return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
        text = as_text(value)
        for form in self._formats:
            try:
                return self._by_format(text, form)
            except (ValueError, OverflowError, OSError):
                continue
        if self._declared:
            raise BadValue("not_in_format", formats=self._declared)
        raise BadValue("ambiguous_date" if re.match(r"\d{1,2}\D\d+\D\d+", text) else "not_a_date")

    def _by_format(self, text: str, form: str) -> dt.datetime:
        if form == "iso":
            return self._iso(text)
        if form == "excel":
            return EXCEL_DAY_ZERO + dt.timedelta(days=float(text))
        if form == "unix":
            return dt.datetime.fromtimestamp(float(text), dt.UTC)
        return dt.datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the company's unless written

    def _iso(self, text: str) -> dt.datetime:
        found = self._year_first.match(text)
        if found:
            part = found.groupdict()
            day = f"{part['y']}-{int(part['m'] or part['m2']):02}-{int(part['d'] or part['d2']):02}"
            return dt.datetime.fromisoformat(f"{day}{text[found.end() :]}".replace(" +", "+"))
        if not re.fullmatch(r"\d{8}(T.+)?", text):
            raise ValueError(text)
        return dt.datetime.fromisoformat(text)


class NumberReader:
    """Reads exact numbers: sign or parentheses, currency sign, thousands in groups of three, declared suffixes."""

    def __init__(self, form: NumberFormat) -> None:
        self._form = form
        self._currency = re.compile(recognised()["currency"])
        point, comma = re.escape(form.decimal), re.escape(form.thousands)
        whole = rf"\d{{1,3}}(?:{comma}\d{{3}})+|\d+" if comma else r"\d+"
        self._digits = re.compile(rf"({whole})?(?:{point}(\d*))?(?:[eE]([+-]?\d+))?")
        self._suffixes = {plain(suffix): factor for suffix, factor in form.suffixes.items()}

    def number(self, value: Any) -> Decimal:
        """The exact number; BadValue where it is written in another way than declared."""
        found = self._native(value)
        if found is None:
            found = self._text(as_text(value))
        found *= self._form.scale
        if self._form.round is not None:
            found = round(found, self._form.round)
        return found

    def _native(self, value: Any) -> Decimal | None:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        if isinstance(value, float):
            try:
                return Decimal(format(value, ".15g")) + 0
            except InvalidOperation as error:
                raise BadValue("not_a_number") from error
        return None

    def _text(self, text: str) -> Decimal:
        words = plain(text).replace("\u2212", "-")
        body, negative = words, False
        if body.startswith("(") and body.endswith(")"):
            body, negative = body[1:-1], True
        body = self._currency.sub("", body.upper()).strip().casefold()
        signed = SIGNED.fullmatch(body)
        if signed:
            negative ^= "-" in (signed["before"], signed["after"])
            body = self._currency.sub("", (signed["rest"] or signed["rest2"]).upper()).strip().casefold()
        body, factor = self._factor(body)
        found = self._digits.fullmatch(body.replace("\u00a0", " "))
        if not body or not found or not (found[1] or found[2]):
            raise BadValue("not_a_number")
        whole = (found[1] or "0").replace(self._form.thousands, "") if self._form.thousands else found[1] or "0"
        number = Decimal(f"{whole}.{found[2] or '0'}e{found[3] or '0'}") * factor
        return -number if negative else number

    def _factor(self, body: str) -> tuple[str, Decimal]:
        for suffix, factor in self._suffixes.items():
            if body.endswith(suffix):
                return body.removesuffix(suffix).strip(), factor
        if body.endswith("%") and self._form.percent:
            return body.removesuffix("%").strip(), Decimal("0.01")
        return body, Decimal("0.01") if self._form.percent else Decimal(1)

    def money(self, value: Any) -> Decimal:
        """An amount that can be kept exactly."""
        amount = self.number(value)
        if abs(amount) > LARGEST_MONEY:
            raise BadValue("too_large")
        if amount != amount.quantize(Decimal("0.0001")):
            raise BadValue("too_many_decimals")
        return amount

    def whole(self, value: Any) -> int:
        """A whole number that fits."""
        number = self.number(value)
        if number != number.to_integral_value():
            raise BadValue("not_whole")
        if abs(number) > LARGEST_WHOLE:
            raise BadValue("too_large")
        return int(number)

    def json(self, value: Any) -> int | float:
        """A number as a custom field keeps it."""
        number = self.number(value)
        return int(number) if number == number.to_integral_value() else float(number)


def read_boolean(value: Any) -> bool:
    """Yes or no, in the ways exports write them."""
    if isinstance(value, bool):
        return value
    text = plain(as_text(value))
    for answer, spellings in recognised()["boolean"].items():
        if text in spellings:
            return bool(answer == "true")
    raise BadValue("not_boolean")


def read_text(value: Any) -> str:
    """Text on one or more lines, trimmed."""
    text = as_text(value)
    if "\x00" in text:
        raise BadValue("unreadable_character")
    return text


def read_choice(field: Field) -> Convert:
    """A reader of one of the field's choices, whatever its case."""
    known = {plain(choice): field.enum(choice) if field.enum else choice for choice in field.choices}

    def read(value: Any) -> Any:
        text = as_text(value)
        if plain(text) in known:
            return known[plain(text)]
        near = nearest(text, known)
        choices = ", ".join(field.choices)
        raise BadValue("unmapped_near" if near else "unmapped", field=field.name, near=near, choices=choices)

    return read


def read_period(value: Any) -> tuple[dt.date, dt.date]:
    """A calendar month, quarter or year as its first and last day: `2017-03`, `2017Q1`, `2017`."""
    text = plain(as_text(value)).upper()
    found = re.fullmatch(recognised()["period"], text)
    if not found:
        raise BadValue("not_a_period")
    part = found.groupdict()
    year, month = int(part["y"]), part["m"] or part["m2"]
    quarter = part["q"] or part["q2"]
    first, months = (int(month), 1) if month else (1, 12)
    if quarter:
        first, months = int(recognised()["quarter_digits"].get(quarter, quarter)) * 3 - 2, 3
    if not 1 <= first <= 12:
        raise BadValue("not_a_period")
    after = dt.date(year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return dt.date(year, first, 1), after - dt.timedelta(days=1)
