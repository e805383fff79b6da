"""Finding a metric by what people call it."""

from rapidfuzz import fuzz, process

from core.language import fold
from tools.metrics.entries import Catalogue, Metric

CLOSE = 82.0
NEAR = 3


def find_metric(catalogue: Catalogue, name: str) -> Metric | None:
    """The metric that `name` is, contains, or is nearly."""
    said = fold(name).strip()
    words = _words(catalogue)
    if said in words:
        return catalogue.metrics[words[said]]
    padded = f" {said} "
    inside = [word for word in words if (f" {word} " if word.isascii() else word) in padded]
    if inside:
        return catalogue.metrics[words[max(inside, key=len)]]
    best = process.extractOne(said, words.keys(), scorer=fuzz.ratio)
    return catalogue.metrics[words[best[0]]] if best and best[1] >= CLOSE else None


def nearest_metrics(catalogue: Catalogue, name: str) -> list[Metric]:
    """The metrics whose words are most like `name`, the likest first."""
    words = _words(catalogue)
    ranked = process.extract(fold(name).strip(), words.keys(), scorer=fuzz.WRatio, limit=12)
    names = dict.fromkeys(words[word] for word, _, _ in ranked)
    return [catalogue.metrics[found] for found in list(names)[:NEAR]]


def _words(catalogue: Catalogue) -> dict[str, str]:
    """Every way to say a metric, to its name; a metric's own name and labels win."""
    said = {fold(word): name for name, metric in catalogue.metrics.items() for word in metric.words}
    named = {fold(label): name for name, metric in catalogue.metrics.items() for label in metric.labels.values()}
    return said | named | {name: name for name in catalogue.metrics}
