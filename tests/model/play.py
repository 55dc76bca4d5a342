"""Plays a state machine of two sides as often as the tests are meant to take."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

LONG = os.environ.get("POTLUCK_LONG") == "1"
RUNS = 500 if LONG else 30
# A machine that does ten other things takes minutes.
PATIENCE_SECONDS = 7_000 if LONG else 800
STEPS = 50


def play(machine: Callable[[], RuleBasedStateMachine]) -> None:
    """Runs of up to 50 acts each, the same ones each time; a run that fails is shown as it was."""
    chosen: Any = machine
    run_state_machine_as_test(
        chosen,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
