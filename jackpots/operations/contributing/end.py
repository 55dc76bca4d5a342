"""What a batch ends: a jackpot whose last pot has closed, and windows in which nothing dropped."""

from typing import Final

from backoffice.audit.record import Actor
from jackpots.models import Instance, InstanceState, PotCycle
from jackpots.operations.change_state import catch_up, change_state
from jackpots.operations.contributing.batch import Batch
from jackpots.queries.deadlines import window_columns
from jackpots.rules.states import may_change

DROPS: Final = Actor.system("limited pots")
_REASON: Final = "The last limited pot has dropped for the last time."


def end_instances(batch: Batch) -> None:
    """Write down which instances have ended (POT-07), and which windows have moved on without a win."""
    for config in batch.ended:
        instance = Instance.objects.select_for_update(of=("self",)).get(pk=config.id)
        # Its schedule may have begun without anybody having written that down.
        catch_up(instance, now=batch.now, actor=DROPS)
        if may_change(instance.state, InstanceState.ENDED):
            change_state(instance, InstanceState.ENDED, reason=_REASON, actor=DROPS, now=batch.now)
    won = {awarded.won.pot_id for awarded in batch.wins}
    for pots in batch.pots.values():
        for pot in pots:
            if pot.state.window != pot.window and pot.state.pot_id not in won:
                cycles = PotCycle.objects.filter(pot_id=pot.id, cycle=pot.state.cycle)
                cycles.update(**window_columns(pot.state.window))
