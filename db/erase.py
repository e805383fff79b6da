"""Erasing what a customer said: an account's words, or all that points to one person there.

Files and threads go first and the rows in one transaction after them, so that a run which was broken off finds again
what is left. Records of deals and money stay; the people's names, addresses and numbers are blanked. Doing it again
finishes what is left, and changes nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, or_, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.identity import Identity
from core.needles import Needles
from db import audit, channel_settings
from db.calls import forget_messages
from db.engine import compact, system_session
from db.erase_acting import erase_account_acts, erase_person_acts, erase_traffic, leave_conversations
from db.quoting import blank_turns, find_turns
from db.tables import (
    Account,
    Activity,
    Arrival,
    Call,
    Contact,
    Conversation,
    Fact,
    LiveCall,
    Message,
    Remembered,
    Segment,
    Signal,
    SignalLabel,
    Ticket,
    ToRemember,
    Tracker,
)

SOME = 500


def _nothing(what: Any) -> None:
    """For what is not there."""


@dataclass(frozen=True)
class Hands:
    """What reaches outside the records: files, folders of live audio, the agent's threads, the memory's vectors."""

    file: Callable[[str], object] = _nothing
    folder: Callable[[str], object] = _nothing
    threads: Callable[[Sequence[str]], object] = _nothing
    memory: Callable[[Sequence[int]], object] = _nothing


@dataclass(frozen=True)
class Erased:
    """How much went; `needles` is what else may point to the people, in files of the product's."""

    conversations: int
    messages: int
    recordings: int
    facts: int
    turns: int
    people: int
    needles: Needles = field(repr=False)

    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: number for name, number in found.items() if isinstance(number, int)}


@dataclass
class Plan:
    """What is to go."""

    subject: str
    account_id: int | None
    whole_account: bool
    needles: Needles
    contacts: list[int]
    conversations: list[int]
    messages: list[int]
    live: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    talks: set[str] = field(default_factory=set)


def account_named(engine: Engine, name: str) -> list[tuple[int, str, str]]:
    """The accounts with that name or external id, as (id, name, external id)."""
    with system_session(engine) as session:
        columns = Account.id, Account.name, Account.external_id
        same = or_(Account.name == name, Account.external_id == name)
        return [(row.id, row.name, row.external_id) for row in session.execute(select(*columns).where(same))]


def contact_named(engine: Engine, name: str) -> list[tuple[int, str, str]]:
    """The people at customers with that name, address, number or external id; the name shown has the account."""
    with system_session(engine) as session:
        same = or_(*(column == name for column in (Contact.name, Contact.email, Contact.phone, Contact.external_id)))
        rows = session.execute(
            select(Contact.id, Contact.name, Contact.external_id, Account.name.label("account"))
            .outerjoin(Account, Account.id == Contact.account_id)
            .where(same)
        )
        return [(row.id, " · ".join(filter(None, (row.name, row.account))), row.external_id) for row in rows]


def erase_account(engine: Engine, account_id: int, hands: Hands, *, by: Identity | None, now: datetime) -> Erased:
    """Erase everything the account's people said and what was made of it; NotFound if there is no such account."""
    with system_session(engine) as session:
        if session.get(Account, account_id) is None:
            raise NotFound()
        people = session.execute(select(Contact).where(Contact.account_id == account_id)).scalars().all()
        plan = Plan(
            subject=f"account:{account_id}",
            account_id=account_id,
            whole_account=True,
            needles=Needles(_words(people)),
            contacts=[one.id for one in people],
            conversations=_ids(session, Conversation.account_id == account_id),
            messages=[],
        )
        _complete(session, plan)
    return _carry_out(engine, plan, hands, by, now)


