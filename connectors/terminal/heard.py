"""What was understood of a file that was just brought in: what was said, the signals in it, whose profile it is."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from connectors.terminal.ingest import FileReport
from core.errors import NotFound, UnknownPerson
from core.identity import Identity
from core.ports import Workbench
from core.said import KINDS
from core.wording import Lang, say
from db.engine import system_session
from db.filed import spoken
from db.people import find_person, identity_of, list_people

MOST_LINES = 200


def heard_lines(
    engine: Engine, workbench: Workbench, asker: Identity, reports: Sequence[FileReport], lang: Lang
) -> Iterator[str]:
    """The transcript, its signals and the profiles of its accounts, as the asker may see them."""
    for report in reports:
        if report.call_id is not None:
            yield from _call(workbench, asker, report.call_id, lang)
        elif report.conversations:
            yield from _conversation(engine, asker, sorted(report.conversations), lang)
    accounts = {one.account_id for report in reports for one in report.filed if one.account_id is not None}
    for account_id in sorted(accounts):
        yield from _profile(workbench, asker, account_id, lang)


def _call(workbench: Workbench, asker: Identity, call_id: str, lang: Lang) -> Iterator[str]:
    try:
        view = workbench.calls.call(asker, call_id)
    except NotFound:
        return
    yield say("ingest.said", lang)
    for line in view.segments:
        speaker = say(f"ingest.speaker.{line.speaker}", lang)
        yield say("ingest.segment", lang, time=_clock(line.start), speaker=speaker, text=line.text)
    yield say("ingest.signals" if view.signals else "ingest.no_signals", lang)
    for one in view.signals:
        yield say("ingest.signal_at", lang, kind=_kind(one.kind, lang), quote=one.quote, time=_clock(one.second))


def _conversation(engine: Engine, asker: Identity, conversations: Sequence[int], lang: Lang) -> Iterator[str]:
    lines = spoken(engine, asker, conversations, limit=MOST_LINES)
    yield say("ingest.said", lang)
    for line in lines:
        speaker = line.author or say(f"ingest.speaker.{line.speaker}", lang)
        yield say("ingest.line", lang, at=f"{line.at:%Y-%m-%d %H:%M}", speaker=speaker, text=line.text)
    found = [signal for line in lines for signal in line.signals]
    yield say("ingest.signals" if found else "ingest.no_signals", lang)
    for kind, quote in found:
        yield say("ingest.signal", lang, kind=_kind(kind, lang), quote=quote)


def _profile(workbench: Workbench, asker: Identity, account_id: int, lang: Lang) -> Iterator[str]:
    try:
        profile = workbench.profiles.profile(asker, account_id, lang)
    except NotFound:
        return
    yield say(
        "ingest.profile", lang, account=profile.account, stage=profile.stage_label, health=profile.health,
        value=profile.value,
    )  # fmt: skip
    for fact in profile.facts:
        if fact.valid_to is None:
            yield say("ingest.fact", lang, label=fact.label, value=fact.shown, quote=fact.source.quote or "")


def _kind(kind: str, lang: Lang) -> str:
    """A signal in words; one that people described themselves goes by its name."""
    return say(f"ingest.signal_kind.{kind}", lang) if kind in KINDS else kind


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def about(question: str, reports: Sequence[FileReport], lang: Lang) -> str:
    """The question, kept to the one account that everything brought in belongs to, if it is one."""
    accounts = {one.account for report in reports for one in report.filed}
    account = next(iter(accounts)) if len(accounts) == 1 else None
    if account is None or account.lower() in question.lower():
        return question
    return say("ingest.about", lang, question=question, account=account)


def asker_of(engine: Engine, name: str | None) -> Identity:
    """Who looks: the person named, if they are known, else the first who sees everything."""
    with system_session(engine) as session:
        try:
            return find_person(session, name) if name else _first(session)
        except UnknownPerson:
            return _first(session)


def _first(session: Session) -> Identity:
    known = list_people(session)
    if not known:
        raise UnknownPerson(name="")
    return identity_of(session, known[0].id)
