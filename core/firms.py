"""Names of companies, addresses and telephone numbers, as they are compared."""

import re
from email.utils import parseaddr
from functools import cache, lru_cache
from typing import NamedTuple

import phonenumbers

from core.language import CJK, fold, lexicon

LEAST_DIGITS = 7
ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\"]{2,}")


class FirmName(NamedTuple):
    """A company's name as it is compared: all of it, without its legal form, and which form that was."""

    whole: str
    core: str
    form: str | None


class Author(NamedTuple):
    """Who wrote, as a channel has it: "Ann Lee <ann@acme.com>" has both parts, "ann@acme.com" only an address."""

    name: str
    address: str


@lru_cache(maxsize=200_000)
def firm_name(name: str) -> FirmName:
    """How a company's name is compared; "Acme, Inc." is ("acmeinc", "acme", "incorporated")."""
    words = _words(name)
    whole = "".join(words)
    for ending, form in _forms():
        if (rest := _without(words, ending)) is not None:
            return FirmName(whole, rest, form)
    return FirmName(whole, whole, None)


@lru_cache(maxsize=10_000)
def author_of(text: str) -> Author:
    """The name and the address in what a channel calls the author; the address is in lower case."""
    name, address = parseaddr(text)
    if not ADDRESS.fullmatch(address):
        return Author(text.strip(), "")
    return Author("" if ADDRESS.fullmatch(name) else name.strip(), address.lower())


def domain_of(address: str) -> str:
    """The domain of an address, in lower case; empty where anyone may have an address."""
    domain = address.rpartition("@")[2].lower()
    return "" if domain in _free_mail() else domain


@lru_cache(maxsize=200_000)
def phone_of(text: str, region: str) -> str | None:
    """The number in international form, "+8613800001111"; None if it is none. `region` is where it is dialled from."""
    if sum(char.isdigit() for char in text) < LEAST_DIGITS or "@" in text:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def phone_region(timezone: str) -> str:
    """The country a number without a country code belongs to, by the company's time zone."""
    regions: dict[str, list[str]] = lexicon("matching")["phone_regions"]
    return next((region for region, zones in regions.items() if timezone in zones), next(iter(regions)))


@lru_cache(maxsize=100_000)
def fold_name(name: str) -> str:
    """A person's name as it is compared: whatever the case, width and spaces."""
    return "".join(_words(name))


@cache
def _free_mail() -> frozenset[str]:
    return frozenset(lexicon("matching")["free_mail"])


@cache
def _forms() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Each ending as words, and its form; the longest first."""
    forms: dict[str, list[str]] = lexicon("matching")["legal_forms"]
    endings = [(tuple(_words(ending)), form) for form, endings in forms.items() for ending in endings]
    return tuple(sorted(endings, key=lambda one: -len("".join(one[0]))))


def _words(text: str) -> list[str]:
    return re.findall(rf"[{CJK}]+|[^\W_]+", fold(text))


def _without(words: list[str], ending: tuple[str, ...]) -> str | None:
    """The name before this ending, if it ends so and something is left."""
    if re.match(f"[{CJK}]", ending[0]):
        whole = "".join(words)
        return whole.removesuffix(ending[0]) if whole.endswith(ending[0]) and whole != ending[0] else None
    if len(words) > len(ending) and tuple(words[-len(ending) :]) == ending:
        return "".join(words[: -len(ending)])
    return None
