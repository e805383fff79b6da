"""The chat page."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web.asker import find_asker
from web.language import language_of
from web.pages import page, script_data
from web.parts import Parts, Shared
from web.routes.me import describe

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, parts: Shared) -> Response:
    """A new chat; to the sign-in page for who is not signed in."""
    return _chat(request, parts)


@router.get("/t/{thread_id}")
def thread(request: Request, parts: Shared) -> Response:
    """The page with one thread open; the page itself asks for what was said."""
    return _chat(request, parts)


def _chat(request: Request, parts: Parts) -> Response:
    asker = find_asker(request)
    if asker is None:
        return RedirectResponse("/sign-in", status_code=303)
    lang = language_of(request)
    me = describe(asker, parts, lang)
    data = script_data(parts.names(lang), me.currency, me.timezone, lang, "console", "desk", now=parts.clock.now())
    return page(request, "chat.html", {"me": me, "here": "chat", "data": data})
