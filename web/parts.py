"""What every route may rely on, gathered once at start and handed over through the request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from core.clock import Clock
from core.ports import Assistant, Labels
from core.settings import Settings
from core.wording import Lang
from web.charts import Gallery
from web.language import language_of
from web.limiter import Limiter
from web.meters import Meters
from web.pages import under
from web.session import Cookies


@dataclass
class Parts:
    """The shared parts of one running app; `assistant` is there while the app runs."""

    settings: Settings
    engine: Engine
    clock: Clock
    cookies: Cookies
    limiter: Limiter
    meters: Meters
    gallery: Gallery
    labels: Labels
    assistant: Assistant | None = None

    def names(self, lang: Lang) -> Mapping[str, str]:
        """What columns are called in `lang`."""
        return {**under("columns", lang), **self.labels(lang)}


def parts_of(request: Request) -> Parts:
    """The parts of the app that serves `request`."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


Shared = Annotated[Parts, Depends(parts_of)]
ReaderLang = Annotated[Lang, Depends(language_of)]
