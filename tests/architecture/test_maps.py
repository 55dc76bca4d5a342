"""The maps at the top: every name in them leads somewhere."""

import inspect

import pytest
from celery import Task
from django.utils.module_loading import import_string

from backoffice import schedule, subscriptions
from backoffice.celery import app

HANDLERS = [
    *(path for kinds in subscriptions.EVENTS.values() for path in kinds.values()),
    *subscriptions.FEED_MESSAGES.values(),
]
EFFECTS = [*subscriptions.APPROVALS.values(), *subscriptions.REJECTIONS.values()]


@pytest.mark.parametrize("path", HANDLERS)
def test_every_handler_is_there(path: str) -> None:
    assert callable(import_string(path))


@pytest.mark.parametrize("path", EFFECTS)
def test_every_effect_takes_a_request_an_actor_and_the_time(path: str) -> None:
    assert list(inspect.signature(import_string(path)).parameters) == ["approval", "actor", "now"]


def test_a_refusal_that_does_something_belongs_to_a_kind_of_request() -> None:
    assert set(subscriptions.REJECTIONS) <= set(subscriptions.APPROVALS)


@pytest.mark.parametrize("beat", schedule.BEAT.values(), ids=schedule.BEAT.keys())
def test_every_beat_names_a_task_that_workers_know(beat: dict[str, object]) -> None:
    task = import_string(str(beat["task"]))
    assert isinstance(task, Task)
    app.loader.import_default_modules()
    assert beat["task"] in app.tasks


@pytest.mark.parametrize("beat", schedule.BEAT.values(), ids=schedule.BEAT.keys())
def test_no_task_waits_for_more_than_a_minute(beat: dict[str, object]) -> None:
    options = beat.get("options", {})
    assert isinstance(options, dict)
    assert not {"eta", "countdown"} & set(options)
