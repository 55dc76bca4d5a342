"""A jackpot that somebody has won, and everything the pages can show of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from jackpots.models import Contribution, Instance, PotCycle, Source, Template, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.create_template import create_template
from tests.cast import (
    SYSTEM,
    Cast,
    House,
    forget_what_ids_stand_for,
    probability_pot,
    quiet_draft,
    settled_cast,
    sure_draft,
    value_pot,
)
from tests.jackpots.operations.answers import accepted
from tests.snapshot import made_once


@dataclass
class Scene:
    """One operator's jackpot that was just won, its source, and a draft."""

    house: House
    instance: Instance
    source: Source
    draft: Template
    contribution: Contribution
    win: Win

    @property
    def ended(self) -> PotCycle:
        """The cycle that the win ended."""
        return PotCycle.objects.get(pot=self.win.pot, cycle=self.win.cycle)

    @property
    def running(self) -> PotCycle:
        """The cycle of another pot, or of the same one, that runs."""
        return PotCycle.objects.get(pot=self.win.pot, cycle=self.win.cycle + 1)

    def addresses(self) -> dict[str, str]:
        """Every page of jackpots that belongs to this scene, by the name of its url."""
        by_key: dict[str, dict[str, Any]] = {
            "instance_id": {"instance_id": self.instance.pk},
            "template_id": {"template_id": self.draft.pk},
            "source_key": {"source_key": self.source.pk},
            "contribution_id": {"contribution_id": self.contribution.pk},
            "win_id": {"win_id": self.win.pk},
            "cycle_id": {"cycle_id": self.ended.pk},
            "transfer_id": {"transfer_id": self.contribution.transfer_id},
        }
        named = {name: reverse(name, kwargs=by_key[key]) for name, key in OBJECT_PAGES.items()}
        both = {"source_key": self.source.pk, "instance_id": self.instance.pk}
        return {**named, "source_unmap": reverse("source_unmap", kwargs=both)}


OBJECT_PAGES = {
    **dict.fromkeys(
        (
            "instance", "instance_pots", "instance_contributions", "instance_winners", "instance_draws",
            "instance_schedule", "instance_history", "instance_pause", "instance_resume", "instance_activate",
            "instance_terminate", "instance_boost", "instance_boost_refund", "instance_switch", "instance_sweep",
            "instance_links", "instance_rounds", "instance_credits",
        ),
        "instance_id",
    ),
    **dict.fromkeys(
        (
            "template", "template_versions", "template_instances", "template_history", "template_edit",
            "template_new_version", "template_publish", "template_delete", "template_simulation",
        ),
        "template_id",
    ),
    **dict.fromkeys(("source", "source_history", "source_map"), "source_key"),
    **dict.fromkeys(
        ("winner", "winner_history", "winner_withhold", "winner_settle", "winner_release", "winner_cancel"), "win_id"
    ),
    **dict.fromkeys(("draw", "draw_verify"), "cycle_id"),
    "contribution": "contribution_id",
    "transfer": "transfer_id",
}  # fmt: skip
LISTS = (
    "instances",
    "templates",
    "sources",
    "contributions",
    "winners",
    "draws",
    "currencies",
    "simulation_policy",
    "live",
    "raffles",
    "credits",
)
FORMS = ("instance_open", "template_new", "source_new", "currencies_edit", "live_suspend")
# About things that this scene has not; the authorization matrix tries them.
ELSEWHERE = {
    "instance_unlink", "live_resume", "pot", "round", "credits_settle", "credit_release", "credit_cancel",
}  # fmt: skip


def build_scene(house: House) -> Scene:
    """A jackpot of two pots, of which every contribution wins one; one contribution, one win, one draft."""
    sure = probability_pot("main", one_in=1, position=1, share_ppm=400_000)
    slow = value_pot("slow", share_ppm=300_000)
    instance = house.open(sure_draft(house.operator.pk, name="Mega Lucky", pots=(slow, sure)))
    source = house.source_for(instance, source_id="lobby")
    accepted(contribute([house.request(source, "player_00042", currency="GBP")], now=house.now)[0])
    draft = create_template(
        quiet_draft(house.operator.pk, name="Next season"),
        scope=house.scope,
        created_by=house.staff["admin"],
        actor=SYSTEM,
        now=house.now,
    )
    contribution = Contribution.objects.get(operator=house.operator)
    return Scene(house, instance, source, draft, contribution, Win.objects.get(operator=house.operator))


def cast_and_scene(now: datetime) -> tuple[Cast, Scene]:
    """The cast, and the scene of its first operator."""
    everybody = settled_cast(now)
    return everybody, build_scene(everybody.house)


@pytest.fixture
def _made(request: pytest.FixtureRequest, db: None, now: datetime) -> tuple[Cast, Scene | None]:
    forget_what_ids_stand_for()
    if "scene" in request.fixturenames:
        return made_once(("cast and scene", now), lambda: cast_and_scene(now))
    return made_once(("cast", now), lambda: settled_cast(now)), None


@pytest.fixture
def cast(_made: tuple[Cast, Scene | None]) -> Cast:
    """Everybody; for who asks for the scene as well, as they are after it."""
    return _made[0]


@pytest.fixture
def scene(_made: tuple[Cast, Scene | None]) -> Scene | None:
    """The scene of the first operator."""
    return _made[1]


@pytest.fixture
def visit(cast: Cast) -> Callable[[str], Client]:
    """A browser of `admin`, `manager`, `approver`, `analyst`, `root` or `rival`."""

    def enter(who: str) -> Client:
        people: dict[str, StaffUser] = {**cast.house.staff, "root": cast.root, "rival": cast.rival_manager}
        client = Client()
        client.force_login(people[who])
        return client

    return enter


def download_of(answer: Any) -> str:
    """All of a streamed file."""
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def text_of(answer: Any) -> str:
    """The page, with lines and spaces made one space."""
    return unescape(" ".join(answer.content.decode().split()))
