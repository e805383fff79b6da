"""The demo company: deterministic, bilingual, with planted phenomena."""

from db.demo.load import is_empty, load_demo

__all__ = ["is_empty", "load_demo"]
