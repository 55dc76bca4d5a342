"""kill -9 of a worker that plays a simulation: the next one goes on, and the figures are those of an unbroken play."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from jackpots.models import ReportState, SimulationReport
from jackpots.operations.create_template import create_template
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.tasks import play_simulations
from tests.cast import SYSTEM, Cast, quiet_draft

COUNT = 60_000


def killed(parts: int) -> None:
    """A worker that ended so."""
    database = connection.settings_dict
    url = settings.DATABASE_URL.rsplit("/", 1)[0] + f"/{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "backoffice.settings"}
    command = [sys.executable, "-m", "tests.faults.simulation_player", str(parts)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2_000:]


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("POT-01", "R-21")
def test_a_worker_that_is_killed_is_followed_by_the_next(cast: Cast) -> None:
    whole = cast.house.simulate(cast.template, contributions=COUNT, seed=4)
    draft = create_template(
        quiet_draft(name="Again"), scope=cast.house.scope, created_by=cast.manager, actor=SYSTEM, now=cast.now
    )
    plan = SimulationPlan(contributions=COUNT, seed=4)
    report = request_simulation(draft.pk, plan, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    killed(0)
    report.refresh_from_db()
    assert (report.state, report.played) == (ReportState.QUEUED, 0), "what was not written did not happen"
    killed(2)
    report.refresh_from_db()
    assert (report.state, report.played) == (ReportState.RUNNING, 50_000)
    assert play_simulations() > 0
    report = SimulationReport.objects.get(pk=report.pk)
    assert (report.state, report.played) == (ReportState.COMPLETE, 3 * COUNT)
    assert report.figures == whole.figures
    assert bytes(report.digest) == bytes(whole.digest)
