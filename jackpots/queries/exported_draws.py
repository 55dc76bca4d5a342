"""The published data of draws as files, to be kept, handed over and verified without a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from backoffice.core import json
from backoffice.tenancy.scope import Scope
from jackpots.models import JackpotType, PotCycle
from jackpots.queries.pots import cycles
from jackpots.queries.published_draws import cycle_document, round_document, ticket_lines
from jackpots.queries.rounds import rounds

PART: Final = 20_000


def export_draws(scope: Scope, directory: Path) -> Iterator[Path]:
    """Write every cycle and every round of the scope into the directory; the files to verify, one after the other."""
    directory.mkdir(parents=True, exist_ok=True)
    for cycle in cycles(scope).exclude(pot__instance__jackpot_type=JackpotType.RAFFLE).order_by("pot_id", "cycle"):
        yield _write_cycle(cycle, directory)
    for row in rounds(scope).order_by("instance_id", "number"):
        stem = f"{row.instance_id}-{row.number}"
        tickets = directory / f"{stem}-tickets.txt"
        with tickets.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(ticket_lines(row))
        path = directory / f"{stem}.json"
        path.write_bytes(json.encode(round_document(row) | {"tickets": tickets.name}))
        yield path


def _write_cycle(cycle: PotCycle, directory: Path) -> Path:
    stem = f"{cycle.pot.instance_id}-{cycle.pot.code}-{cycle.cycle}"
    first, path, place, number = directory / f"{stem}.json", directory / f"{stem}.json", None, 1
    while True:
        document, place = cycle_document(cycle, after=place, size=PART)
        number += 1
        following = directory / f"{stem}-part{number}.json" if place else None
        path.write_bytes(json.encode(document | {"next": following.name if following else None}))
        if following is None:
            return first
        path = following
