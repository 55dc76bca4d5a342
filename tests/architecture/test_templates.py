"""Templates: nothing that the content security policy would stop, and nothing that htmx 4 would not inherit."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html"))
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
REQUESTS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
EVALUATED = re.compile(r"\[[^\]]*\]|^js:|javascript:")


def fault_of(tag: str, name: str, value: str) -> str:
    """What is wrong with one attribute; nothing is the empty text."""
    if name == "style":
        return "a style of its own"
    if name.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:"):
        return "a script of its own"
    if name.startswith("hx-") and name != "hx-select" and EVALUATED.search(value) and "closest" not in value:
        return f"{name}={value!r}, which would be evaluated"
    if name in {"src", "href", "action"} and re.match(r"(https?:)?//", value):
        return f"{name}={value!r}, another host"
    return ""


class Lint(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        faults = [fault for name, value in found.items() if (fault := fault_of(tag, name, value))]
        if tag == "style":
            faults.append("a style of its own")
        if tag == "script" and "src" not in found and found.get("type") != "application/json":
            faults.append("a script of its own")
        if any(name in found for name in REQUESTS) and "hx-target" not in found:
            faults.append("no hx-target, which htmx 4 does not inherit")
        self.faults += [f"{self.getpos()[0]}: <{tag}> has {fault}" for fault in faults]


def faults_of(text: str) -> list[str]:
    lint = Lint()
    lint.feed(TAGS.sub(lambda match: "x" * match.group().count("\n") or "x", text))
    return lint.faults


@pytest.mark.req("B-29")
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_holds_nothing_that_the_browser_would_refuse(path: Path) -> None:
    assert faults_of(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<div hx-get="/x" hx-swap="outerHTML">',
        '<div hx-get="/x" hx-target="this" hx-swap="innerHTML" hx-trigger="click[ctrlKey]">',
        '<div hx-on:click="x()">',
        '<img src="https://elsewhere.example/x.png">',
        '<link href="//elsewhere.example/x.css">',
    ],
)
def test_the_lint_finds_what_it_is_for(text: str) -> None:
    assert len(faults_of(text)) == 1
