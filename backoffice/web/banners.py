"""What every page says above its content, by the functions that backoffice.subscriptions.BANNERS names."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.tenancy.scope import Scope


@dataclass(frozen=True)
class Banner:
    """One line: what is the matter, where to act, and why."""

    text: str
    url: str
    why: str = ""


def banners(scope: Scope) -> list[Banner]:
    """Those of every app, in the order of the map."""
    found: list[Banner] = []
    for name in subscriptions.BANNERS:
        ask: Callable[[Scope], list[Banner]] = import_string(name)
        found += ask(scope)
    return found
