"""What the schedule runs for integrations."""

import pytest

from integrations.operations.refresh_players import Refresh
from integrations.tasks import REFRESH_SECONDS, refresh_players


@pytest.mark.req("FTC-13")
def test_a_backlog_of_players_is_left_to_the_next_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, REFRESH_SECONDS / 2, REFRESH_SECONDS])
    rounds: list[Refresh] = []

    def refresh(given: Refresh) -> int:
        rounds.append(given)
        return 500

    monkeypatch.setattr("integrations.tasks.monotonic", lambda: next(clock))
    monkeypatch.setattr("integrations.tasks.refresh", refresh)
    refresh_players()
    assert len(rounds) == 2
