"""The whole life of a connection to IGT Lottery on a real Kafka: allowed, tried, submitted, approved by somebody else,
read, mended, disconnected.

With PICTURES_TO set, the pages on the way are kept in that folder, as docs/pictures were.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from backoffice.demo.definitions import PLATFORM_ADMIN
from tests.backoffice.web.browser import Visitor
from tests.browser.test_main_job import ADMIN, APPROVER, _until
from tests.kafka import KafkaCluster
from tests.site import Site

PATIENCE_MS = 60_000
READ = "SELECT coalesce(sum(seen_count), 0) FROM integrations_feedposition WHERE integration_id = %s"
STATE = "SELECT state FROM integrations_integration WHERE id = %s"
AT_MS = 1_696_723_200_000


@pytest.fixture
def cluster() -> Iterator[KafkaCluster]:
    made = KafkaCluster(f"lottery-{uuid4().hex[:6]}-")
    yield made
    made.close()


class Streams:
    """The partner's topics, and what it tells in them."""

    def __init__(self, cluster: KafkaCluster) -> None:
        self.cluster = cluster
        self.player = f"player_{uuid4().hex[:8]}"
        self.email = f"{self.player}@life.example"
        self.title = f"Lottery {uuid4().hex[:6]}"
        self.names = {word: cluster.create(word) for word in ("edraw", "second-chance", "command", "pdp")}

    def tell(self, event: str, minute: int, value: dict[str, Any] | None = None, **changes: Any) -> None:
        body = {"event": event, "player_id": self.player, "timestamp": AT_MS + minute * 60_000, "value": value or {}}
        body = {name: one for name, one in (body | changes).items() if one is not None}
        self.cluster.produce(self.names["command"], [json.dumps(body).encode()], keys=[self.player])


def keep(guest: Visitor, name: str) -> None:
    """A picture of the page as it stands, where pictures are asked for."""
    folder = os.environ.get("PICTURES_TO", "")
    if folder:
        guest.page.screenshot(path=str(Path(folder) / f"{name}.png"), animations="disabled")


def check(guest: Visitor) -> None:
    """The page as it stands: no violation, no sideways scrolling on a telephone."""
    assert guest.accessibility() == []
    guest.page.set_viewport_size({"width": 390, "height": 844})
    assert guest.overflow() <= 0
    guest.page.set_viewport_size({"width": 1440, "height": 900})


def allow(root: Visitor) -> None:
    """The platform switches the kind on, and the feature that it needs."""
    page = root.open("/office/kinds/")
    for title in ("IGT Lottery", "Subscription preferences"):
        enable = page.get_by_role("button", name=f"Enable {title} for ThrillTech", exact=False)
        enable.first.click()
        page.wait_for_load_state("load")
    check(root)


def fill(page: Page, streams: Streams, name: str, **changes: str) -> None:
    """What the form asks for; the cluster takes who does not log in."""
    page.locator("#id_security").select_option("plaintext")
    page.locator("#id_brand_id").select_option("thrilltech:brand1")
    page.locator("#id_is_command_connected").check()
    typed = {
        "name": name, "brokers": streams.cluster.bootstrap, "edraw_topic": streams.names["edraw"],
        "second_chance_topic": streams.names["second-chance"], "command_topic": streams.names["command"],
        "pdp_topic": streams.names["pdp"], "reason": "The lottery goes live.", **changes,
    }  # fmt: skip
    for field, text in typed.items():
        page.locator(f"#id_{field}").fill(text)


def submitted(page: Page) -> str:
    """The id of the integration."""
    page.get_by_role("button", name="Submit for approval").click()
    page.wait_for_url(re.compile(r"/office/integrations/[0-9a-f-]{36}/"))
    return page.url.rstrip("/").split("/")[-1]


def tried_and_submitted(admin: Visitor, streams: Streams) -> str:
    """From the card to the request, by way of a test of the connection and a dry run of real messages."""
    page = admin.open("/office/marketplace/")
    keep(admin, "marketplace")
    check(admin)
    page.get_by_role("link", name="Connect over Kafka").first.click()
    page.goto(re.sub(r"/new/\w+/", "/new/igtl/", page.url))
    fill(page, streams, streams.title)
    page.get_by_role("button", name="Test the connection").click()
    expect(page.locator("#probe")).to_contain_text("Reached", timeout=PATIENCE_MS)
    expect(page.locator("#probe")).to_contain_text(streams.names["command"])
    page.locator("#sample-topic").select_option(streams.names["command"])
    page.get_by_role("button", name="Read the last messages").click()
    expect(page.locator("#sample-place")).to_contain_text("nothing was committed", timeout=PATIENCE_MS)
    lines = page.locator(".dry-run")
    expect(lines).to_contain_text("igtl_player_registration", timeout=PATIENCE_MS)
    expect(lines).to_contain_text("igtl_state")
    expect(lines).to_contain_text("UNKNOWN_ATTRIBUTE")
    keep(admin, "connect")
    check(admin)
    return submitted(page)


