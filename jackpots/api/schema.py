"""What the OpenAPI description says of the gateway: the shapes of the wire, and the lane's server."""

from typing import Any, Final

import msgspec

from backoffice.api.schema import EDGE_SERVER, WEB_SERVER, array_of, ref
from jackpots.wire.contribution import ResultBody, SentToInstance, SentToSource
from jackpots.wire.contribution_batch import MAX_ITEMS, ErrorItem
from jackpots.wire.opt_in import SentOptIn
from jackpots.wire.pot_trigger import SentTrigger

LANE_PATHS: Final = ("/jackpots/contribute/source", "/jackpots/contribute/instance", "/jackpots/contribute/batch")

STRING: Final = {"type": "string"}
NUMBER: Final = {"type": "number"}
BOOLEAN: Final = {"type": "boolean"}
STRINGS: Final = {"type": "array", "items": STRING}
EPOCH: Final = {"type": "integer", "description": "Milliseconds since 1970."}
EPOCH_OR_NULL: Final = {"type": ["integer", "null"], "description": "Milliseconds since 1970."}
UUID: Final = {"type": "string", "format": "uuid"}


def _object(description: str, optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "description": description, "required": required, "properties": properties}


SHAPES: Final[dict[str, Any]] = {
    "PotTicker": _object("A pot as tickers show it.", id=STRING, is_progressive=BOOLEAN, current_value=NUMBER),
    "OptIn": _object(
        "Where a player stands in an instance.",
        instance_id=UUID,
        player_id=STRING,
        ext_player_id=STRING,
        player_brand_id=STRING,
        preferred_contribution_value={"type": "array", "items": NUMBER, "maxItems": 1},
        contribution_count={"type": "integer"},
        contribution_value=NUMBER,
        opted_in=BOOLEAN,
        last_updated=EPOCH_OR_NULL,
    ),
    "PotTrigger": _object(
        "A pot that was armed: whoever contributes next wins it.",
        instance_id=UUID,
        pot_id=STRING,
        trigger_id=STRING,
        timestamp=EPOCH,
    ),
    "GatewayInstance": _object(
        "A jackpot instance with what its pots hold now; with a player's opt-in if one was asked for.",
        optional=("opt_in",),
        id=UUID,
        name=STRING,
        owner_id=STRING,
        jackpot_type={"type": "string", "enum": ["Jackpot", "Raffle"]},
        status={"type": "string", "enum": ["Pending", "Active", "Paused", "Terminated", "Ended"]},
        currency=STRING,
        pots=array_of("PotTicker"),
        allowed_brands=STRINGS,
        allowed_sources=STRINGS,
        timestamp_start=EPOCH_OR_NULL,
        timestamp_end=EPOCH_OR_NULL,
        last_updated=EPOCH,
        opt_in=ref("OptIn"),
    ),
    "PublishedDraw": {
        "type": "object",
        "description": "A cycle of a pot or a round of a raffle as static/verify/potluck_verify.py takes it. Until it "
        "has ended `secret` is null, and nothing of its draws is told.",
        "required": ["format", "kind", "instance_id", "pot", "cycle", "commitment", "secret"],
        "properties": {
            "format": STRING,
            "algorithm": STRING,
            "kind": {"type": "string", "enum": ["cycle", "round"]},
            "instance_id": UUID,
            "pot": STRING,
            "cycle": {"type": "integer"},
            "commitment": STRING,
            "secret": {"type": ["string", "null"]},
        },
        "additionalProperties": True,
    },
    "RaffleTickets": _object(
        "A player's tickets in a round of a raffle, and what is carried towards the next ticket.",
        instance_id=UUID,
        brand_id=STRING,
        player_id=STRING,
        ticket_count={"type": "integer"},
        accumulated_cost=NUMBER,
        round={"type": "integer"},
        timestamp_start=EPOCH,
        timestamp_end=EPOCH,
    ),
    "CurrencyMultipliers": _object(
        "Units of each currency for one of the base currency.",
        brand_id=STRING,
        base_currency=STRING,
        multipliers={"type": "object", "additionalProperties": NUMBER},
    ),
    "Winner": _object(
        "A win; amounts in the jackpot's currency.",
        brand_id=STRING,
        player_id=STRING,
        source_id={"type": ["string", "null"]},
        instance_id=UUID,
        jackpot_name=STRING,
        jackpot_currency=STRING,
        timestamp=EPOCH,
        win_pot_id=STRING,
        win_amount=NUMBER,
        currency_multipliers=ref("CurrencyMultipliers"),
        games_in_jackpot=STRINGS,
        seed=NUMBER,
        seed_deficit=NUMBER,
        win_withheld=BOOLEAN,
        community_winners={"type": ["array", "null"], "items": {"type": "object"}},
        metadata={"description": "What came with the contribution that won."},
    ),
    "GatewaySource": _object(
        "A source and the instances behind it.",
        owner_id=STRING,
        source_name=STRING,
        source_id=STRING,
        jackpots={
            "type": "array",
            "items": _object(
                "The lowest priority comes first.", priority={"type": "integer"}, owner_id=STRING, instance_id=UUID
            ),
        },
    ),
    "ContributionBatch": {
        "type": "array",
        "description": "Contributions to sources and to instances, in the order in which they are made.",
        "maxItems": MAX_ITEMS,
        "items": {"oneOf": [ref("ContributionToSource"), ref("ContributionToInstance")]},
    },
    "ContributionBatchResult": {
        "type": "array",
        "description": "An answer for each contribution, in the same order.",
        "items": {"oneOf": [ref("ContributionResult"), ref("ContributionError")]},
    },
    "Currencies": _object(
        "The multipliers that contributions are converted by.",
        last_updated=EPOCH_OR_NULL,
        base_currency=STRING,
        multipliers={"type": "object", "additionalProperties": NUMBER},
    ),
}


