"""A question while it is being read."""

from dataclasses import dataclass, field, replace
from datetime import date

from core.identity import Identity
from core.periods import Period
from core.reply import Status
from core.wording import Lang
from tools.metrics.frame import Refused
from tools.metrics.lexicon.lexicon import Colleague, Lexicon
from tools.metrics.lexicon.tokens import words_of
from tools.metrics.lexicon.words import phrase_set
from tools.metrics.query import Average, Filter, MetricQuery, Operator, Order, Question, Refusal, Threshold
from tools.metrics.reader.items import Line

OPEN = frozenset({"prospecting", "engaging"})


def on_open_deals(filters: list[Filter]) -> list[Filter]:
    """Amounts of open deals are what they are expected to bring: few have a close value yet."""
    stages = next((one.values for one in filters if one.field == "stage" and one.op == "is"), ())
    if not stages or not set(stages) <= OPEN:
        return filters
    return [replace(one, field="expected_value") if one.field == "close_value" else one for one in filters]


@dataclass(slots=True)
class Draft:
    """What has been understood so far; the parts of a MetricQuery, and what only reading needs."""

    line: Line
    lexicon: Lexicon
    identity: Identity
    lang: Lang
    today: date
    last: Question | None = None
    metrics: list[str] = field(default_factory=list)
    group_by: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    period: Period | None = None
    compare: Period | None = None
    compare_values: bool = False
    average: Average | None = None
    having: list[Threshold] = field(default_factory=list)
    order: Order | None = None
    limit: int | None = None
    share: bool = False
    cumulative: bool = False
    distinct: str | None = None
    whole_company: bool = False

    @property
    def me(self) -> Colleague | None:
        """The asker among the colleagues."""
        return self.lexicon.person(self.identity.person_id)

    @property
    def inverse(self) -> bool:
        """Whether a metric is called by its opposite: the most discount is the lowest price realisation."""
        return any(words_of(item.text) in phrase_set("inverse") for item in self.line)

    def metric_query(self) -> MetricQuery:
        """The query as it stands."""
        return MetricQuery(
            metrics=tuple(dict.fromkeys(self.metrics)),
            group_by=tuple(dict.fromkeys(self.group_by)),
            filters=tuple(self._filters()),
            period=self.period,
            compare=self.compare,
            compare_values=self.compare_values,
            average=self.average,
            having=tuple(dict.fromkeys(self.having)),
            order=self.order,
            limit=self.limit,
            share=self.share,
            cumulative=self.cumulative,
            distinct=self.distinct,
            whole_company=self.whole_company,
        )

    def _filters(self) -> list[Filter]:
        if set(self.metrics) <= {"open_deals", "pipeline_value"}:
            opened = Filter("stage", "is", tuple(sorted(OPEN)))
            return [one for one in on_open_deals([*self.filters, opened]) if one is not opened]
        return on_open_deals(self.filters)

    def group(self, dimension: str) -> None:
        """Break the numbers down by this, too."""
        if dimension not in self.group_by:
            self.group_by.append(dimension)

    def filter(self, name: str, op: Operator, *values: str) -> None:
        """Keep rows by these values, together with others named of the same dimension."""
        for at, known in enumerate(self.filters):
            if known.field == name and known.op == op and op in ("is", "is_not"):
                more = tuple(value for value in values if value not in known.values)
                self.filters[at] = Filter(name, op, (*known.values, *more))
                return
        self.filters.append(Filter(name, op, values))

    def filtered(self, name: str, op: Operator = "is") -> Filter | None:
        """The filter on this dimension."""
        return next((one for one in self.filters if one.field == name and one.op == op), None)

    def refuse(self, status: Status, reason: str, offers: tuple[str, ...] = (), **params: str) -> Refused:
        """The refusal to raise."""
        return Refused(Refusal(status, reason, params, offers))

    def label(self, metric: str) -> str:
        """What a metric is called in the asker's language."""
        return self.lexicon.catalogue.metrics[metric].labels[self.lang]
