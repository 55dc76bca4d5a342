"""Rows that are not there."""

from collections.abc import Callable
from typing import TypeVar

from django.http import Http404

from backoffice.core.errors import Refusal

Found = TypeVar("Found")


def found_or_404(look: Callable[[], Found]) -> Found:
    """What the query finds; a row out of scope answers as one that is not there."""
    try:
        return look()
    except Refusal as refusal:
        if refusal.code == "NOT_FOUND":
            raise Http404(refusal.message) from None
        raise
