"""Every kind there is: a folder beside this file with a module `kind` that holds `KIND`."""

from functools import cache
from importlib import import_module
from pathlib import Path

from integrations.kinds.base import Kind


@cache
def kinds() -> dict[str, Kind]:
    """Kinds by slug, in the order of their titles."""
    folders = sorted(path.parent.name for path in Path(__file__).parent.glob("*/kind.py"))
    found: list[Kind] = [import_module(f"integrations.kinds.{folder}.kind").KIND for folder in folders]
    return {kind.slug: kind for kind in sorted(found, key=lambda kind: kind.title)}


def kind_of(slug: str) -> Kind:
    """The kind, or KeyError."""
    return kinds()[slug]
