"""What can be asked instead: whole questions, in the asker's language."""

from core.wording import Lang, phrases


def offers_for(reason: str, lang: Lang) -> tuple[str, ...]:
    """The questions offered with a refusal."""
    known = phrases(lang)
    found = [known.get(f"answers.offers.{reason}.{letter}") for letter in ("a", "b", "c")]
    return tuple(offer for offer in found if offer is not None)
