"""A company shaped like a plain CRM export, invented for these tests: its people, products and customers."""

from datetime import UTC, date, datetime

from core.company import Company, CustomField
from core.identity import Identity, Role
from db.company import CompanyFacts
from tools.metrics.catalogue import load_catalogue
from tools.metrics.lexicon.lexicon import Colleague, Lexicon, names_of, open_names
from tools.metrics.lexicon.names import Name, Names
from tools.metrics.lexicon.tokens import words_of

TODAY = date(2017, 12, 20)
MANAGERS = {
    "Rowan Ashby": "East",
    "Celia Marsh": "East",
    "Dustin Brock": "Central",
    "Melvin Marx": "Central",
    "Cara Loche": "West",
    "Summer Seward": "West",
}
REPS = {
    "Darcel Schlicht": "Melvin Marx",
    "Vicki Laflame": "Summer Seward",
    "Anna Snelling": "Dustin Brock",
    "Versie Hillbrand": "Dustin Brock",
    "Kami Bickner": "Summer Seward",
    "Cassey Cresswell": "Rowan Ashby",
    "Donn Cantrill": "Rowan Ashby",
    "Reed Clapp": "Rowan Ashby",
    "Boris Faz": "Rowan Ashby",
    "Corliss Cosmo": "Cara Loche",
    "Elease Gluck": "Cara Loche",
    "Hayden Neloms": "Celia Marsh",
    "Rosalina Dieter": "Celia Marsh",
    "Daniell Hammock": "Celia Marsh",
    "Anna Kessel": "Melvin Marx",
    "Markita Hansen": "Melvin Marx",
}
SERIES = {
    "GTX Basic": "GTX",
    "GTX Pro": "GTX",
    "GTX Plus Basic": "GTX",
    "GTX Plus Pro": "GTX",
    "MG Special": "MG",
    "MG Advanced": "MG",
    "GTK 500": "GTK",
}
ACCOUNTS = {
    "Acme Corporation": ("technology", "United States", None),
    "Betasoft": ("medical", "United States", None),
    "Cancor": ("retail", "Kenya", None),
    "Condax": ("medical", "United States", None),
    "Hottechno": ("software", "Romania", None),
    "Isdomain": ("software", "United States", "Acme Corporation"),
    "Konexis": ("technology", "Germany", None),
    "Rangreen": ("technology", "Panama", None),
    "Zumgold": ("retail", "Italy", "Bubba Group"),
    "Ganjaflow": ("retail", "Japan", None),
    "Xx-zobam": ("entertainment", "United States", None),
    "Blackzim": ("retail", "Brazil", None),
    "Green Plus": ("services", "United States", None),
    "Finhigh": ("finance", "Korea", None),
    "Dalttechnology": ("software", "Jordan", None),
    "Scottech": ("marketing", "Poland", None),
    "Zencorporation": ("technology", "China", None),
}
DEALS = {"1C1I7A6R": "1C1I7A6R", "Z063OYW0": "Z063OYW0"}
LOADED = {
    "deal": frozenset(
        {"stage", "close_date", "close_value", "engage_date", "list_price", "account", "product", "owner"}
    ),
    "account": frozenset({"name", "sector", "country", "parent"}),
    "product": frozenset({"name", "series", "list_price"}),
    "person": frozenset({"name", "region", "manager"}),
}


def people() -> tuple[Colleague, ...]:
    """One director, managers, reps, and a trainer."""
    found = [Colleague(1, "Dana Holt", Role.DIRECTOR, None, None, True)]
    ids = {}
    for number, (name, region) in enumerate(MANAGERS.items(), 2):
        ids[name] = number
        found.append(Colleague(number, name, Role.MANAGER, region, 1, True))
    for number, (name, manager) in enumerate(REPS.items(), 100):
        found.append(Colleague(number, name, Role.REP, MANAGERS[manager], ids[manager], False))
    return (*found, Colleague(900, "Tess Trainor", Role.TRAINER, None, 1, False))


COMPANY = Company(
    name="Classic",
    currency="USD",
    custom_fields=[
        CustomField(
            record="account",
            name="employees",
            type="number",
            words=["employees", "headcount of accounts", "员工数", "员工"],
        ),
        CustomField(
            record="account", name="year_established", type="number", words=["year established", "founded", "成立年份"]
        ),
    ],
)
FACTS = CompanyFacts(COMPANY, LOADED, datetime(2017, 12, 20, tzinfo=UTC))
_KEPT: dict[str, Lexicon] = {}


def identity(name: str) -> Identity:
    """One of the people, signed in."""
    one = next(person for person in people() if person.name == name)
    return Identity(one.id, one.name, one.role, one.region)


def lexicon(name: str, accounts: tuple[str, ...] | None = None) -> Lexicon:
    """The words of one of the people; who is no director sees only some accounts."""
    if name not in _KEPT or accounts is not None:
        _KEPT[name] = _lexicon(name, accounts)
    return _KEPT[name]


def _lexicon(name: str, accounts: tuple[str, ...] | None) -> Lexicon:
    catalogue = load_catalogue(FACTS)
    everything = identity(name).role is Role.DIRECTOR
    visible = accounts or tuple(ACCOUNTS if everything else list(ACCOUNTS)[:6])
    names = [*open_names(people(), catalogue, FACTS)]
    names += [Name("product", one, words_of(one)) for one in SERIES]
    names += [Name("series", one, words_of(one)) for one in dict.fromkeys(SERIES.values())]
    names += [Name("account", one, words_of(one)) for one in visible]
    for at, dimension in enumerate(("sector", "country", "parent")):
        values = dict.fromkeys(value for one in visible if (value := ACCOUNTS[one][at]))
        names += [name for value in values for name in names_of(dimension, value)]
    nothing = identity(name).role in (Role.TRAINER, Role.ADMIN)

    def find(said: str) -> tuple[str, ...]:
        return (DEALS[said.upper()],) if said.upper() in DEALS else ()

    return Lexicon(catalogue, FACTS, Names(names), people(), everything, nothing, find)
