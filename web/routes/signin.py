"""Ways in and out: one-time links, the demo company's people, signing out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.status import HTTP_303_SEE_OTHER

from core.errors import NotFound, UserError
from core.identity import Identity
from db import audit
from db.engine import system_session
from db.people import find_person, list_people, redeem_link
from web.asker import refuse_cross_site
from web.language import language_of
from web.pages import page
from web.parts import Parts, Shared
from web.session import COOKIE, LIFETIME

router = APIRouter(include_in_schema=False)
own_page = [Depends(refuse_cross_site)]


class DeadLink(UserError):
    """The sign-in link was used, is too old, or was never made."""

    code = "dead_link"
    http_status = 410


def signed_in(request: Request, parts: Parts, person: Identity, *, by: str) -> Response:
    """To the chat, with the cookie of `person`."""
    with system_session(parts.engine) as session:
        subject, now = f"person:{person.person_id}", parts.clock.now()
        audit.record(
            session, actor_id=person.person_id, action="person.sign_in", subject=subject, detail={"by": by}, now=now
        )
    response = RedirectResponse("/", status_code=HTTP_303_SEE_OTHER)
    parts.cookies.put(request, response, COOKIE, {"person": person.person_id}, lifetime=LIFETIME)
    return response


@router.get("/sign-in")
def choose(request: Request, parts: Shared) -> Response:
    """The ways in."""
    groups: dict[str, list[object]] = {}
    if parts.settings.demo:
        with system_session(parts.engine) as session:
            for person in list_people(session):
                groups.setdefault(person.role, []).append(person)
    names = parts.names(language_of(request)) if groups else {}
    return page(request, "signin.html", {"groups": groups, "names": names, "oidc": bool(parts.settings.oidc_issuer)})


@router.post("/sign-in/demo", dependencies=own_page)
def sign_in_demo(request: Request, parts: Shared, person: Annotated[str, Form(max_length=200)]) -> Response:
    """Sign in as anyone of the demo company; only there."""
    if not parts.settings.demo:
        raise NotFound()
    with system_session(parts.engine) as session:
        identity = find_person(session, person)
    return signed_in(request, parts, identity, by="demo")


@router.get("/sign-in/{secret}")
def confirm(request: Request) -> Response:
    """A button; a preview that opens the link does not use it up."""
    return page(request, "link.html", headers={"Referrer-Policy": "same-origin"})


@router.post("/sign-in/{secret}", dependencies=own_page)
def redeem(request: Request, parts: Shared, secret: str) -> Response:
    """Sign in whom the link was made for, once."""
    with system_session(parts.engine) as session:
        identity = redeem_link(session, secret, parts.clock.now())
    if identity is None:
        raise DeadLink()
    return signed_in(request, parts, identity, by="link")


@router.post("/sign-out", dependencies=own_page)
def sign_out(request: Request, parts: Shared) -> Response:
    """Forget the cookie."""
    response = RedirectResponse("/sign-in", status_code=HTTP_303_SEE_OTHER)
    parts.cookies.drop(request, response, COOKIE)
    return response
