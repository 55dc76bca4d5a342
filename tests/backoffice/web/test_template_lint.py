"""What the content policy would refuse, and what htmx 4 would silently ignore, is found in every template."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from backoffice.web.icons import svg

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*.html"))
SENDS = {"hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"}
TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


class Elements(HTMLParser):
    """Start tags with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(path: Path) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(TAG.sub("", path.read_text()))
    return parser.found


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER))


@pytest.mark.req("B-29")
@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_hold_nothing_that_the_policy_refuses(path):
    for tag, attributes in elements(path):
        assert tag != "style"
        assert "style" not in attributes
        assert tag != "script" or "src" in attributes or attributes.get("type") == "application/json"
        assert not [key for key in attributes if key.startswith(("on", "hx-on"))]
        assert not [
            value for value in attributes.values() if value and value.strip().startswith(("javascript:", "js:"))
        ]
        assert "[" not in (attributes.get("hx-trigger") or "")
        # Without quotes htmx 4 listens to an element called "closest", which is never there.
        assert "from:closest " not in (attributes.get("hx-trigger") or "")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_what_htmx_sends_names_its_own_target(path):
    for tag, attributes in elements(path):
        if SENDS & attributes.keys():
            assert "hx-target" in attributes, f"<{tag}> inherits no target in htmx 4"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_ask_no_other_host(path):
    for tag, attributes in elements(path):
        for key in ("src", "href", "action", "data-src", "hx-get", "hx-post"):
            if tag != "a":
                assert not re.match(r"(https?:)?//", attributes.get(key) or ""), f"<{tag} {key}>"


def test_every_icon_that_is_named_exists():
    sources = [*TEMPLATES, *(path for app in ("backoffice", "jackpots", "integrations", "reporting", "campaigns")
                             for path in (settings.BASE_DIR / app).rglob("web/**/*.py"))]  # fmt: skip
    used = {icon for path in sources for icon in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())}
    assert used
    for icon in sorted(used):
        assert "<svg" in svg(icon)
