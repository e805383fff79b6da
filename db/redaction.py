"""Texts without what tells who is meant: addresses, numbers, and the names of accounts, contacts and colleagues."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import Account, Contact, Person

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"https?://\S+|www\.\S+")
NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[\s().-]?\d){6,}(?!\w)")  # +86 138-0013-8000, but not 12,000 or 2026
SHORTEST = 2
MARKS = {"address": "[e-mail]", "link": "[link]", "number": "[number]", "name": "[name]"}


def redact(session: Session, text: str) -> str:
    """The text with a mark in place of each; what is said stays readable."""
    text = ADDRESS.sub(MARKS["address"], text)
    text = LINK.sub(MARKS["link"], text)
    text = NUMBER.sub(MARKS["number"], text)
    for name in sorted(_names(session), key=len, reverse=True):
        if name.casefold() in text.casefold():
            text = re.sub(_whole(name), MARKS["name"], text, flags=re.IGNORECASE)
    return text


def _whole(name: str) -> str:
    """The name, not inside another Latin word."""
    before = r"(?<![A-Za-z0-9])" if name[0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if name[-1].isascii() else ""
    return before + re.escape(name) + after


def _names(session: Session) -> Iterable[str]:
    """Whole names, and the parts of people's Latin ones."""
    people = [*session.scalars(select(Contact.name)), *session.scalars(select(Person.name))]
    parts = {part for name in people for part in name.split() if part.isascii() and len(part) > SHORTEST}
    return {name for name in (*session.scalars(select(Account.name)), *people, *parts) if len(name) >= SHORTEST}
