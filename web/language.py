"""Which language the reader of a response wants."""

from fastapi import Request

from core.wording import LANGS, Lang

COOKIE = "dealhand_lang"


def _known(tag: str | None) -> Lang | None:
    short = (tag or "").strip().lower().split("-")[0]
    return next((lang for lang in LANGS if lang == short), None)


def _weight(part: str) -> float:
    _, _, quality = part.partition("q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


def accepted(header: str) -> Lang | None:
    """The best of our languages in an Accept-Language header: "zh-CN,zh;q=0.9,en;q=0.8" is zh."""
    for part in sorted(header.split(","), key=_weight, reverse=True):
        if _weight(part) > 0 and (lang := _known(part.partition(";")[0])):
            return lang
    return None


def language_of(request: Request) -> Lang:
    """What the address asks for, else what was chosen before, else what the browser prefers, else the setting."""
    return (
        _known(request.query_params.get("lang"))
        or _known(request.cookies.get(COOKIE))
        or accepted(request.headers.get("accept-language", ""))
        or request.app.state.parts.settings.lang
    )
