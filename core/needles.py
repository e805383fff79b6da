"""What points to a person in a text: a name, an address, a number; found and blotted out."""

import re
from collections.abc import Iterable

from phonenumbers import NumberParseException, parse

from core.language import CJK

BLOT = "█"


class Needles:
    """Finds any of some names, addresses and numbers, whatever the case; a Latin name only as a whole word."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(sorted({word.strip() for word in words if len(word.strip()) > 1}, key=len, reverse=True))
        self._pattern = re.compile("|".join(_pattern(word) for word in self.words), re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self.words)

    def inside(self, text: str | None) -> bool:
        """Whether the text names any of them."""
        return bool(self.words and text and self._pattern.search(text))

    def blotted(self, text: str) -> str:
        """The text with each of them made unreadable, and exactly as long."""
        return self._pattern.sub(lambda found: BLOT * len(found[0]), text) if self.words else text


def _pattern(word: str) -> str:
    """A number is found however its digits are grouped."""
    digits = re.sub(r"\D", "", word)
    if len(digits) > 6 and not re.search(r"[^\d\s()+.-]", word):
        country, rest = _country(word, digits)
        between = r"[\s().-]*"
        return rf"(?:\+?{between.join(country)}{between})?{between.join(rest)}" if country else between.join(rest)
    plain = r"\s+".join(re.escape(part) for part in word.split())
    return plain if re.search(f"[{CJK}]", word) else rf"(?<![^\W_]){plain}(?![^\W_])"


def _country(word: str, digits: str) -> tuple[str, str]:
    """The country code of an international number, and what follows it: it is often left out."""
    if not word.lstrip().startswith("+"):
        return "", digits
    try:
        rest = str(parse(word, None).national_number)
    except NumberParseException:
        return "", digits
    return digits.removesuffix(rest), rest