SAMPLE: Final = {
    "token": "token_00001",
    "brand_id": "thrilltech:brand1",
    "player_id": "player_00001",
    "player_country": "MT",
    "gameround_id": "1000",
    "currency": "EUR",
    "base_wager": 1,
}
INSTANCE_ID: Final = "0a1cfeea-5b07-4f2b-b2f1-2e4cd2aa991d"
EXAMPLES: Final[dict[str, Any]] = {
    "ContributionToSource": SAMPLE | {"source_id": "sitewide-casino"},
    "ContributionToInstance": SAMPLE | {"instance_id": INSTANCE_ID},
    "ContributionResult": {
        "type": "data",
        "contribution_amount": 0.1,
        "contribution_currency": "EUR",
        "gameround_id": "1000",
        "instance_id": INSTANCE_ID,
        "metadata": None,
        "tickets_awarded": None,
        "timestamp": 1715714218408,
        "win_amount": 0,
        "win_pot_id": None,
        "win_withheld": False,
    },
    "OptInRequest": {
        "instance_id": INSTANCE_ID,
        "player_id": "player_00001",
        "brand_id": "thrilltech:brand1",
        "player_country": "MT",
        "opt_in": True,
    },
    "PotTriggerRequest": {"trigger_id": "show-2026-11-20", "reason": "The wheel stopped on the jackpot."},
}


def describe_gateway(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """A hook of the generator: the shapes, and both servers on the paths of the lane."""
    structs = [SentToSource, SentToInstance, SentOptIn, SentTrigger, ResultBody, ErrorItem]
    _, sent = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    for name, shape in (SHAPES | sent).items():
        shown = _names.get(name, name)
        schemas[shown] = {key: value for key, value in shape.items() if key != "title"}
        if shown in EXAMPLES:
            schemas[shown]["examples"] = [EXAMPLES[shown]]
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    for path in LANE_PATHS:
        result["paths"][path]["post"]["servers"] = [EDGE_SERVER, WEB_SERVER]
    return result


_names: Final = {
    "SentToSource": "ContributionToSource",
    "SentToInstance": "ContributionToInstance",
    "SentOptIn": "OptInRequest",
    "SentTrigger": "PotTriggerRequest",
    "ResultBody": "ContributionResult",
    "ErrorItem": "ContributionError",
}
