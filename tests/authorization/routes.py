"""Every route of the URLconf, found by walking it."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

READS = {"GET"}
UNASKED = {"head", "options", "trace"}


@dataclass(frozen=True, order=True)
class Route:
    """An address and a method. Unnamed routes are called by their address."""

    name: str
    method: str
    address: str

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def all_routes() -> list[Route]:
    """Each (name, method) once, in order."""
    found = {(route.name, route.method): route for route in _walk(get_resolver().url_patterns, "", "")}
    return sorted(found.values())


def _walk(patterns: list[Any], address: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        full = address + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, full, inner)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else full
            for method in _methods(pattern.callback):
                yield Route(name, method, full)


def _methods(callback: Any) -> set[str]:
    actions = getattr(callback, "actions", None)
    if actions:
        return {method.upper() for method in actions} - {"HEAD"}
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    if view is None:
        return set(inspect.getclosurevars(callback).nonlocals.get("request_method_list", READS))
    names = set(view.http_method_names) - UNASKED
    return {name.upper() for name in names if hasattr(view, name)} or READS
