"""`dealhand ingest`: conversations and recordings from files into the records, and what became of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console
from sqlalchemy import Engine

from connectors.conversations.reading import RECORDING, files_in, kind_of, read_file
from connectors.conversations.setting import Setting, Unread
from connectors.terminal.bar import Tell, telling
from core.clock import Clock
from core.errors import Bug, DealhandError, UserError
from core.ports import Calls, Jobs
from core.wording import Lang, explain, phrases, say
from core.work import Work
from db.company import load_company
from db.engine import system_session
from db.filed import CallState, Filed, call_state, whereabouts
from db.intake import Door, conversation_of, heard
from db.matching import Clues, match
from db.ours import our_side

log = structlog.get_logger("ingest")
SOURCE = "file"
LOOK_SECONDS = 0.5
SHOWN = 10


class NoSuchAccount(UserError):
    """No account, or more than one, goes by the name that was given."""

    code = "no_such_account"
    http_status = 404


@dataclass(frozen=True)
class Wishes:
    """What whoever brings files in says of them; `name` is who of those who speak is ours."""

    account: str | None = None
    name: str | None = None
    channel: str | None = None
    speakers: tuple[str, ...] = ()


@dataclass
class FileReport:
    """What became of one file. `refused` are (where, why); `call_id` is that of a recording."""

    file: Path
    kind: str | None
    accepted: int = 0
    duplicates: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    conversations: set[int] = field(default_factory=set)
    filed: list[Filed] = field(default_factory=list)
    call_id: str | None = None
    works: list[Work] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """Where files are brought in; what follows from them is handed over as durable work."""

    engine: Engine
    clock: Clock
    calls: Callable[[], Calls]
    jobs: Jobs
    lang: Lang

    def run(self, path: Path, wishes: Wishes, *, wait: bool) -> list[FileReport]:
        """Bring everything at a path in and, if asked to `wait`, see it through; shows how far it is."""
        with telling(Console(stderr=True)) as tell:
            reports = self.bring(path, wishes, tell)
            if wait:
                self.finish(reports, tell)
        self.place(reports)
        return reports

    def bring(self, path: Path, wishes: Wishes, tell: Tell) -> list[FileReport]:
        """Bring in a file, or all files of a folder; one that can't be read does not keep the others out."""
        setting = self._setting(wishes)
        files = files_in(path)
        reports = []
        for number, file in enumerate(files):
            tell(file.name, number / len(files))
            report = FileReport(file, None)
            reports.append(report)
            try:
                self._read(report, setting, wishes)
            except (DealhandError, OSError) as error:
                report.refused.append(("", self._words(error)))
            except Exception:
                log.exception("ingest.file_failed", file=file.name)
                report.refused.append(("", explain(Bug(), self.lang)))
            for work in report.works:
                self.jobs.enqueue(work.name, work.key, work.payload)
        return reports

    def finish(self, reports: list[FileReport], tell: Tell) -> None:
        """Wait until all that follows is done; a recording that could not be understood is refused then."""
        everything = [(report, work) for report in reports for work in report.works]
        for number, (report, work) in enumerate(everything):
            while not self.jobs.settled(work.key, LOOK_SECONDS):
                state = self._state(report)
                tell(report.file.name, (number + (state.progress if state else 0.0)) / len(everything))
            state = self._state(report)
            if state is not None and state.status == "failed":
                report.refused.append(("", self._failure(state)))

    def place(self, reports: list[FileReport]) -> None:
        """Note whose the conversations of each file are by now."""
        with system_session(self.engine) as session:
            for report in reports:
                report.filed = whereabouts(session, report.conversations)

    def _setting(self, wishes: Wishes) -> Setting:
        with system_session(self.engine) as session:
            if wishes.account and match(session, Clues(wishes.account)).account_id is None:
                raise NoSuchAccount(account=wishes.account)
            ours = our_side(session)
            zone = ZoneInfo(load_company(session).company.timezone)
        ours = ours.also(wishes.name) if wishes.name else ours
        return Setting(ours, zone, self.lang, wishes.account, wishes.channel, self._known)

    def _known(self, message_ids: Sequence[str], least: int) -> str | None:
        with system_session(self.engine) as session:
            return conversation_of(session, SOURCE, message_ids, least)

    def _read(self, report: FileReport, setting: Setting, wishes: Wishes) -> None:
        report.kind = kind_of(report.file)
        if report.kind == RECORDING:
            self._hear(report, wishes)
            return
        door = Door(source=SOURCE, by=None, now=self.clock.now(), lang=self.lang)
        try:
            for item in read_file(report.file, report.kind, setting):
                if isinstance(item, Unread):
                    report.refused.append((item.where, item.reason))
                    continue
                with system_session(self.engine) as session:
                    door.take(session, item)
        finally:
            done = door.done
            report.accepted, report.duplicates = done.accepted, done.duplicates
            report.refused += [(one.external_id, one.reason) for one in done.rejected]
            report.conversations = door.touched
            report.works = heard(self.engine, door.touched)

    def _hear(self, report: FileReport, wishes: Wishes) -> None:
        received = self.calls().receive(
            None, report.file, report.file.name, account=wishes.account, channel_speakers=wishes.speakers or None
        )
        report.call_id, report.conversations = received.call_id, {received.conversation_id}
        report.accepted, report.duplicates = int(received.new), int(not received.new)
        report.works = [Work("call", received.key, {"call_id": received.call_id})]

    def _state(self, report: FileReport) -> CallState | None:
        if report.call_id is None:
            return None
        with system_session(self.engine) as session:
            return call_state(session, report.call_id)

    def _failure(self, state: CallState) -> str:
        error = state.error or {}
        key = f"errors.{error.get('code')}"
        known = key if key in phrases(self.lang) else "errors.bug"
        return say(known, self.lang, **(error.get("params") or {}))

    def _words(self, error: Exception) -> str:
        return explain(error, self.lang) if isinstance(error, DealhandError) else str(error)


def lines_of(reports: list[FileReport], lang: Lang) -> Iterator[str]:
    """What became of each file, in words, and all of it at the end."""
    for report in reports:
        kind = say(f"ingest.kind.{report.kind or 'unknown'}", lang)
        yield say(
            "ingest.file", lang, file=report.file.name, kind=kind, new=report.accepted, known=report.duplicates,
            refused=len(report.refused),
        )  # fmt: skip
        accounts = sorted({one.account for one in report.filed if one.account})
        if accounts:
            yield say("ingest.matched", lang, accounts=_some(accounts, lang))
        if waiting := sum(one.account_id is None for one in report.filed):
            yield say("ingest.waiting", lang, count=waiting)
        for where, reason in report.refused[:SHOWN]:
            yield say("ingest.refused_at" if where else "ingest.refused", lang, where=where, reason=reason)
        if len(report.refused) > SHOWN:
            yield say("ingest.more", lang, count=len(report.refused) - SHOWN)
    if len(reports) > 1:
        total = {name: sum(getattr(report, name) for report in reports) for name in ("accepted", "duplicates")}
        refused = sum(len(report.refused) for report in reports)
        yield say(
            "ingest.total", lang, files=len(reports), new=total["accepted"], known=total["duplicates"], refused=refused
        )


def _some(names: list[str], lang: Lang) -> str:
    shown = say("ingest.comma", lang).join(names[:SHOWN])
    return shown if len(names) <= SHOWN else say("ingest.and_more", lang, names=shown, count=len(names) - SHOWN)
