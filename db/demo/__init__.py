"""The demo company: deterministic, bilingual, with planted phenomena."""
