"""What the events say of a player for good: the last time of each, and what came with it."""

from typing import Any, Final

from integrations.kinds.thrilldrops.events import EVENTS
from integrations.wire.players import AttributeDefinition, AttributeType, AttributeValue

# The event's tag -> the attribute that keeps when it was last, and attribute -> field for what came with it.
_LAST: Final[dict[str, str]] = {
    "PlayerLogin": "td_last_login_at",
    "PlayerLogout": "td_last_logout_at",
    "Transaction": "td_last_transaction_at",
    "Deposit": "td_last_deposit_at",
    "Withdrawal": "td_last_withdrawal_at",
    "ThrillPotsWinEvent": "td_last_jackpot_win_at",
    "ThrillPotsRaffleWinEvent": "td_last_raffle_win_at",
    "ThrillPotsOptInEvent": "td_last_opt_in_at",
}
_FIELDS: Final[dict[str, dict[str, str]]] = {
    "PlayerLogin": {
        "td_channel_type": "channel_type",
        "td_currency": "currency",
        "td_country": "country",
        "td_jurisdiction": "jurisdiction",
    },
    "Deposit": {"td_last_deposit_amount": "amount", "td_balance_after": "balance_after"},
    "Withdrawal": {"td_last_withdrawal_amount": "amount", "td_balance_after": "balance_after"},
}
_NUMBERS: Final = frozenset({"amount", "balance_after"})


def attributes_of(tag: str, properties: dict[str, Any], happened_at: str) -> dict[str, AttributeValue]:
    """Attributes by name; `happened_at` is RFC 3339 in UTC. What was not told changes nothing."""
    values: dict[str, AttributeValue] = {_LAST[tag]: happened_at}
    for name, field in _FIELDS.get(tag, {}).items():
        if properties[field] is not None:
            values[name] = properties[field]
    return values


def attribute_definitions() -> tuple[AttributeDefinition, ...]:
    """Every attribute once, with its type and the stream that it comes from."""
    found: dict[str, AttributeDefinition] = {}
    for shape in EVENTS:
        types: dict[str, AttributeType] = {_LAST[shape.tag]: "datetime"}
        for name, field in _FIELDS.get(shape.tag, {}).items():
            types[name] = "number" if field in _NUMBERS else "string"
        for name, type_ in types.items():
            found.setdefault(name, AttributeDefinition(name=name, type=type_, topic=shape.stream))
    return tuple(found.values())
