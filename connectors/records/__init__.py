"""Records from elsewhere: CSV, Excel and any SQL database, loaded by a mapping file."""

from connectors.records.check import MappingProblems
from connectors.records.loader import Progress, load
from connectors.records.report import FeedReport, ImportReport, Note

__all__ = ["FeedReport", "ImportReport", "MappingProblems", "Note", "Progress", "load"]
