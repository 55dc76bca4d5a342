"""Addresses of lists, with the filters that a figure was counted with."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

Query = Iterable[tuple[str, str]]


def address(name: str, *args: object, query: Query = ()) -> str:
    """The address with its query, without what is empty; "" where there is no such page."""
    try:
        path = reverse(name, args=args or None)
    except NoReverseMatch:
        return ""
    asked = urlencode([(key, value) for key, value in query if value])
    return f"{path}?{asked}" if asked else path
