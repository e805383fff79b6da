"""The demo company: deterministic, bilingual, with planted phenomena."""

from db.demo.load import holds_demo, is_demo, is_empty, load_demo

__all__ = ["holds_demo", "is_demo", "is_empty", "load_demo"]
