"""Who the asker is, as the page and programs may show it."""

from fastapi import APIRouter
from pydantic import BaseModel

from core.identity import Identity, Role
from core.wording import Lang, say
from db.company import load_company
from db.engine import reader, system_session
from web.asker import Asker
from web.pages import under
from web.parts import Parts, ReaderLang, Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api", tags=["me"], responses=RESPONSES)


class Me(BaseModel):
    """The signed-in person, what they may see, and what they might ask first."""

    name: str
    role: Role
    role_label: str
    region: str | None
    region_label: str | None
    scope: str
    company: str
    currency: str
    timezone: str
    lang: Lang
    suggestions: list[str]


@router.get("/me")
def me(asker: Asker, parts: Shared, lang: ReaderLang) -> Me:
    """Who is asking, in the reader's language."""
    return describe(asker, parts, lang)


def describe(asker: Identity, parts: Parts, lang: Lang) -> Me:
    """The person as the page shows them."""
    with system_session(parts.engine) as session:
        company = load_company(session).company
    return Me(
        name=asker.name,
        role=asker.role,
        role_label=say(f"web.roles.{asker.role}", lang),
        region=asker.region,
        region_label=parts.names(lang).get(f"region={asker.region}", asker.region),
        scope=_scope(asker, parts, lang),
        company=company.name,
        currency=company.currency,
        timezone=company.timezone,
        lang=lang,
        suggestions=list(under(f"ask_first.{asker.role}", lang).values()),
    )


def _scope(asker: Identity, parts: Parts, lang: Lang) -> str:
    if asker.role is not Role.MANAGER:
        return say(f"web.scope.{asker.role}", lang)
    with reader(parts.engine, asker) as records:
        return say("web.scope.manager", lang, count=len(records.scope.people) - 1)
