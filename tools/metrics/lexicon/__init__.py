"""Which words mean what, for one company and one asker."""

from tools.metrics.lexicon.lexicon import Lexicon, LexiconCache, build_lexicon

__all__ = ["Lexicon", "LexiconCache", "build_lexicon"]
