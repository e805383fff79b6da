"""Stretches of days, and the phrases in both languages that name them."""

from core.periods.period import Period

__all__ = ["Period"]
