"""One family of errors. Each has a code; its words are in `core/locales/*/errors.yaml`."""

from typing import ClassVar


class DealhandError(Exception):
    """The root: a code that outsiders may match, and the parameters of its message."""

    code: ClassVar[str] = "bug"
    http_status: ClassVar[int] = 500

    def __init__(self, **params: object) -> None:
        self.params = params
        detail = ", ".join(f"{name}={value}" for name, value in params.items())
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class UserError(DealhandError):
    """What the person in front of the product can put right."""

    code = "bad_request"
    http_status = 400


class OperatorError(DealhandError):
    """What whoever runs the product can put right: settings, files, a database that is away."""

    code = "misconfigured"
    http_status = 503


class Bug(DealhandError):
    """What only we can put right."""

    code = "bug"
    http_status = 500


class NotSignedIn(UserError):
    """No valid token or cookie came with the request."""

    code = "not_signed_in"
    http_status = 401


class Forbidden(UserError):
    """The asker may not do or see this."""

    code = "forbidden"
    http_status = 403


class NotFound(UserError):
    """Nothing of that name or id is among what the asker may see."""

    code = "not_found"
    http_status = 404


class UnknownPerson(UserError):
    """No active person has that name."""

    code = "unknown_person"
    http_status = 404


class UnscopedQuery(Bug):
    """A statement reads records without an asker's scope."""

    code = "unscoped_query"


class ProblemList(OperatorError):
    """A file that configures the product has problems; all of them are in `problems`."""

    code = "problems"

    def __init__(self, what: str, problems: list[str]) -> None:
        super().__init__(what=what, problems="\n".join(f"- {problem}" for problem in problems))
        self.problems = problems
