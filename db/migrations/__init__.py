"""Alembic migrations of the unified data layer."""
