"""Who is asking: a bearer token, or the signed cookie of the page. Someone inactive is out at once."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from core.errors import NotSignedIn, UnknownPerson
from core.identity import Identity
from db.engine import system_session
from db.people import identify_token, identity_of
from web.parts import Parts, parts_of
from web.problems import CrossSite
from web.session import COOKIE

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer(request: Request) -> str | None:
    """The token of the Authorization header, if there is one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def refuse_cross_site(request: Request) -> None:
    """CrossSite unless the browser says that our own page sent this."""
    site = request.headers.get("sec-fetch-site")
    if site == "same-origin":
        return
    if site is not None or not _own_origin(request):
        raise CrossSite()


def _own_origin(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    public = parts_of(request).settings.public_url
    own = {request.url.netloc, urlsplit(public).netloc if public else request.url.netloc}
    return bool(origin) and urlsplit(origin).netloc in own


def cookie_person(request: Request) -> int | None:
    """The person the cookie was sealed for."""
    value = parts_of(request).cookies.get(request, COOKIE)
    person = value.get("person") if value else None
    return person if isinstance(person, int) else None


def find_asker(request: Request) -> Identity | None:
    """The signed-in person, or None; CrossSite if a cookie came with a change that our page did not send."""
    parts = parts_of(request)
    if token := bearer(request):
        with system_session(parts.engine) as session:
            return identify_token(session, token)
    person = cookie_person(request)
    if person is None:
        return None
    if request.method not in SAFE:
        refuse_cross_site(request)
    return _active(parts, person)


def _active(parts: Parts, person_id: int) -> Identity | None:
    with system_session(parts.engine) as session:
        try:
            return identity_of(session, person_id)
        except UnknownPerson:
            return None


def asker(request: Request) -> Identity:
    """The signed-in person; NotSignedIn if there is none."""
    found = find_asker(request)
    if found is None:
        raise NotSignedIn()
    return found


Asker = Annotated[Identity, Depends(asker)]


async def way_of(request: Request) -> str:
    """Through which channel the asker acts, as the records call it: a program with a token, or our pages."""
    return "api" if bearer(request) else "console"


Way = Annotated[str, Depends(way_of)]
