"""What customers signal, told to those it concerns: at once what can't wait, the rest once a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.channels import Button, Content
from core.passages import sentence_around
from core.wording import LANGS, Lang, say
from db.notices import CALL_FAILED, MANAGERS_TOO, SIGNAL, Telling, notice_id, tell
from db.outbound import put
from db.preferences import NEVER, USUAL_DIGEST, ways_to, wishes_of
from db.tables import Account, Conversation, Message, Notice, Outbound, Signal
from db.timers import set_timer
from tools.escalations.quiet import rest_of
from tools.notices.delivery import deliver

DIGEST = "digest"
AT_ONCE = frozenset(MANAGERS_TOO)
DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=4)
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Alerts:
    """Writes notices and has them told.

    `lang` is the language of those who have not said theirs, `base` where the pages are reached from outside.
    """

    lang: Lang
    base: str | None = None

    def tell(self, session: Session, tellings: Iterable[Telling], now: datetime) -> int:
        """Tell people what they were not told before; how many notices are new."""
        new = 0
        for telling in tellings:
            if not tell(session, [telling], now):
                continue
            new += 1
            if telling.kind == CALL_FAILED or telling.detail.get("signal") in AT_ONCE:
                content = self._content(
                    session, telling.kind, telling.person_id, telling.detail, telling.conversation_id
                )
                deliver(session, telling.person_id, notice_id(session, telling.key), content)
            else:
                self._keep_for_digest(session, telling.person_id, now)
        return new

    def digest(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Tell a person in one message what waited for it."""
        person_id = payload["person"]
        ways, waiting = ways_to(session, person_id), _waiting(session, person_id, now - LOOK_BACK)
        if not ways or not waiting:
            return
        lang = self._lang(session, person_id)
        lines = [self._line(session, lang, one) for one in waiting[:MOST_LINES]]
        more = len(waiting) - len(lines)
        if more:
            lines.append(say("notices.digest.more", lang, count=more))
        content = Content(lang=lang, title=say("notices.digest.title", lang, count=len(waiting)), text="\n".join(lines))
        channel, account = ways[0]
        last = waiting[-1].id
        put(session, f"digest:{person_id}:{last}", channel, f"@{account}", content, now=now, person_id=person_id)

    def _keep_for_digest(self, session: Session, person_id: int, now: datetime) -> None:
        at = wishes_of(session, person_id).digest_at or USUAL_DIGEST
        if at == NEVER:
            return
        due = _next(session, person_id, time.fromisoformat(at), now)
        set_timer(session, f"digest:{person_id}:{due.date().isoformat()}", DIGEST, {"person": person_id}, due)

    def _content(
        self, session: Session, kind: str, person_id: int, detail: Mapping[str, Any], conversation_id: int | None
    ) -> Content:
        lang = self._lang(session, person_id)
        if kind == CALL_FAILED:
            return Content(
                lang=lang, title=say("notices.call_failed.title", lang), text=say("notices.call_failed.text", lang)
            )
        account, quotes = _about(session, conversation_id, detail)
        signal = say(f"ladder.cause.{detail['signal']}", lang)
        title = say("notices.signal.title", lang, signal=signal, account=account or say("notices.nobody", lang))
        text = "\n".join(say("notices.quote", lang, quote=one) for one in quotes)
        return Content(lang=lang, title=title, text=text, buttons=self._link(lang, conversation_id, detail))

    def _link(
        self, lang: Lang, conversation_id: int | None, detail: Mapping[str, Any]
    ) -> tuple[tuple[Button, ...], ...]:
        """To the conversation, where people reach the pages at an address that was set."""
        if self.base is None or conversation_id is None:
            return ()
        url = f"{self.base.rstrip('/')}/conversations/{conversation_id}?message={detail['message_id']}"
        return ((Button(label=say("notices.open", lang), value=f"open:{conversation_id}", url=url),),)

    def _line(self, session: Session, lang: Lang, notice: Notice) -> str:
        account, quotes = _about(session, notice.conversation_id, notice.detail)
        return say(
            "notices.digest.line",
            lang,
            signal=say(f"ladder.cause.{notice.detail['signal']}", lang),
            account=account or say("notices.nobody", lang),
            quote=quotes[0] if quotes else "–",
        )

    def _lang(self, session: Session, person_id: int) -> Lang:
        wanted = wishes_of(session, person_id).lang
        return next((one for one in LANGS if one == wanted), self.lang)


def _about(
    session: Session, conversation_id: int | None, detail: Mapping[str, Any]
) -> tuple[str | None, Sequence[str]]:
    """Whose conversation it was, and what was said in it of that kind."""
    names = select(Account.name).join(Conversation, Conversation.account_id == Account.id)
    account = session.scalar(names.where(Conversation.id == conversation_id))
    kind = Signal.message_id == detail["message_id"], Signal.kind == detail["signal"]
    said = select(Message.text, Signal.start, Signal.end).join(Message, Message.id == Signal.message_id)
    found = session.execute(said.where(*kind).order_by(Signal.start))
    return account, list(dict.fromkeys(sentence_around(row.text, row.start, row.end) for row in found))


def _waiting(session: Session, person_id: int, since: datetime) -> Sequence[Notice]:
    """What a person was told in the console alone, did not look at, and had in no digest."""
    keys = session.scalars(select(Outbound.key).where(Outbound.key.startswith(f"{DIGEST}:{person_id}:"))).all()
    reached = max((int(key.rsplit(":", 1)[1]) for key in keys), default=0)
    mine = Notice.person_id == person_id, Notice.kind == SIGNAL, Notice.seen_at.is_(None)
    fresh = Notice.id > reached, Notice.at > since
    found = session.scalars(select(Notice).where(*mine, *fresh).order_by(Notice.id)).all()
    return [one for one in found if one.detail.get("signal") not in AT_ONCE]


def _next(session: Session, person_id: int, clock: time, now: datetime) -> datetime:
    """When the person's clock next shows `clock` on a day they work."""
    rest = rest_of(session, person_id)
    local = now.astimezone(rest.zone)
    due = datetime.combine(local.date(), clock, rest.zone)
    if due <= local:
        due = datetime.combine(local.date() + DAY, clock, rest.zone)
    return rest.waking(due)
