"""Rendering of templates: escaped, strict about missing names, worded in the reader's language."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.wording import LANGS, Lang, phrases, say
from web.language import COOKIE, language_of

TEMPLATES = Path(__file__).parent / "templates"
YEAR = 365 * 24 * 3600


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def wording(lang: Lang) -> Callable[..., str]:
    """A function that says `web.<key>` in `lang`."""

    def words(key: str, **params: object) -> str:
        return say(f"web.{key}", lang, **params)

    return words


def under(key: str, lang: Lang) -> dict[str, str]:
    """Every phrase below `web.<key>`, by what follows it."""
    prefix = f"web.{key}."
    return {name.removeprefix(prefix): text for name, text in phrases(lang).items() if name.startswith(prefix)}


def script_data(names: Mapping[str, str], currency: str, zone: str, lang: Lang, *areas: str, now: datetime) -> str:
    """What a page's script needs to know, with every phrase of `areas` and the time by our clock; safe inside a script
    element. `zone` is the company's."""
    words = under("page", lang)
    for area in areas:
        words |= {
            name.removeprefix(f"{area}."): text for name, text in phrases(lang).items() if name.startswith(f"{area}.")
        }
    data = {
        "lang": lang,
        "currency": currency,
        "zone": zone,
        "now": now.isoformat(),
        "words": words,
        "columns": dict(names),
    }
    return json.dumps(data, ensure_ascii=False).replace("<", r"\u003c")


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page in the reader's language; `?lang=` is remembered."""
    lang = language_of(request)
    settings = request.app.state.parts.settings
    other = next(tag for tag in LANGS if tag != lang)
    html = (
        _templates()
        .get_template(template)
        .render(lang=lang, other=other, t=wording(lang), path=request.url.path, **(context or {}))
    )
    response = HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
    response.headers["Content-Language"] = lang
    if request.query_params.get("lang") == lang:
        secure = request.url.scheme == "https" or (settings.public_url or "").startswith("https:")
        response.set_cookie(COOKIE, lang, max_age=YEAR, samesite="lax", secure=secure)
    return response


def error_page(
    request: Request, *, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """The page a person sees instead of problem details."""
    return page(request, "error.html", {"title": title, "detail": detail}, status=status, headers=headers)
