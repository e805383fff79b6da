"""Suites that measure a part of the product directly, beside the turns."""
