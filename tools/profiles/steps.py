"""How far buying has come, by what a sentence says."""

from collections.abc import Iterator

from tools.profiles.hearing import Claim, Part
from tools.profiles.rules import says

FIRM = {"firm": "yes"}


def steps(part: Part) -> Iterator[Claim]:
    """What the sentence says of how far they are; `firm` counts whatever else is said."""
    text, quote = part.text, part.quote
    if says("stage.calm", text) and not part.question:
        yield Claim("stage", "at_risk", quote, 0.6, withdrawn=True)
    elif says("stage.at_risk", text) and not says("stage.at_risk_not", text):
        yield Claim("stage", "at_risk", quote, 0.6)
    if says("stage.undone", text):
        yield Claim("stage", "committed", quote, 0.6, withdrawn=True)
    elif not part.question and says("stage.committed", text) and not says("stage.committed_not", text):
        yield Claim("stage", "committed", quote, 0.7, FIRM)
    elif says("stage.settled", text) and not says("stage.committed_not", text):
        yield Claim("stage", "committed", quote, 0.6)
    if says("stage.paused", text) and not part.question:
        yield Claim("stage", "early", quote, 0.6, FIRM)
    elif says("stage.early", text):
        yield Claim("stage", "early", quote, 0.6)
    if says("stage.negotiating", text):
        yield Claim("stage", "negotiating", quote, 0.6)
    if says("stage.evaluating_firm", text):
        yield Claim("stage", "evaluating", quote, 0.6, FIRM)
    elif says("stage.evaluating", text):
        yield Claim("stage", "evaluating", quote, 0.5)
