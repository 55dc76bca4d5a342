"""The id of a request is in its answer's log lines, and in those of the tasks that it sets off."""

import time

import pytest
import structlog
from celery.contrib.testing.worker import TestWorkController, start_worker

from backoffice.celery import app
from tests.backoffice.health.probe_tasks import look_around, seen


@pytest.mark.django_db(transaction=True)
def test_the_request_id_reaches_a_real_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def started_in_time(worker: TestWorkController) -> None:
        assert worker._on_started.wait(60), "the worker did not start"  # type: ignore[attr-defined]

    # Celery's own waits for ever, also for a worker that has given up.
    monkeypatch.setattr(TestWorkController, "ensure_started", started_in_time)
    seen.clear()
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        with structlog.contextvars.bound_contextvars(request_id="r-42", user_id=7):
            look_around.delay()
        deadline = time.monotonic() + 30
        while not seen and time.monotonic() < deadline:
            time.sleep(0.02)
    assert len(seen) == 1
    assert seen[0]["request_id"] == "r-42"
    assert seen[0]["task_id"]
    assert "parent_task_id" not in seen[0] or seen[0]["parent_task_id"] is None
