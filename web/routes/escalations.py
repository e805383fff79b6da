"""Escalations over HTTP: who is to step in where, and the asker's word on it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.errors import NotFound
from core.escalations import EscalationView, Evidence, Outcome, Precision, Role, State, Wanted
from core.identity import Identity
from db.company import load_company
from db.conversations import find_conversation
from db.duties import able, habits_of
from db.engine import system_session
from db.escalation_views import count_asked
from db.evidence import find_said
from db.people import find_person
from db.recall import accounts_called
from web.asker import Asker, Way
from web.escalation_items import EscalationDetail, EscalationItem, PrecisionItem, items_of
from web.paging import BadCursor, open_cursor, seal_cursor
from web.parts import Parts, ReaderLang, Shared
from web.problems import RESPONSES, SeveralAccounts

router = APIRouter(prefix="/api/escalations", tags=["escalations"], responses=RESPONSES)
LARGEST = 2**31 - 1
TRIGGERS = {"console": "console", "api": "asked"}

Name = Annotated[str, Path(max_length=64)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Called = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Note = Annotated[str | None, Field(max_length=2000)]


class Sought(BaseModel):
    """Those of some states, of an account (name or id), all the asker may see or what concerns themselves."""

    state: Annotated[list[State], Field(max_length=10)] = []
    account: Annotated[str | None, Field(max_length=200)] = None
    whose: Literal["all", "mine"] = "all"
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class Page(BaseModel):
    """What waits for the asker's word, then the open ones by deadline, then the latest closed ones."""

    items: list[EscalationItem]
    cursor: str | None = None


class Quoted(BaseModel):
    """What the customer said; `message` is the id it came in with."""

    model_config = ConfigDict(extra="forbid")

    quote: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    kind: Annotated[str | None, Field(max_length=100)] = None
    message: Annotated[str | None, Field(max_length=1000)] = None


class Asking(BaseModel):
    """An escalation as a person asks for it; account and person by id or name, `conversation` by the outside's id."""

    model_config = ConfigDict(extra="forbid")

    account: Number | Called
    role: Role
    due: AwareDatetime
    cause: Called
    person: Number | Called | None = None
    appointment: AwareDatetime | None = None
    note: Note = None
    conversation: Annotated[str | None, Field(max_length=1000)] = None
    evidence: Annotated[list[Quoted], Field(max_length=20)] = []


class AskedFor(EscalationDetail):
    """What asking came to: `merged` if one was open for that cause and account already."""

    merged: bool


class Until(BaseModel):
    """When to ask again."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime


class Onward(BaseModel):
    """Who is to step in instead, by id or name."""

    model_config = ConfigDict(extra="forbid")

    person: Number | Called
    note: Note = None


class Ended(BaseModel):
    """How it went."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    note: Note = None


class CountItem(BaseModel):
    """In how many the asker is asked and has not answered."""

    asked: int


class ColleagueItem(BaseModel):
    """Someone who may be asked in a role; `away` now, with so many open escalations."""

    id: int
    name: str
    away: bool
    open: int
    skills: list[str]


class Colleagues(BaseModel):
    """Those who may be asked, by name."""

    items: list[ColleagueItem]


class Precisions(BaseModel):
    """How often each trigger was right."""

    items: list[PrecisionItem]


@router.get("")
def listed(asker: Asker, parts: Shared, sought: Annotated[Sought, Query()]) -> Page:
    """Those the asker may see."""
    skip, limit = _skip(sought.cursor), sought.limit
    account_id = None
    if sought.account is not None:
        found = accounts_called(parts.engine, asker, sought.account)
        if not found:
            return Page(items=[])
        account_id = _the_one(found, sought.account)
    views = parts.escalations.listed(
        asker,
        states=sought.state or None,
        account_id=account_id,
        mine=sought.whose == "mine",
        after=skip,
        limit=limit,
    )
    more = seal_cursor("", skip + limit) if len(views) > limit else None
    return Page(items=items_of(parts.engine, asker, views[:limit], EscalationItem), cursor=more)


@router.post("", status_code=201)
def ask(asking: Asking, asker: Asker, parts: Shared, way: Way, response: Response) -> AskedFor:
    """Have somebody step in; 200 and `merged` where one is open for that cause and account already."""
    opened = parts.escalations.open(asker, _wanted(asking, asker, parts, way), channel=way)
    response.headers["Location"] = f"/api/escalations/{opened.id}"
    if opened.merged:
        response.status_code = 200
    found = _detail(parts.escalations.view(asker, opened.id), asker, parts)
    return AskedFor(**dict(found), merged=opened.merged)


@router.get("/count")
def count(asker: Asker, parts: Shared) -> CountItem:
    """In how many the asker is asked and has not answered."""
    return CountItem(asked=count_asked(parts.engine, asker))


@router.get("/people")
def people(asker: Asker, parts: Shared, role: Role) -> Colleagues:
    """Who may be asked in a role."""
    now = parts.clock.now()
    with system_session(parts.engine) as session:
        found = able(session, role)
    return Colleagues(
        items=[
            ColleagueItem(id=one.id, name=one.name, away=one.away_at(now), open=one.load, skills=list(one.skills))
            for one in found
        ]
    )


@router.get("/precision")
def precision(asker: Asker, parts: Shared) -> Precisions:
    """How often each trigger was right, over what the asker may see."""
    return Precisions(items=[_precise(one) for one in parts.escalations.precision(asker)])


