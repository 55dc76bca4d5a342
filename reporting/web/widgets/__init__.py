"""The widgets of the dashboard, one file each. A new one is a file here and its name in this list."""

from functools import cache

from django.utils.module_loading import import_string

from reporting.web.widget import Widget

NAMES = (
    "contributions",
    "winners",
    "opted_in",
    "ggr",
    "bets",
    "top_contributors",
    "top_wins",
    "top_net",
)


@cache
def widgets() -> tuple[Widget, ...]:
    """In the order of the page."""
    found: list[Widget] = [import_string(f"{__name__}.{name}.WIDGET") for name in NAMES]
    return tuple(found)
