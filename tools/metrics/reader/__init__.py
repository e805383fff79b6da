"""From a question in English, Chinese or both to one query."""

from tools.metrics.reader.reading import read

__all__ = ["read"]