def erase_contact(engine: Engine, contact_id: int, hands: Hands, *, by: Identity | None, now: datetime) -> Erased:
    """Erase a person at a customer: their conversations, their lines in others, and their name wherever it was said."""
    with system_session(engine) as session:
        person = session.get(Contact, contact_id)
        if person is None:
            raise NotFound()
        needles = Needles(_words([person]))
        names = [word.lower() for word in needles.words]
        said = select(Message.id, Message.author).join(Conversation, Conversation.id == Message.conversation_id)
        said = said.where(Conversation.account_id == person.account_id, Message.author.is_not(None))
        plan = Plan(
            subject=f"contact:{contact_id}",
            account_id=person.account_id,
            whole_account=False,
            needles=needles,
            contacts=[contact_id],
            conversations=_ids(session, Conversation.contact_id == contact_id),
            messages=[row.id for row in session.execute(said) if (row.author or "").strip().lower() in names],
        )
        _complete(session, plan)
    return _carry_out(engine, plan, hands, by, now)


def _words(people: Sequence[Contact]) -> list[str]:
    return [word for one in people for word in (one.name, one.email, one.phone) if word]


def _ids(session: Session, condition: Any) -> list[int]:
    return list(session.scalars(select(Conversation.id).where(Conversation.kind == "customer", condition)))


def _complete(session: Session, plan: Plan) -> None:
    """Find what hangs on the conversations and messages."""
    messages = set(plan.messages)
    for some in _pieces(plan.conversations):
        messages |= set(session.scalars(select(Message.id).where(Message.conversation_id.in_(some))))
        calls = session.scalars(select(Call.file).where(Call.conversation_id.in_(some), Call.file.is_not(None)))
        plan.files += [file for file in calls if file]
        plan.talks |= set(session.scalars(select(Conversation.external_id).where(Conversation.id.in_(some))))
    for some in _pieces(sorted(messages)):
        plan.texts += session.scalars(select(Message.text).where(Message.id.in_(some)))
        heard = select(Call.file).join(Segment, Segment.call_id == Call.id).where(Segment.message_id.in_(some))
        plan.files += [file for file in session.scalars(heard.where(Call.file.is_not(None)).distinct()) if file]
    plan.messages = sorted(messages)
    plan.files = sorted(set(plan.files))
    if plan.whole_account:
        plan.live = list(session.scalars(select(LiveCall.id).where(LiveCall.account_id == plan.account_id)))


def _pieces(ids: Sequence[Any]) -> list[Sequence[Any]]:
    return [ids[start : start + SOME] for start in range(0, len(ids), SOME)]


def _carry_out(engine: Engine, plan: Plan, hands: Hands, by: Identity | None, now: datetime) -> Erased:
    with system_session(engine) as session:
        turns = find_turns(session, plan.needles, plan.texts, plan.talks)
    for file in plan.files:
        hands.file(file)
    for live in plan.live:
        hands.folder(f"live/{live}")
    hands.threads(sorted({turn.thread_id for turn in turns}))
    with system_session(engine) as session:
        facts = _erase_rows(session, plan, now)
        blank_turns(session, turns)
        people = _blank_people(session, plan)
        done = Erased(
            len(plan.conversations), len(plan.messages), len(plan.files), facts, len(turns), people, plan.needles
        )
        actor = by.person_id if by else None
        if plan.whole_account and plan.account_id is not None:
            channel_settings.leave(session, plan.account_id, by=actor, now=now)
        audit.record(session, actor_id=actor, action="erase", subject=plan.subject, detail=done.counts(), now=now)
    for some in _pieces(plan.messages):
        hands.memory(some)
    if not plan.messages:
        hands.memory([])
    compact(engine)
    return done


def _erase_rows(session: Session, plan: Plan, now: datetime) -> int:
    facts = _erase_facts(session, plan)
    forget_messages(session, plan.messages)
    for some in _pieces(plan.files):
        session.execute(update(Call).where(Call.file.in_(some)).values(file=None, erased_at=now))
    for some in _pieces(plan.live):
        session.execute(delete(LiveCall).where(LiveCall.id.in_(some)))
    if plan.whole_account and plan.account_id is not None:
        erase_account_acts(session, plan.account_id)
    else:
        erase_person_acts(session, plan.account_id, plan.needles, plan.messages)
    erase_traffic(session, plan.needles, plan.texts, plan.talks)
    for some in _pieces(plan.conversations):
        leave_conversations(session, some)
        for model in (Call, Arrival):
            session.execute(delete(model).where(model.conversation_id.in_(some)))
        session.execute(delete(Conversation).where(Conversation.id.in_(some)))
    _erase_examples(session, plan)
    _blot_words(session, plan)
    session.flush()
    # What memory keeps of a message that changed, or of one that followed it, is stale: it is made anew.
    session.execute(delete(Remembered).where(Remembered.message_id.in_(select(ToRemember.message_id))))
    return facts


