"""The guide's example of a kind: it is quoted as it is, its folder is all it needs, and it runs."""

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

import integrations.kinds
from backoffice import subscriptions
from integrations.kinds import registry
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult
from integrations.wire.raw import RawMessage
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds, counts_of, dead_reasons
from tests.kinds.club.kind import KIND
from tests.kinds.test_every_kind import messages

FOLDER = Path(__file__).parent / "club"
GUIDE = Path(settings.BASE_DIR) / "docs" / "guide" / "17-adding-a-kind.md"
HERE, THERE = "tests.kinds.club", "integrations.kinds.club"


def quoted(name: str) -> str:
    """A file of the folder as it stands in the guide, where the folder is among the kinds."""
    return (FOLDER / name).read_text(encoding="utf-8").replace(HERE, THERE)


@pytest.mark.parametrize("name", ["settings.py", "decode.py", "kind.py"])
def test_the_guide_quotes_what_is_tested(name: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert _plain(quoted(name)) in [_plain(block) for block in blocks]


def _plain(text: str) -> list[str]:
    """The lines, in any order of imports, which follows the name of the package."""
    lines = text.strip().splitlines()
    imports = sorted(line for line in lines if line.startswith(("from ", "import ")))
    return imports + [line for line in lines if not line.startswith(("from ", "import "))]


def test_a_folder_is_all_that_a_kind_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "club"
    copy.mkdir()
    for name in ("__init__.py", "settings.py", "decode.py", "kind.py"):
        (copy / name).write_text(quoted(name), encoding="utf-8")
    monkeypatch.setattr(integrations.kinds, "__path__", [*integrations.kinds.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "__file__", str(tmp_path / "registry.py"))
    try:
        found = registry.kinds.__wrapped__()
    finally:
        for name in [name for name in sys.modules if name.startswith(THERE)]:
            del sys.modules[name]
    assert {slug: kind.title for slug, kind in found.items()} == {"club": "Harbour Club"}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[PlayerMessage]:
    """The kind among the others, and what is handed over to whoever keeps players."""
    kept: list[PlayerMessage] = []

    def take(found: Sequence[PlayerMessage], _source: MessageSource, _now: datetime) -> list[PlayerResult]:
        kept.extend(found)
        return [PlayerResult("APPLIED") for _ in found]

    monkeypatch.setitem(registry.kinds(), "club", KIND)
    monkeypatch.setattr("tests.kinds.test_club.handler", take)
    monkeypatch.setitem(subscriptions.FEED_MESSAGES, "players.messages", "tests.kinds.test_club.handler")
    return kept


@pytest.mark.django_db
def test_it_is_submitted_approved_and_read(cast: Cast, taken: list[PlayerMessage]) -> None:
    feeds = Feeds(cast)
    set_kind_flag(Switch("thrilltech", "club", is_enabled=True), actor=SYSTEM, now=cast.now)
    feed = feeds.connected(kind="club", transport="replay", settings={"brand_id": "thrilltech:brand1"})
    owned = feeds.owned(feed, "club.visits")
    raws = messages(KIND, "mixed", 40)
    feeds.take(owned, *raws)
    feeds.take(owned, *raws[:3])
    assert counts_of(feed) == {"APPLIED": 39, "MISSING_FIELD": 1, "DUPLICATE": 3}
    assert dead_reasons(feed) == ["MISSING_FIELD"]
    assert (taken[1].event, taken[1].identifier_value) == ("club_member_visited", "player_00002")
    assert (taken[1].attributes, taken[1].channels) == ({"club_points": Decimal(1)}, {"email": True})


@pytest.mark.django_db
@pytest.mark.usefixtures("taken")
def test_it_has_its_pages(cast: Cast) -> None:
    set_kind_flag(Switch("thrilltech", "club", is_enabled=True), actor=SYSTEM, now=cast.now)
    client = Client()
    client.force_login(cast.admin)
    assert "Harbour Club" in client.get(reverse("marketplace")).content.decode()
    assert "club_points" in client.get(reverse("kind", args=["club"])).content.decode()
    form = client.get(reverse("integration_new", args=["club", "replay"])).content.decode()
    assert "The topic that the club lets you read." in form


def test_it_says_what_it_could_not_map() -> None:
    decoder = KIND.decoder({"brand_id": "thrilltech:brand1"})
    body = b'{"what":"visited","member":"m-1","at":1696723200,"points":"many"}'
    reading = decoder.decode(RawMessage(body=body, topic="club.visits", offset="1", is_positioned=True))
    message: PlayerMessage = reading.content  # type: ignore[union-attr]
    assert (message.attributes, message.ignored) == ({}, (("points", "NOT_OF_ITS_TYPE"),))


def handler(_messages: Sequence[PlayerMessage], _source: MessageSource, _now: datetime) -> list[PlayerResult]:
    """Replaced by the fixture."""
    raise AssertionError
