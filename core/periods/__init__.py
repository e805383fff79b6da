"""Stretches of days, and the phrases in both languages that name them."""

from core.periods.calendar import EARLIEST, LATEST, buckets, period_named, unit_at
from core.periods.compare import Comparison, baseline
from core.periods.cues import ComparisonMatch, GrainMatch, find_comparison, find_grain, is_all_time
from core.periods.labels import label_of
from core.periods.period import Grain, Period
from core.periods.phrases import PeriodMatch, find_periods

__all__ = [
    "EARLIEST",
    "LATEST",
    "Comparison",
    "ComparisonMatch",
    "Grain",
    "GrainMatch",
    "Period",
    "PeriodMatch",
    "baseline",
    "buckets",
    "find_comparison",
    "find_grain",
    "find_periods",
    "is_all_time",
    "label_of",
    "period_named",
    "unit_at",
]
