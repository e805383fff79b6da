"""Why work did not succeed, as a value that outlives the process."""

from collections.abc import Mapping
from typing import Any

from core.errors import Bug, DealhandError


class Failed(Exception):
    """A step did not succeed; `code` and `params` are those of the error, whose words `explain` has.

    `final` is whether trying again is of no use.
    """

    def __init__(self, code: str, params: Mapping[str, Any], *, final: bool = True) -> None:
        self.code = code
        self.params = dict(params)
        self.final = final
        super().__init__(code)

    @classmethod
    def of(cls, error: Exception) -> "Failed":
        """What `error` comes to."""
        if isinstance(error, Failed):
            return error
        if isinstance(error, DealhandError):
            return cls(error.code, {name: _plain(value) for name, value in error.params.items()})
        return cls(Bug.code, {})


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
