"""Errors as RFC 9457 problem details, in the reader's language; a person in a browser gets a page instead."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from core.errors import DealhandError, UserError
from core.wording import Lang, explain, phrases, say
from web.language import language_of
from web.limiter import TooManyRequests
from web.pages import error_page

CODES = {404: "no_such_page", 405: "method_not_allowed", 413: "too_large", 422: "invalid"}


class CrossSite(UserError):
    """A request with our cookie that another site may have made."""

    code = "cross_site"
    http_status = 403


class Unavailable(UserError):
    """A part that the request needs is away."""

    code = "unavailable"
    http_status = 503


class SeveralAccounts(UserError):
    """More than one account of the asker's has that name."""

    code = "several_accounts"
    http_status = 409


class FieldProblem(BaseModel):
    """What is wrong with one field; `pointer` says where it is."""

    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable, the texts are for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Problem details",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def problem_of(error: DealhandError, lang: Lang) -> Problem:
    """The error as problem details. What only we can put right shows no detail of ours."""
    return Problem(
        title=_title(error.http_status, lang), status=error.http_status, detail=explain(error, lang), code=error.code
    )


def _title(status: int, lang: Lang) -> str:
    return phrases(lang).get(f"web.titles.{status}", HTTPStatus(status).phrase)


def wants_page(request: Request) -> bool:
    """Whether a person with a browser is looking, not a program."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


def respond(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response of the kind that was asked for."""
    lang = language_of(request)
    sent = {"Content-Language": lang, "Cache-Control": "no-store", **(headers or {})}
    if wants_page(request):
        return error_page(request, status=problem.status, title=problem.title, detail=problem.detail, headers=sent)
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=problem.status,
        headers=sent,
        media_type="application/problem+json",
    )


def _coded(request: Request, status: int, code: str, errors: list[FieldProblem] | None = None) -> Problem:
    lang = language_of(request)
    return Problem(
        title=_title(status, lang), status=status, detail=say(f"errors.{code}", lang), code=code, errors=errors
    )


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, DealhandError)
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooManyRequests) else {}
    if error.http_status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return respond(request, problem_of(error, language_of(request)), headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "bug")
    return respond(request, _coded(request, error.status_code, code), error.headers)


def _pointer(location: Sequence[int | str]) -> str:
    where, *path = location
    start = "#" if where == "body" else f"#{where}"
    return start + "".join(f"/{part}" for part in path)


def _field(found: Mapping[str, Any], lang: Lang) -> FieldProblem:
    kind = str(found["type"])
    known = phrases(lang).get(f"web.invalid.{kind}") or say("web.invalid.other", lang)
    limits = {name: value for name, value in found.get("ctx", {}).items() if isinstance(value, int | str)}
    return FieldProblem(pointer=_pointer(found["loc"]), code=kind, detail=known.format(**limits))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    lang = language_of(request)
    fields = [_field(found, lang) for found in error.errors()]
    return respond(request, _coded(request, 422, "invalid", fields))


def broken(request: Request) -> Response:
    """The response to what nobody foresaw: nothing of the inside shows."""
    return respond(request, _coded(request, 500, "bug"))


def add_handlers(app: FastAPI) -> None:
    """Answer every error of `app` with problem details."""
    app.add_exception_handler(DealhandError, _known)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
