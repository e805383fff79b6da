"""Whether what comes in can be taken in: the faults of conversations and messages, in words."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, get_args

from core.said import Incoming, IncomingConversation, Rejected, Speaker
from core.wording import Lang, say

MOST_MESSAGES = 5_000
MOST_TEXT = 50_000
MOST_NAME = 500
MOST_CHANNEL = 50
MOST_HINTS = 100
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""Clocks differ; a message from further ahead than this has a wrong time."""

SPEAKERS = frozenset(get_args(Speaker))
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without what no database keeps: null characters and halves of characters."""
    return UNSTORABLE.sub("\ufffd", text) if UNSTORABLE.search(text) else text


def cleaned(conversation: IncomingConversation) -> IncomingConversation:
    """The conversation as it is kept: storable text, spaces around names gone, no hint twice."""
    hints = dict.fromkeys(clean(hint).strip()[:MOST_NAME] for hint in conversation.hints)
    return replace(
        conversation,
        channel=clean(conversation.channel).strip(),
        account=_kept(conversation.account),
        title=_kept(conversation.title),
        hints=tuple(hint for hint in hints if hint)[:MOST_HINTS],
    )


def fault_of(conversation: IncomingConversation, lang: Lang) -> Rejected | None:
    """What keeps a whole conversation from being taken in."""
    reason = _id_fault(conversation.external_id, lang)
    if reason is None and not conversation.channel:
        reason = say("intake.reason.no_channel", lang)
    if reason is None and len(conversation.channel) > MOST_CHANNEL:
        reason = say("intake.reason.long_channel", lang, limit=MOST_CHANNEL)
    if reason is None and not conversation.messages:
        reason = say("intake.reason.no_messages", lang)
    if reason is None and len(conversation.messages) > MOST_MESSAGES:
        reason = say("intake.reason.many_messages", lang, limit=MOST_MESSAGES)
    return None if reason is None else Rejected(clean(conversation.external_id), reason)


class Sifted(NamedTuple):
    """The good messages by id, the bad ones with their reasons, and how many were there twice and the same."""

    good: dict[str, Incoming]
    bad: list[Rejected]
    repeated: int


def sift(messages: Iterable[Incoming], now: datetime, lang: Lang) -> Sifted:
    """Tell the messages that can be taken in from those that can't."""
    good: dict[str, Incoming] = {}
    bad: list[Rejected] = []
    repeated = 0
    for message in messages:
        kept = good.get(message.external_id)
        reason = _message_fault(message, now, lang)
        if reason is None and kept is not None:
            if _says(kept) == _says(message):
                repeated += 1
                continue
            reason = say("intake.reason.twice", lang)
        if reason is None:
            good[message.external_id] = message
        else:
            bad.append(Rejected(clean(message.external_id), reason))
    return Sifted(good, bad, repeated)


def _says(message: Incoming) -> tuple[str, str, datetime]:
    return message.text, message.speaker, message.at


def _message_fault(message: Incoming, now: datetime, lang: Lang) -> str | None:
    return (
        _id_fault(message.external_id, lang)
        or _text_fault(message.text, lang)
        or _speaker_fault(message, lang)
        or _time_fault(message.at, now, lang)
    )


def _id_fault(external_id: str, lang: Lang) -> str | None:
    if not external_id.strip():
        return say("intake.reason.no_id", lang)
    if len(external_id) > MOST_NAME:
        return say("intake.reason.long_id", lang, limit=MOST_NAME)
    return say("intake.reason.odd_id", lang) if UNPRINTABLE.search(external_id) else None


def _text_fault(text: str, lang: Lang) -> str | None:
    if not UNPRINTABLE.sub("", text).strip():
        return say("intake.reason.no_text", lang)
    if len(text) > MOST_TEXT:
        return say("intake.reason.long_text", lang, length=f"{len(text):,}", limit=f"{MOST_TEXT:,}")
    return None


def _speaker_fault(message: Incoming, lang: Lang) -> str | None:
    if message.speaker not in SPEAKERS:
        return say("intake.reason.unknown_speaker", lang, speaker=clean(str(message.speaker))[:MOST_CHANNEL])
    if message.author and len(message.author) > MOST_NAME:
        return say("intake.reason.long_author", lang, limit=MOST_NAME)
    return None


def _time_fault(at: datetime, now: datetime, lang: Lang) -> str | None:
    if at.utcoffset() is None:
        return say("intake.reason.naive_time", lang)
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        return say("intake.reason.no_time", lang, at=at.isoformat())
    if moment < EARLIEST:
        return say("intake.reason.old_time", lang, at=at.isoformat(), limit=EARLIEST.date())
    return say("intake.reason.future_time", lang, at=at.isoformat()) if moment > now + AHEAD else None


def _kept(name: str | None) -> str | None:
    return clean(name).strip()[:MOST_NAME] or None if name else None
