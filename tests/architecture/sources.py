"""The project's own Python files, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("backoffice", "jackpots", "integrations", "campaigns", "reporting")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    path: str
    text: str
    tree: ast.Module

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@lru_cache(maxsize=1)
def sources(*extra: str) -> tuple[Source, ...]:
    """Every file of the apps, migrations left out: they are history."""
    found = []
    for app in (*APPS, *extra):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text()
                found.append(Source(str(path.relative_to(ROOT)), text, ast.parse(text)))
    return tuple(found)


def attributes(node: ast.AST) -> set[str]:
    """The names of all attributes in a piece of code: {"objects", "filter", "first"}."""
    return {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def names(node: ast.AST) -> set[str]:
    """All plain names in a piece of code."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
