"""What is wrong with a template, for its author and for machines."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from backoffice.core.money import LIMIT_MICROS


class Problem(msgspec.Struct, frozen=True):
    """`field` is a path ("pots.minor.share_ppm"), `code` is for machines, `message` for people.

    An error keeps the template from being published; a warning only wants to be read.
    """

    field: str
    code: str
    message: str
    severity: Literal["error", "warning"] = "error"


def errors(problems: list[Problem]) -> list[Problem]:
    """Those that keep the template from being published."""
    return [problem for problem in problems if problem.severity == "error"]


def in_range(field: str, name: str, micros: int, *, positive: bool = False) -> Iterator[Problem]:
    """The problem of an amount that no row holds."""
    if not (1 if positive else 0) <= micros < LIMIT_MICROS:
        least = "above 0" if positive else "from 0"
        yield Problem(field, "out_of_range", f"{name} must be {least} to below 10^9 units.")
