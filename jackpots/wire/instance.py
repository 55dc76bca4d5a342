"""An instance as the gateway answers with it (rule B-27)."""

from jackpots.wire.jackpot_update import InstanceValues, jackpot_update
from jackpots.wire.opt_in import OptInFacts, opt_in_event


def instance_body(instance: InstanceValues, *, owner_id: str, opt_in: OptInFacts | None = None) -> dict[str, object]:
    """JackpotUpdate's data with the instance's name and owner; with a player's opt-in where one was asked for."""
    body = jackpot_update(instance) | {"name": instance.name, "owner_id": owner_id}
    return body if opt_in is None else body | {"opt_in": opt_in_event(opt_in)}
