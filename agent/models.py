"""Every model the assistant can think with: `builtin`, or `openai:NAME` at any address that speaks that protocol."""

from collections.abc import Callable

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from core.errors import OperatorError
from core.settings import Settings

BUILTIN = "builtin"


class UnknownModel(OperatorError):
    """The settings name a model that does not exist."""

    code = "unknown_model"


def client_faults() -> tuple[type[Exception], ...]:
    """What the client of a configured model raises of its own."""
    from openai import OpenAIError  # noqa: PLC0415 (heavy, and needless where no model is configured)

    return (OpenAIError,)


def _openai(name: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 (the same)

    seconds = settings.model_timeout_seconds
    return ChatOpenAI(
        model=name,
        base_url=settings.openai_base_url,
        api_key=settings.openai_api_key or SecretStr("none"),
        max_retries=0,
        timeout=seconds,
        stream_chunk_timeout=seconds,
        stream_usage=False,
        # Some of OpenAI's own models refuse a temperature; small models at one's own address need it.
        temperature=0 if settings.openai_base_url else None,
    )


MODELS: dict[str, Callable[[str, Settings], BaseChatModel]] = {"openai": _openai}


def open_model(settings: Settings) -> BaseChatModel | None:
    """The configured model; None for the built-in planner."""
    if settings.model == BUILTIN:
        return None
    kind, _, name = settings.model.partition(":")
    if kind not in MODELS or not name:
        raise UnknownModel(model=settings.model, models=", ".join([BUILTIN, *(f"{kind}:NAME" for kind in MODELS)]))
    return MODELS[kind](name, settings)