def _erase_facts(session: Session, plan: Plan) -> int:
    gone = set()
    for fact in session.scalars(select(Fact).where(Fact.account_id == plan.account_id)):
        if plan.whole_account or plan.needles.inside(f"{fact.value} {fact.quote} {fact.detail}"):
            gone.add(fact.id)
    for some in _pieces(plan.conversations):
        gone |= set(session.scalars(select(Fact.id).where(Fact.conversation_id.in_(some))))
    for some in _pieces(plan.messages):
        gone |= set(session.scalars(select(Fact.id).where(Fact.message_id.in_(some))))
    for ids in _pieces(sorted(gone)):
        session.execute(delete(Fact).where(Fact.id.in_(ids)))
    return len(gone)


def _erase_examples(session: Session, plan: Plan) -> None:
    """Labels and examples of trackers that were made from what is erased."""
    texts = {" ".join(text.split()) for text in plan.texts}

    def theirs(text: str) -> bool:
        return " ".join(text.split()) in texts or plan.needles.inside(text)

    for label in session.scalars(select(SignalLabel)):
        if theirs(label.text):
            session.delete(label)
    for tracker in session.scalars(select(Tracker)):
        for name in ("examples", "counterexamples"):
            kept = [text for text in getattr(tracker, name) if not theirs(text)]
            if len(kept) != len(getattr(tracker, name)):
                setattr(tracker, name, kept)


def _blot_words(session: Session, plan: Plan) -> None:
    """The names of the erased people in what others wrote about the account; for a whole account, all such notes."""
    for activity in session.scalars(select(Activity).where(Activity.account_id == plan.account_id)):
        activity.note = _left(plan, activity.note)
    for ticket in session.scalars(select(Ticket).where(Ticket.account_id == plan.account_id)):
        ticket.subject = _left(plan, ticket.subject)
    talks = session.scalars(
        select(Conversation).where(Conversation.kind == "customer", Conversation.account_id == plan.account_id)
    )
    for talk in talks:
        talk.title = _left(plan, talk.title)
        arrival = session.get(Arrival, talk.id)
        if arrival is not None:
            arrival.hints = [hint for hint in arrival.hints if not plan.needles.inside(hint)]
        for message in session.scalars(select(Message).where(Message.conversation_id == talk.id)):
            _blot_message(session, plan, message)


def _left(plan: Plan, text: str | None) -> str | None:
    if text is None or plan.whole_account:
        return None
    return plan.needles.blotted(text)


def _blot_message(session: Session, plan: Plan, message: Message) -> None:
    if message.author and plan.needles.inside(message.author):
        message.author = plan.needles.blotted(message.author)
    if not plan.needles.inside(message.text):
        return
    message.text = plan.needles.blotted(message.text)
    segment = session.get(Segment, message.id)
    if segment is not None:
        segment.words = []
    for signal in session.scalars(select(Signal).where(Signal.message_id == message.id)):
        signal.quote = message.text[signal.start : signal.end]


def _blank_people(session: Session, plan: Plan) -> int:
    """The people keep their rows, because deals and activities point to them, but nothing says who they are."""
    blanked = 0
    for some in _pieces(plan.contacts):
        for person in session.scalars(select(Contact).where(Contact.id.in_(some))):
            blanked += bool(person.name)
            person.name, person.title, person.email, person.phone, person.custom = "", None, None, None, {}
            if plan.needles.inside(person.external_id):
                person.external_id = f"erased:{person.id}"
    return blanked
