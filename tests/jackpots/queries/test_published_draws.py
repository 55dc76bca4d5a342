"""What is published of draws is enough to recompute them: the stand-alone script, run as anybody would run it."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from backoffice.tenancy.scope import Scope
from jackpots.models import Instance
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_deadlines import resolve_deadlines
from jackpots.queries.exported_draws import export_draws
from jackpots.rules.terms import PotTerms, PrizeTerms, StrategyTerms
from tests.cast import EUR, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

SCRIPT = Path(__file__).parents[3] / "static" / "verify" / "potluck_verify.py"
pytestmark = pytest.mark.django_db


def verify(*paths: Path) -> tuple[int, str]:
    """What the script says of these files, without anything of ours to import."""
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, paths)], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def jackpot(cast: Cast) -> Instance:
    """A jackpot with wins by value (uniform and weighted), by odds, and by having been armed."""
    seeds: dict[str, Any] = {"min_reseed_micros": EUR, "initial_seed_micros": EUR}
    pots = (
        value_pot("value", start=2, end=3, share_ppm=300_000, **seeds),
        value_pot("weighted", start=2, end=4, share_ppm=200_000, position=1, segments=(1, 2, 5), **seeds),
        probability_pot("odds", one_in=4, cost_per_attempt_micros=EUR // 2, share_ppm=200_000, position=2, **seeds),
    )
    opened = cast.house.open(quiet_draft(contribution_micros=EUR // 2, pots=pots))
    for _ in range(6):
        contribute([cast.house.request(opened) for _ in range(20)], now=cast.now)
    return opened


@pytest.fixture
def raffle(cast: Cast) -> Instance:
    """A raffle with a drawn round and one that runs."""
    prizes = (
        PrizeTerms(rank=1, kind="share", share_ppm=500_000),
        PrizeTerms(rank=2, kind="amount", amount_micros=5 * EUR, count=4),
    )
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes))
    for number in range(60):
        bet(cast.house, instance, f"p{number % 9}", 2 + number % 7, cast.now)
    resolved(instance, cast.now + HOUR)
    bet(cast.house, instance, "p1", 20, cast.now + HOUR + timedelta(seconds=1))
    return instance


@pytest.mark.req("B-10", "B-09", "B-17")
def test_everything_that_was_published_is_recomputed(
    cast: Cast, jackpot: Instance, raffle: Instance, tmp_path: Path
) -> None:
    paths = list(export_draws(cast.house.scope, tmp_path))
    code, said = verify(*paths)
    assert code == 0, said
    assert "everything as committed" in said
    assert "360 draws" not in said, "the draws of cycles that run are not told"
    assert "60 ranges of tickets" in said
    assert "5 raffle winners" in said
    assert "still sealed" in said
    assert jackpot.wins.count() > 3
    assert raffle.rounds.count() == 2
    assert list(export_draws(Scope("rival"), tmp_path / "rival")) == []


@pytest.mark.req("B-10", "G-17", "WIN-10")
def test_pots_by_time_deadlines_and_the_community_are_recomputed(cast: Cast, tmp_path: Path) -> None:
    seeds: dict[str, Any] = {"seed_share_ppm": 0, "min_reseed_micros": EUR, "initial_seed_micros": EUR}
    common: dict[str, Any] = {"kind": "time", "period_seconds": 3_600, "is_progressive": True, **seeds}
    pots = (
        PotTerms(code="instant", position=0, share_ppm=300_000, time_rule="first_after", **common),
        PotTerms(code="stake", position=1, share_ppm=300_000, time_rule="stake_weighted", **common),
    )
    strategies = (
        StrategyTerms(position=0, kind="active", share_ppm=300_000, count=3, hours=24),
        StrategyTerms(position=1, kind="lifetime", share_ppm=100_000, count=2),
    )
    draft = quiet_draft(contribution_micros=EUR, household_ppm=400_000, pots=pots, strategies=strategies)
    instance = cast.house.open(draft)
    for minute in (*range(5, 300, 7), *range(500, 700, 9)):
        contribute([cast.house.request(instance, f"p{minute % 11}")], now=cast.now + timedelta(minutes=minute))
        resolve_deadlines(now=cast.now + timedelta(minutes=minute, seconds=30))
    resolve_deadlines(now=cast.now + timedelta(minutes=800))
    causes = set(instance.wins.values_list("pot__code", "cause"))
    assert {("instant", "draw"), ("stake", "deadline")} <= causes
    paths = list(export_draws(cast.house.scope, tmp_path))
    code, said = verify(*paths)
    assert code == 0, said
    assert "community choices" in said
    won = next(path for path in paths if json.loads(path.read_text()).get("cause") == "deadline")
    for change, expected in (
        (lambda data: data.update(winner=data["contributions"][0]["id"] + "x"), "at the deadline"),
        (lambda data: data["community"][0].update(chosen=[10_000]), "are not those that were drawn"),
        (lambda data: data.update(secret="00" * 32), "not what was committed to"),
    ):
        status, told = _touched(won, change)
        assert status == 1, told
        assert expected in told
    assert_invariants()


@pytest.mark.req("B-10")
def test_nothing_that_is_published_names_a_player_or_tells_a_secret_too_early(
    cast: Cast, jackpot: Instance, raffle: Instance, tmp_path: Path
) -> None:
    for path in [*export_draws(cast.house.scope, tmp_path), *tmp_path.glob("*.txt")]:
        text = path.read_text()
        assert "player" not in text.replace("prizes_per_player", "")
        assert '"p1"' not in text
        assert "|p1" not in text
        if path.suffix == ".json":
            data = json.loads(text)
            assert (data["secret"] is None) == (data["ended"] is None)
            assert data["secret"] or not (data.get("contributions") or data.get("winners"))
    assert {jackpot.jackpot_type, raffle.jackpot_type} == {"Jackpot", "Raffle"}


def _touched(path: Path, change: Callable[[dict[str, Any]], object]) -> tuple[int, str]:
    """What the script says once the file has been changed; the file is as it was again."""
    before = path.read_text()
    data = json.loads(before)
    change(data)
    path.write_text(json.dumps(data))
    try:
        return verify(path)
    finally:
        path.write_text(before)


def _steps(data: dict[str, Any]) -> list[dict[str, Any]]:
    steps = [one for one in data["contributions"] if int(one["numerator"]) and int(one["denominator"]) > 1]
    return sorted(steps, key=lambda one: -int(one["denominator"]))


def _middle(data: dict[str, Any]) -> dict[str, Any]:
    """A draw with others before and after it, that was no hit."""
    return _steps(data)[1]


def _exported(directory: Path, instance: Instance, code: str) -> Path:
    """An ended cycle of the pot that has such a draw."""
    for number in range(1, 40):
        path = directory / f"{instance.pk}-{code}-{number}.json"
        if path.exists():
            data = json.loads(path.read_text())
            if data["secret"] and len(_steps(data)) >= 3 and not _middle(data)["hit"]:
                return path
    raise AssertionError("no cycle is long enough, so that nothing can be proved")


IN_CYCLES: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("odds", lambda data: data.update(secret="00" * 32), "not what was committed to"),
    ("odds", lambda data: _middle(data).update(number="0"), "published is 0"),
    ("odds", lambda data: _middle(data).update(hit=True), "is published as a hit"),
    ("odds", lambda data: _middle(data).update(numerator="2"), "the chance is"),
    ("odds", lambda data: data.update(winner=None), "its winner is None"),
    ("value", lambda data: data["contributions"].remove(_middle(data)), "the next chance is of"),
    ("weighted", lambda data: data["contributions"].remove(_middle(data)), "the next chance is of"),
]
IN_ROUNDS: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda data: data["winners"].reverse(), "published is ticket"),
    (lambda data: data["winners"].pop(), "there are 5 winners, published are 4"),
    (lambda data: data.update(root="00" * 32), "the root of the tickets is"),
    (lambda data: data.update(ticket_count=1), "published are 1"),
    (lambda data: data.update(secret="00" * 32), "not what was committed to"),
]


@pytest.mark.req("B-10")
def test_a_cycle_that_was_touched_is_found(cast: Cast, jackpot: Instance, tmp_path: Path) -> None:
    list(export_draws(cast.house.scope, tmp_path))
    for code, change, expected in IN_CYCLES:
        path = _exported(tmp_path, jackpot, code)
        assert verify(path)[0] == 0
        status, said = _touched(path, change)
        assert status == 1, said
        assert expected in said


@pytest.mark.req("B-17")
def test_a_round_that_was_touched_is_found(cast: Cast, raffle: Instance, tmp_path: Path) -> None:
    list(export_draws(cast.house.scope, tmp_path))
    for change, expected in IN_ROUNDS:
        status, said = _touched(tmp_path / f"{raffle.pk}-1.json", change)
        assert status == 1, said
        assert expected in said


@pytest.mark.req("B-17")
def test_tickets_that_were_touched_are_found(cast: Cast, raffle: Instance, tmp_path: Path) -> None:
    list(export_draws(cast.house.scope, tmp_path))
    tickets = tmp_path / f"{raffle.pk}-1-tickets.txt"
    lines = tickets.read_text().splitlines(keepends=True)
    tickets.write_text("".join(lines[:-1]))
    status, found = verify(tmp_path / f"{raffle.pk}-1.json")
    assert status == 1
    assert "the root of the tickets is" in found
    tickets.unlink()
    assert verify(tmp_path / f"{raffle.pk}-1.json")[0] == 2


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    assert verify(tmp_path / "other.json")[0] == 2
    assert verify(tmp_path / "missing.json")[0] == 2
    assert verify()[0] == 2


@pytest.mark.req("B-17")
def test_the_command_draws_rounds_again_and_writes_the_files(cast: Cast, raffle: Instance, tmp_path: Path) -> None:
    def command(*arguments: str) -> tuple[int, str]:
        output = io.StringIO()
        try:
            call_command("verify_draws", *arguments, stdout=output)
        except SystemExit as end:
            return int(str(end.code)), output.getvalue()
        return 0, output.getvalue()

    code, said = command("--export", str(tmp_path))
    assert code == 0, said
    assert "5 winners of 1 rounds recomputed, all as recorded" in said
    assert verify(*sorted(tmp_path.glob("*.json")))[0] == 0
    assert command("--operator", "rival")[1].startswith("0 draws of 0 cycles, 0 winners of 0 rounds")
    touched = "UPDATE jackpots_credit SET ticket_number = 0 WHERE position = 3"
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = replica; {touched}")
    code, said = command()
    assert code == 1
    assert f"round 1 of {raffle.pk}: rank 2 goes to ticket" in said
