"""The company a load leaves behind: what the mapping says of it, with what was known before."""

from sqlalchemy import Engine

from connectors.records.mapping import Mapping
from core.company import Company
from db.company import load_company
from db.engine import system_session


def company_of(mapping: Mapping, said: Company | None, engine: Engine) -> Company:
    """The mapping's company, or the known one; custom fields of both, those of the mapping first."""
    with system_session(engine) as session:
        known = load_company(session).company
    company = said or known
    fields = {(one.record, one.name): one.model_dump() for one in known.custom_fields}
    fields |= {(one.record, one.name): one.model_dump() for one in company.custom_fields}
    for feed in mapping.records:
        for name, custom in feed.custom.items():
            key = (feed.record, name)
            words = [*fields.get(key, {}).get("words", []), *custom.words]
            fields[key] = {
                "record": feed.record,
                "name": name,
                "type": custom.type,
                "words": list(dict.fromkeys(words)),
            }
    return Company.model_validate({**company.model_dump(), "custom_fields": list(fields.values())})
