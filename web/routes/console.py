"""The pages beside the chat: calls, the inbox, accounts, conversations, escalations, and one's own."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from core.errors import Forbidden
from core.identity import Role
from core.wording import say
from db.conversations import find_conversation, read_conversation
from db.places import SETS
from web.asker import find_asker
from web.language import language_of
from web.pages import page, script_data
from web.parts import Parts, Shared
from web.routes.me import describe

router = APIRouter(include_in_schema=False)
LARGEST = 2**31 - 1

OurId = Annotated[int, Path(ge=1, le=LARGEST)]
External = Annotated[str | None, Query(max_length=1000)]


@router.get("/calls")
def calls(request: Request, parts: Shared) -> Response:
    """Every call, and where a recording is handed in."""
    return _page(request, parts, "calls")


@router.get("/calls/{call_id}")
def call(request: Request, parts: Shared, call_id: str) -> Response:
    """One call; the page itself asks for it."""
    return _page(request, parts, "call", here="calls")


@router.get("/inbox")
def inbox(request: Request, parts: Shared) -> Response:
    """What came in."""
    return _page(request, parts, "inbox")


@router.get("/accounts")
def accounts(request: Request, parts: Shared) -> Response:
    """Accounts by name."""
    return _page(request, parts, "accounts")


@router.get("/accounts/{account_id}")
def account(request: Request, parts: Shared, account_id: OurId) -> Response:
    """One account; the page itself asks for it."""
    return _page(request, parts, "account", here="accounts")


@router.get("/escalations")
def escalations(request: Request, parts: Shared) -> Response:
    """Who is to step in where."""
    return _page(request, parts, "escalations", area="desk")


@router.get("/escalations/{escalation_id}")
def escalation(request: Request, parts: Shared, escalation_id: str) -> Response:
    """One escalation; the page itself asks for it."""
    return _page(request, parts, "escalation", here="escalations", area="desk")


@router.get("/channels")
def channels(request: Request, parts: Shared) -> Response:
    """How the assistant behaves where the team talks."""
    return _page(request, parts, "channels", area="team", only=SETS)


@router.get("/duties")
def duties(request: Request, parts: Shared) -> Response:
    """Who takes which role, and who is away."""
    return _page(request, parts, "duties", area="team", only=SETS)


@router.get("/me")
def you(request: Request, parts: Shared) -> Response:
    """One's accounts in the team's chat, preferences and absences."""
    return _page(request, parts, "you", area="desk")


@router.get("/conversations")
def find(
    request: Request, parts: Shared, external_id: External = None, message: External = None, t: External = None
) -> Response:
    """On to the conversation that came in under `external_id`, at that message or second."""
    asker = find_asker(request)
    if asker is None:
        return RedirectResponse("/sign-in", status_code=303)
    found = find_conversation(parts.engine, asker, external_id or "", message)
    return _go(f"/conversations/{found}", message=message, t=t)


@router.get("/conversations/{conversation_id}")
def conversation(
    request: Request, parts: Shared, conversation_id: OurId, message: External = None, t: External = None
) -> Response:
    """One conversation; on to the call if it was one."""
    asker = find_asker(request)
    if asker is None:
        return RedirectResponse("/sign-in", status_code=303)
    talk = read_conversation(parts.engine, asker, conversation_id, limit=1)
    if talk.call_id is not None:
        return _go(f"/calls/{talk.call_id}", message=message, t=t)
    return _page(request, parts, "conversation", here="inbox")


def _go(path: str, **params: str | None) -> Response:
    given = {name: value for name, value in params.items() if value}
    return RedirectResponse(f"{path}?{urlencode(given)}" if given else path, status_code=303)


def _page(
    request: Request,
    parts: Parts,
    name: str,
    *,
    here: str | None = None,
    area: str = "console",
    only: tuple[Role, ...] = tuple(Role),
) -> Response:
    asker = find_asker(request)
    if asker is None:
        return RedirectResponse("/sign-in", status_code=303)
    if asker.role not in only:
        raise Forbidden()
    lang = language_of(request)
    me = describe(asker, parts, lang)
    context = {
        "me": me,
        "here": here or name,
        "name": name,
        "heading": say(f"{area}.title.{_titled(name, asker.role)}", lang),
        "data": script_data(
            parts.names(lang),
            me.currency,
            me.timezone,
            lang,
            "console",
            "profiles",
            "desk",
            "team",
            now=parts.clock.now(),
        ),
    }
    return page(request, "console.html", context)


def _titled(name: str, role: Role) -> str:
    return "absences" if name == "duties" and role is not Role.ADMIN else name
