"""Rules of the house that a linter does not know, held against the source."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, Function, Source, attributes, names, sources

LINES, FUNCTION_LINES = 300, 50
RATCHET: dict[str, int] = json.loads((Path(__file__).parent / "ratchet.json").read_text())


def test_calls_go_down_and_events_go_up() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_and_functions_stay_small() -> None:
    found = {}
    for source in sources():
        lines = len(source.text.splitlines())
        if lines > LINES:
            found[source.path] = lines
        for function in source.functions():
            length = (function.end_lineno or 0) - function.lineno + 1
            if length > FUNCTION_LINES:
                found[f"{source.path}:{function.name}"] = length
    assert {name: lines for name, lines in found.items() if lines > RATCHET.get(name, 0)} == {}


def test_facts_travel_by_events_and_not_by_signals() -> None:
    pattern = re.compile(r"django\.(db\.models\.signals|dispatch|core\.signals|test\.signals|contrib\.auth\.signals)")
    assert [source.path for source in sources() if pattern.search(source.text)] == []


PURE_OF_FLOATS = re.compile(
    r"^(jackpots/(rules|operations|queries|models|handlers|randomness|api(?!/schema)|edge)|reporting/(rules|operations|queries|models)"
    r"|integrations/(wire|kinds)|backoffice/core/(money|json|ids)\.py)"
)
MONEY_WORDS = re.compile(r"micros|amount|wager|odds|share|rate\b|multiplier|price|seed|pot_value|ppm")


def floats_of(node: ast.AST) -> Iterator[int]:
    for inner in ast.walk(node):
        is_literal = isinstance(inner, ast.Constant) and isinstance(inner.value, float)
        is_name = isinstance(inner, ast.Name) and inner.id == "float"
        is_field = isinstance(inner, ast.Attribute) and inner.attr == "FloatField"
        if is_literal or is_name or is_field:
            yield getattr(inner, "lineno", 0)


def test_no_float_comes_near_money_or_odds() -> None:
    found = []
    for source in sources():
        for statement in ast.walk(source.tree):
            if not isinstance(statement, ast.stmt) or isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.With):
                continue
            if isinstance(statement, ast.AsyncFunctionDef | ast.For | ast.If | ast.While | ast.Try):
                continue
            lines = list(floats_of(statement))
            text = ast.unparse(statement)
            if lines and PURE_OF_FLOATS.match(source.path) and MONEY_WORDS.search(text):
                found.append(f"{source.path}:{lines[0]} {text[:80]}")
    assert found == []
    fields = [s.path for s in sources() if "FloatField" in s.text]
    assert fields == []


OUTWARDS = {"delay", "apply_async", "send_task", "urlopen", "xadd", "group_send", "basic_publish"}


def atomic_blocks(source: Source) -> Iterator[ast.AST]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.With) and any("atomic" in attributes(item.context_expr) for item in node.items):
            yield node
        if isinstance(node, ast.FunctionDef) and any("atomic" in attributes(one) for one in node.decorator_list):
            yield node


def calls_outwards(block: ast.AST) -> Iterator[str]:
    for node in ast.walk(block):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in OUTWARDS:
            yield f"{node.lineno}: .{node.func.attr}()"
        if node.func.attr == "send" and "client" in {*names(node.func), *attributes(node.func)}:
            yield f"{node.lineno}: client.send()"


def is_deferred(block: ast.AST, line: str) -> bool:
    number = int(line.partition(":")[0])
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "on_commit"
        and node.lineno <= number <= (node.end_lineno or 0)
        for node in ast.walk(block)
    )


def test_nothing_is_sent_and_no_task_is_enqueued_inside_a_transaction() -> None:
    found = [
        f"{source.path}:{call}"
        for source in sources()
        for block in atomic_blocks(source)
        for call in calls_outwards(block)
        if not is_deferred(block, call)
    ]
    assert found == []


def test_the_search_for_calls_outwards_finds_one() -> None:
    text = "with transaction.atomic():\n    task.delay(1)\n    transaction.on_commit(lambda: task.delay(2))\n"
    source = Source("x.py", text, ast.parse(text))
    (block,) = atomic_blocks(source)
    calls = list(calls_outwards(block))
    assert [is_deferred(block, call) for call in calls] == [False, True]


ONE_ROW = {"get", "first", "earliest", "latest"}
EVALUATED = {"get", "first", "iterator", "exists", "count", "in_bulk", "values_list", "all", "update"}


def locks_of(source: Source) -> Iterator[tuple[Function, ast.Call]]:
    for function in source.functions():
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "select_for_update":
                yield function, node


def test_rows_are_locked_in_an_order_and_the_lock_is_taken() -> None:
    found = []
    for source in sources():
        for function, lock in locks_of(source):
            used = attributes(function)
            is_ordered = bool(used & {"order_by", *ONE_ROW})
            is_evaluated = bool(used & EVALUATED) or bool(names(function) & {"list", "next", "tuple", "dict", "set"})
            is_evaluated = is_evaluated or any(isinstance(n, ast.For | ast.comprehension) for n in ast.walk(function))
            is_evaluated = is_evaluated or any(isinstance(n, ast.Return) for n in ast.walk(function))
            if not (is_ordered and is_evaluated):
                found.append(f"{source.path}:{lock.lineno}")
    assert found == []


def test_a_file_of_operations_is_called_after_its_operation() -> None:
    found = {}
    for source in sources():
        path = Path(source.path)
        if path.parent.name != "operations" or path.name == "__init__.py":
            continue
        public = [n.name for n in source.tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
        if not any(path.stem in name for name in public):
            found[source.path] = public
    assert found == {}


@pytest.mark.parametrize("module", ["random", "requests", "httpx", "urllib.request", "http.client"])
def test_dice_and_the_network_have_one_door_each(module: str) -> None:
    pattern = re.compile(rf"^\s*(from {re.escape(module)} import|import {re.escape(module)}\b)", re.MULTILINE)
    assert [source.path for source in sources() if pattern.search(source.text)] == []