def decided(admin: Visitor, approver: Visitor, key: str) -> None:
    """Refused to the author, seen with its evidence and approved by somebody else."""
    page = admin.open(f"/office/integrations/{key}/")
    page.get_by_role("link", name="Open the request").click()
    page.wait_for_url("**/office/approvals/**")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_text("somebody else decides")).to_be_visible()
    shown = approver.open(page.url.removeprefix(admin.base))
    expect(shown.get_by_text("igtl_player_registration").first).to_be_visible()
    expect(shown.locator(".digest code")).to_have_text(re.compile(r"^[0-9a-f]{12}…$"))
    keep(approver, "approval")
    check(approver)
    shown.get_by_role("button", name="Approve").click()
    expect(shown.get_by_text("Approved").first).to_be_visible()


@pytest.mark.timeout(600)
@pytest.mark.req(
    "IGT-01", "IGT-02", "IGT-04", "IGT-05", "IGT-18", "IGT-20", "IGT-21", "IGT-22", "IGT-23", "IGT-46", "B-21", "B-24"
)
def test_a_lottery_is_connected_read_mended_and_disconnected(enter, site: Site, cluster: KafkaCluster) -> None:
    streams = Streams(cluster)
    streams.tell("player_registration", 1, {"first_name": "Ada", "state": "NY", "email": streams.email, "odd": 1})
    allow(enter(PLATFORM_ADMIN))
    admin: Visitor = enter(ADMIN)
    approver: Visitor = enter(APPROVER)
    key = tried_and_submitted(admin, streams)
    decided(admin, approver, key)

    streams.tell("player_update", 2, {"state": "CA"})
    _until(site, READ, [key], lambda count: count == 2)
    page = admin.open("/office/players/")
    page.get_by_label("Start of an id").fill(streams.email[:15])
    page.locator("#player-rows").get_by_role("link", name=streams.player).click()
    expect(page.get_by_role("heading", name="Ada")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("igtl_state.*CA"))).to_be_visible()
    keep(admin, "player")
    check(admin)
    page.get_by_role("link", name="History").click()
    changed = page.get_by_role("row", name=re.compile("igtl_state.*NY.*CA"))
    expect(changed).to_contain_text(f"{streams.names['command']}/0/1")
    keep(admin, "player-history")
    check(admin)
    for tab in ("Channels", "Timeline"):
        page.get_by_role("navigation", name="Tabs").get_by_role("link", name=tab).click()
        page.wait_for_url(f"**/{tab.lower()}/**")
        check(admin)
    for path in ("", "attributes/", "channels/", "ignored/"):
        admin.open(f"/office/data/{path}")
        check(admin)
    expect(page.get_by_role("row", name=re.compile("odd")).first).to_be_visible()

    letter = _mended(admin, approver, streams, site, key)
    admin.open(f"/office/integrations/{key}/")
    expect(page.get_by_text("Where it reads")).to_be_visible()
    keep(admin, "live")
    check(admin)
    admin.open(f"/office/integrations/{key}/disconnect/")
    page.locator("#id_reason").fill("The lottery moved.")
    page.locator("#id_name").fill(streams.title)
    page.get_by_role("button", name="Disconnect").click()
    _until(site, STATE, [key], lambda state: state == "disconnected")
    assert letter
    for guest in (admin, approver):
        assert guest.complaints == []
        assert {host.split(":")[0] for host in guest.hosts} == {"127.0.0.1"}


def _mended(admin: Visitor, approver: Visitor, streams: Streams, site: Site, key: str) -> str:
    """A message that names its player otherwise lies among the dead letters until a copy with another identifier."""
    streams.tell("player_update", 3, {"state": "TX"}, player_id=None, email=streams.email)
    _until(site, READ, [key], lambda count: count == 3)
    page = admin.open(f"/office/dead-letters/?integration={key}")
    page.locator("tbody tr").first.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/office/dead-letters/\d+/"))
    letter = page.url
    expect(page.get_by_text("What would become of it if it were replayed now")).to_be_visible()
    keep(admin, "dead-letter")
    check(admin)
    admin.open(f"/office/integrations/{key}/copy/")
    page.locator("#id_identifier").select_option("email")
    page.locator("#id_start").select_option("latest")
    page.locator("#id_reason").fill("They name players by their addresses too.")
    copy = submitted(page)
    decided(admin, approver, copy)
    admin.open(f"{letter.removeprefix(admin.base)}replay/")
    page.locator("#id_through").select_option(label=f"{streams.title} (2)")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("Replayed: used")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{admin.base}/office/players/?q={streams.email}")
    page.locator("#player-rows").get_by_role("link", name=streams.player).click()
    expect(page.get_by_role("row", name=re.compile("igtl_state.*TX"))).to_be_visible()
    return letter
