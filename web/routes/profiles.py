"""What we believe of an account, and people's word on it."""

from fastapi import APIRouter, Response

from core.profiles import Brief, Profile, Setting
from web.asker import Asker
from web.parts import ReaderLang, Shared
from web.problems import RESPONSES

router = APIRouter(prefix="/api/accounts/{account_id}", tags=["accounts"], responses=RESPONSES)


@router.get("/profile")
def profile(account_id: int, asker: Asker, parts: Shared, lang: ReaderLang) -> Profile:
    """Stage, health, value and facts of an account, from what the asker may see."""
    return parts.profiles.profile(asker, account_id, lang)


@router.get("/brief")
def brief(account_id: int, asker: Asker, parts: Shared, lang: ReaderLang) -> Brief:
    """One screen for a visit."""
    return parts.profiles.brief(asker, account_id, lang)


@router.post("/facts", status_code=201)
def correct(account_id: int, setting: Setting, asker: Asker, parts: Shared, response: Response) -> dict[str, int]:
    """Correct a fact, pin it, or take it back; the same again changes nothing."""
    fact = parts.profiles.correct(asker, account_id, setting)
    response.headers["Location"] = f"/api/accounts/{account_id}/profile"
    return {"id": fact}
