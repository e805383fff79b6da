"""How the asker wants to be told, and when they are away."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.channels import CHANNELS
from core.errors import UserError
from db.company import load_company
from db.duties import absences_of, add_absence, end_absence
from db.engine import system_session
from db.preferences import USUAL_DIGEST, Wishes, set_wishes, wishes_of
from web.asker import Asker, Way
from web.parts import Parts, Shared
from web.problems import RESPONSES
from web.routes.links import Changed

router = APIRouter(prefix="/api/me", tags=["me"], responses=RESPONSES)
LARGEST = 2**31 - 1

Clock = Annotated[str | None, Field(max_length=20)]


class BadAbsence(UserError):
    """An absence ends before it begins, or is over already."""

    code = "absence_over"
    http_status = 422


class Preferences(BaseModel):
    """What a person said; null and no channels where they said nothing.

    Channels are in the order they are tried. Times are "22:00" in `time_zone`; `digest_at` may be "never".
    """

    model_config = ConfigDict(extra="forbid")

    channels: Annotated[list[str], Field(max_length=len(CHANNELS))] = []
    quiet_from: Clock = None
    quiet_to: Clock = None
    time_zone: Annotated[str | None, Field(max_length=100)] = None
    lang: Annotated[str | None, Field(max_length=10)] = None
    digest_at: Clock = None


class Defaults(BaseModel):
    """What holds where a person said nothing."""

    time_zone: str
    digest_at: str


class Held(Preferences):
    """What a person said, with what holds otherwise."""

    model_config = ConfigDict(extra="ignore")

    defaults: Defaults
    every_channel: list[str]


class Leave(BaseModel):
    """From when to when a person is away."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime
    reason: Annotated[str | None, Field(max_length=500)] = None


class AbsenceItem(BaseModel):
    """When the person is away."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: int
    from_: Annotated[datetime, Field(alias="from")]
    to: datetime
    reason: str | None


class Absences(BaseModel):
    """Absences that are not over, the next first."""

    items: list[AbsenceItem]


@router.get("/preferences")
def preferences(asker: Asker, parts: Shared) -> Held:
    """How the asker wants to be told."""
    return _held(asker.person_id, parts)


@router.put("/preferences")
def prefer(wanted: Preferences, asker: Asker, parts: Shared, way: Way) -> Held:
    """Keep it so from now on, in place of all that was said before."""
    said = {**wanted.model_dump(), "channels": tuple(dict.fromkeys(wanted.channels))}
    me = asker.person_id
    with system_session(parts.engine) as session:
        set_wishes(session, me, Wishes(**said), by=me, channel=way, now=parts.clock.now())
    return _held(me, parts)


@router.get("/absences")
def absences(asker: Asker, parts: Shared) -> Absences:
    """When the asker is away, now and later."""
    with system_session(parts.engine) as session:
        rows = absences_of(session, asker.person_id, parts.clock.now())
        items = [AbsenceItem(id=row.id, from_=row.from_at, to=row.to_at, reason=row.reason) for row in rows]
    return Absences(items=items)


@router.post("/absences", status_code=201)
def go(leave: Leave, asker: Asker, parts: Shared, way: Way) -> AbsenceItem:
    """Be away; nobody asks the asker to step in then. The same again is the same absence."""
    now, me = parts.clock.now(), asker.person_id
    if leave.to <= max(leave.from_, now):
        raise BadAbsence()
    with system_session(parts.engine) as session:
        made = add_absence(session, me, leave.from_, leave.to, reason=leave.reason, by=me, channel=way, now=now)
    return AbsenceItem(id=made, from_=leave.from_, to=leave.to, reason=leave.reason)


@router.delete("/absences/{absence_id}")
def stay(absence_id: Annotated[int, Path(ge=1, le=LARGEST)], asker: Asker, parts: Shared, way: Way) -> Changed:
    """Be there after all."""
    me = asker.person_id
    with system_session(parts.engine) as session:
        return Changed(changed=end_absence(session, me, absence_id, by=me, channel=way, now=parts.clock.now()))


def _held(person_id: int, parts: Parts) -> Held:
    with system_session(parts.engine) as session:
        wishes = wishes_of(session, person_id)
        zone = load_company(session).company.timezone
    return Held(
        channels=list(wishes.channels),
        quiet_from=wishes.quiet_from,
        quiet_to=wishes.quiet_to,
        time_zone=wishes.time_zone,
        lang=wishes.lang,
        digest_at=wishes.digest_at,
        defaults=Defaults(time_zone=zone, digest_at=USUAL_DIGEST),
        every_channel=list(CHANNELS),
    )