@router.get("/{escalation_id}")
def one(escalation_id: Name, asker: Asker, parts: Shared) -> EscalationDetail:
    """One escalation, or proposal of the asker's own, with its history."""
    return _detail(parts.escalations.view(asker, escalation_id), asker, parts)


@router.get(
    "/{escalation_id}/calendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, "description": "An iCalendar file"}},
)
def calendar(escalation_id: Name, asker: Asker, parts: Shared) -> Response:
    """The appointment for a calendar; 404 for one without a time."""
    file = parts.escalations.calendar(asker, escalation_id)
    headers = {"Content-Disposition": f'attachment; filename="dealhand-{escalation_id[:8]}.ics"'}
    return Response(file, media_type="text/calendar; charset=utf-8", headers=headers)


@router.post("/{escalation_id}/accept")
def accept(escalation_id: Name, asker: Asker, parts: Shared, way: Way) -> EscalationDetail:
    """The asker steps in."""
    return _detail(parts.escalations.accept(asker, escalation_id, channel=way), asker, parts)


@router.post("/{escalation_id}/snooze")
def snooze(escalation_id: Name, body: Until, asker: Asker, parts: Shared, way: Way) -> EscalationDetail:
    """Ask again later."""
    return _detail(parts.escalations.snooze(asker, escalation_id, body.until, channel=way), asker, parts)


@router.post("/{escalation_id}/handover")
def hand_over(escalation_id: Name, body: Onward, asker: Asker, parts: Shared, way: Way) -> EscalationDetail:
    """Another person is to step in instead."""
    parts.escalations.view(asker, escalation_id)
    person = _person(parts, body.person)
    done = parts.escalations.hand_over(asker, escalation_id, person, channel=way, note=body.note)
    return _detail(done, asker, parts)


@router.post("/{escalation_id}/resolve")
def resolve(escalation_id: Name, body: Ended, asker: Asker, parts: Shared, way: Way) -> EscalationDetail:
    """It is over; whether it was useful, and what happened."""
    done = parts.escalations.resolve(asker, escalation_id, body.outcome, channel=way, note=body.note)
    return _detail(done, asker, parts)


@router.post("/{escalation_id}/cancel")
def cancel(escalation_id: Name, asker: Asker, parts: Shared, way: Way) -> EscalationDetail:
    """It is not needed any more."""
    return _detail(parts.escalations.cancel(asker, escalation_id, channel=way), asker, parts)


@router.post("/{proposal_id}/confirm")
def confirm(proposal_id: Name, asker: Asker, parts: Shared, way: Way, lang: ReaderLang) -> EscalationDetail:
    """Yes to what was proposed to the asker; again changes nothing."""
    done = parts.escalations.decide(asker, proposal_id, confirmed=True, channel=way, lang=lang)
    return _detail(done, asker, parts)


@router.post("/{proposal_id}/decline")
def decline(proposal_id: Name, asker: Asker, parts: Shared, way: Way, lang: ReaderLang) -> EscalationDetail:
    """No to what was proposed to the asker; again changes nothing."""
    done = parts.escalations.decide(asker, proposal_id, confirmed=False, channel=way, lang=lang)
    return _detail(done, asker, parts)


def _detail(view: EscalationView, asker: Identity, parts: Parts) -> EscalationDetail:
    return items_of(parts.engine, asker, [view], EscalationDetail)[0]


def _precise(told: Precision) -> PrecisionItem:
    return PrecisionItem.model_validate(told, from_attributes=True)


def _wanted(asking: Asking, asker: Identity, parts: Parts, way: str) -> Wanted:
    account = _account(parts, asker, asking.account)
    with system_session(parts.engine) as session:
        zone = habits_of(session, asker.person_id).time_zone or load_company(session).company.timezone
    return Wanted(
        account_id=account,
        role=asking.role,
        cause=asking.cause.strip(),
        due_at=asking.due,
        time_zone=zone,
        trigger=TRIGGERS[way],
        person_id=None if asking.person is None else _person(parts, asking.person),
        appointment_at=asking.appointment,
        conversation_id=_conversation(parts, asker, asking.conversation),
        note=asking.note,
        evidence=tuple(_evidence(parts, asker, one, account) for one in asking.evidence),
    )


def _account(parts: Parts, asker: Identity, called: int | str) -> int:
    if isinstance(called, int):
        return called
    found = accounts_called(parts.engine, asker, called)
    if not found:
        raise NotFound(id=called)
    return _the_one(found, called)


def _the_one(found: tuple[int, ...], called: str) -> int:
    """The account that is called so; our own id comes before the outside's."""
    if called.isdecimal() and int(called) in found:
        return int(called)
    if len(found) > 1:
        raise SeveralAccounts(name=called, choices=", ".join(map(str, found)))
    return found[0]


def _person(parts: Parts, called: int | str) -> int:
    if isinstance(called, int):
        return called
    with system_session(parts.engine) as session:
        return find_person(session, called).person_id


def _conversation(parts: Parts, asker: Identity, external_id: str | None) -> int | None:
    return None if external_id is None else find_conversation(parts.engine, asker, external_id)


def _evidence(parts: Parts, asker: Identity, told: Quoted, account_id: int) -> Evidence:
    if told.message is None:
        return Evidence(told.quote, told.kind)
    said = find_said(parts.engine, asker, told.message, account_id)
    return Evidence(told.quote, told.kind, said.id, said.at)


def _skip(cursor: str | None) -> int:
    skip = open_cursor(cursor)[1] if cursor else 0
    if skip < 0:
        raise BadCursor()
    return skip
