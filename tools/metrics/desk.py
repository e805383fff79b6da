"""The desk where questions about numbers and records are answered, within what the asker may see."""

from sqlalchemy import Engine, select

from core.clock import Clock
from core.identity import Identity
from core.wording import Lang
from db.company import CompanyFacts, load_company
from db.engine import Reader, reader
from db.tables import CompanyRow
from tools.metrics.averages import count_beside, own_frame
from tools.metrics.catalogue import load_catalogue
from tools.metrics.charts import chart_of
from tools.metrics.compiler import count
from tools.metrics.frame import Frame, Refused
from tools.metrics.lexicon import Lexicon, LexiconCache
from tools.metrics.loaded import check_loaded, check_records_loaded
from tools.metrics.lookups import look_up
from tools.metrics.offers import with_offers
from tools.metrics.query import Answer, MetricQuery, Question, RecordQuery, Refusal
from tools.metrics.reader import read
from tools.metrics.receipts import Freshness, freshness, metric_receipts, record_receipt
from tools.metrics.rulings import rule
from tools.metrics.snapshots import check_snapshots

VERSION = select(CompanyRow.loaded_at)


class Desk:
    """Answers questions. Every answer is within the asker's scope, and says where its numbers came from."""

    def __init__(self, engine: Engine, clock: Clock, *, seconds: float = 10.0, rows: int = 1000) -> None:
        self._engine = engine
        self._clock = clock
        self._seconds = seconds
        self._rows = rows
        self._facts: CompanyFacts | None = None
        self._lexicons = LexiconCache()

    def run(self, identity: Identity, question: Question, lang: Lang) -> Answer:
        """The answer to a question that is understood; the rulings on who may ask what are decided here."""
        with reader(self._engine, identity, self._seconds) as rows:
            facts = self._fresh_facts(rows)
            return self._answer(self._frame(rows, facts), facts, question, lang)

    def ask(self, identity: Identity, question: str, lang: Lang, last: Question | None = None) -> Answer:
        """The answer to a question as it was typed; `last` is the question that a follow-up amends."""
        with reader(self._engine, identity, self._seconds) as rows:
            facts = self._fresh_facts(rows)
            frame = self._frame(rows, facts)
            lexicon = self._lexicons.get(rows, frame.catalogue, facts)
            found = read(question, lexicon, today=frame.today, identity=identity, lang=lang, last=last)
            if isinstance(found, Refusal):
                return Answer(found.status, refusal=found)
            return self._answer(frame, facts, found, lang)

    def lexicon(self, identity: Identity) -> Lexicon:
        """The words and names that mean something to this asker, as of the last load of records."""
        with reader(self._engine, identity, self._seconds) as rows:
            facts = self._fresh_facts(rows)
            return self._lexicons.get(rows, load_catalogue(facts), facts)

    def _fresh_facts(self, rows: Reader) -> CompanyFacts:
        version = rows.execute(VERSION).scalar()
        known = self._facts
        if known is None or version != known.version:
            known = load_company(rows)
            self._facts = known
        return known

    def _frame(self, rows: Reader, facts: CompanyFacts) -> Frame:
        return Frame(
            reader=rows,
            catalogue=load_catalogue(facts),
            company=facts.company,
            loaded=facts.loaded,
            today=self._clock.today(facts.company.timezone),
            rows=self._rows,
        )

    def _answer(self, frame: Frame, facts: CompanyFacts, question: Question, lang: Lang) -> Answer:
        fresh = freshness(frame, facts.version, self._clock.now())
        try:
            rule(frame, question)
            if isinstance(question, MetricQuery):
                return _numbers(frame, question, fresh, lang)
            return _records(frame, question, fresh, lang)
        except Refused as refused:
            refusal = with_offers(frame, question, refused.refusal, lang)
            return Answer(refusal.status, question, refusal=refusal)


def _numbers(frame: Frame, question: MetricQuery, fresh: Freshness, lang: Lang) -> Answer:
    check_loaded(frame, question, lang)
    check_snapshots(frame, question)
    counted = count(frame, question) if question.average is None else count_beside(frame, question)
    shown = frame if question.average is None else own_frame(frame)
    return Answer(
        status=counted.status,
        question=question,
        table=counted.table,
        receipts=metric_receipts(shown, question, counted.rows, fresh, lang),
        chart=chart_of(frame, question, counted.table),
    )


def _records(frame: Frame, question: RecordQuery, fresh: Freshness, lang: Lang) -> Answer:
    check_records_loaded(frame, question, lang)
    found = look_up(frame, question)
    return Answer(
        status=found.status,
        question=question,
        table=found.table,
        receipts=(record_receipt(frame, question, found.total, fresh, lang),),
    )
