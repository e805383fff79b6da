"""What the agent may ask of the records: questions, definitions, and what can be asked."""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Protocol

from langchain.tools import ToolRuntime
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, StructuredTool

from core.identity import Identity
from core.reply import Status
from core.wording import Lang, say
from db.company import CompanyFacts
from tools.context import Turn
from tools.metrics.catalogue import load_catalogue
from tools.metrics.codec import Json, answer_to_json, question_from_json
from tools.metrics.display import Display, display_of
from tools.metrics.entries import Catalogue
from tools.metrics.query import Answer, Question
from tools.metrics.terms import find_metric, nearest_metrics

ASK, DEFINE, LIST = "ask_records", "define_metric", "list_metrics"
ROWS_FOR_MODEL = 20
Runtime = ToolRuntime[Turn, Any]
Facts = Callable[[], CompanyFacts]


class Asked(Protocol):
    """Whoever answers questions about records: the desk."""

    def ask(self, identity: Identity, question: str, lang: Lang, last: Question | None = None) -> Answer:
        """Read the question, then run it in the asker's scope."""
        ...


def metric_tools(desk: Asked, facts: Facts, described: Callable[[str], str], pool: Executor) -> list[BaseTool]:
    """The tools, over one desk. Questions run on `pool`, so that a slow query holds up nobody else's turn."""

    async def ask_records(question: str, runtime: Runtime) -> tuple[str, Json]:
        last = last_question(runtime.state["messages"])
        turn = runtime.context

        def work() -> tuple[str, Json]:
            return _told(desk.ask(turn.identity, question, turn.lang, last), question, facts(), turn.lang)

        return await asyncio.get_running_loop().run_in_executor(pool, work)

    async def define_metric(name: str, runtime: Runtime) -> tuple[str, Json]:
        return _definition(load_catalogue(facts()), name, runtime.context.lang)

    async def list_metrics(runtime: Runtime) -> tuple[str, Json]:
        return _list(load_catalogue(facts()), runtime.context.lang)

    functions: Mapping[str, Callable[..., Any]] = {ASK: ask_records, DEFINE: define_metric, LIST: list_metrics}
    return [
        StructuredTool.from_function(
            coroutine=function, name=name, description=described(name), response_format="content_and_artifact"
        )
        for name, function in functions.items()
    ]


def last_question(messages: list[Any]) -> Question | None:
    """What was last asked in a thread and understood; follow-ups amend it."""
    for message in reversed(messages):
        if isinstance(message, ToolMessage) and message.name == ASK and message.artifact:
            packed = message.artifact["answer"]["question"]
            if packed is not None:
                return question_from_json(packed)
    return None


def _told(answer: Answer, question: str, facts: CompanyFacts, lang: Lang) -> tuple[str, Json]:
    display = display_of(answer, load_catalogue(facts), facts.company.currency, lang)
    artifact = {
        "asked": question,
        "answer": answer_to_json(answer),
        "labels": display.labels,
        "values": display.values,
        "units": display.units,
        "currency": display.currency,
    }
    return json.dumps(_for_model(answer, display), ensure_ascii=False, separators=(",", ":")), artifact


def _for_model(answer: Answer, display: Display) -> Json:
    """What a model needs to word the answer, as people will read it, so that it has nothing to calculate."""
    told: Json = {"status": answer.status.value}
    if answer.refusal is not None:
        told["why"] = refusal_text(answer, display.lang)
        told["offers"] = list(answer.refusal.offers)
    if answer.table is not None:
        told["columns"] = [display.label(column.name) for column in answer.table.columns]
        told["rows"] = display.rows(answer.table, ROWS_FOR_MODEL)
        told["row_count"] = len(answer.table.rows)
    if answer.receipts:
        receipt = answer.receipts[0]
        told["period"] = receipt.period.label if receipt.period else None
        told["scope"] = receipt.scope
        told["receipts"] = [one.id for one in answer.receipts]
    return told


def refusal_text(answer: Answer, lang: Lang) -> str:
    """Why there is no number, in words."""
    assert answer.refusal is not None
    return say(f"answers.{answer.refusal.reason}", lang, **answer.refusal.params)


def _definition(catalogue: Catalogue, name: str, lang: Lang) -> tuple[str, Json]:
    metric = find_metric(catalogue, name)
    artifact: Json
    if metric is None:
        near = [found.labels[lang] for found in nearest_metrics(catalogue, name)]
        artifact = {"status": Status.UNDEFINED.value, "name": name, "near": near}
    else:
        artifact = {
            "status": Status.ANSWERED.value,
            "metric": metric.name,
            "label": metric.labels[lang],
            "definition": metric.definitions[lang],
            "owner": metric.owner,
        }
    return json.dumps(artifact, ensure_ascii=False), artifact


def _list(catalogue: Catalogue, lang: Lang) -> tuple[str, Json]:
    artifact = {
        "status": Status.ANSWERED.value,
        "metrics": [
            {"label": one.labels[lang], "definition": one.definitions[lang]} for one in catalogue.metrics.values()
        ],
        "dimensions": [one.labels[lang] for one in catalogue.dimensions.values()],
    }
    return json.dumps(artifact, ensure_ascii=False), artifact
