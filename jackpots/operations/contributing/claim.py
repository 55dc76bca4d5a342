"""Claim a batch: the gates, the keys, and what was answered before."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b, sha256
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from django.db import connection

from backoffice.core.ids import id_of
from backoffice.core.statements import Statement, send
from jackpots.operations.contributing.batch import Claim, Stored
from jackpots.operations.hold_gate import GATE_CLASS, gate_key
from jackpots.queries.arrays import array, text_array
from jackpots.queries.contribution_config import OperatorConfig
from jackpots.rules.contribution import ContributionRequest

_CLAIM: Final = Statement("SELECT * FROM jackpots_claim(%s, %s, %s::int[], %s::bigint[], %s::uuid[])")
_VERSION: Final = "SELECT version FROM jackpots_configversion WHERE operator_id = %s"
# The second key (rule B-01): looked up once a unique index has refused a batch, which is seldom.
_GAMEROUNDS: Final = """
SELECT c.instance_id::text, c.brand_id, c.player_id, c.gameround_id, c.id::text
FROM unnest(%s::text::uuid[]) AS i (id)
CROSS JOIN unnest(%s::text::text[], %s::text::text[], %s::text::text[]) AS w (brand_id, player_id, gameround_id)
JOIN jackpots_contribution c ON c.operator_id = %s AND c.instance_id = i.id AND c.brand_id = w.brand_id
 AND c.player_id = w.player_id AND c.gameround_id = w.gameround_id
"""

Gameround = tuple[str, str, str, str]
_json: Final = msgspec.json.Encoder(order="sorted", decimal_format="number")


class Claimed(NamedTuple):
    """What the claims found: the version of the configuration, the stored contributions by id, and by second key."""

    version: int | None
    stored: dict[str, Stored]
    gamerounds: dict[Gameround, str]


def claim_of(request: ContributionRequest) -> Claim:
    """The request's keys."""
    metadata = b"null" if request.metadata is None else _json.encode(request.metadata)
    target = request.target
    payload = f"{target}\0{request.currency}\0{request.base_wager_micros}\0{request.player_country}\0"
    key = request.contribution_key
    return Claim(request, id_of(key), key, target, sha256(payload.encode() + metadata).digest())


def gates_of(requests: Iterable[ContributionRequest], config: OperatorConfig | None) -> set[UUID]:
    """The instances that these requests may reach by what is known of the sources and of links."""
    gates: set[UUID] = set()
    for request in requests:
        if request.target_type == "instance":
            instance_id = instance_id_of(request.target_id)
            if instance_id is not None:
                gates.add(instance_id)
        elif config is not None:
            source = config.source(request.brand_id, request.target_id)
            if source is not None:
                gates.update(source.instance_ids)
    if config is not None and config.links:
        gates.update([linked for instance_id in list(gates) for linked in config.links.get(instance_id, ())])
    return gates


def instance_id_of(text: str) -> UUID | None:
    """The id in a direct target; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def hold(operator_id: str, claims: Sequence[Claim], gates: Iterable[UUID], *, with_gamerounds: bool) -> Claimed:
    """Take the gates shared and the keys alone, in order; then read. One call, which reads after the locks are held."""
    keys = sorted([_claim_key(claim.request) for claim in claims])
    ordered = sorted([gate_key(instance_id) for instance_id in gates])
    parameters = [operator_id, GATE_CLASS, array(ordered), array(keys), array([claim.key for claim in claims])]
    rows = send([(_CLAIM, parameters)])[0]
    gamerounds = _gamerounds(operator_id, claims, gates) if with_gamerounds else {}
    return Claimed(rows[0][0], {row[1]: Stored(*row[2:]) for row in rows[1:]}, gamerounds)


def _gamerounds(operator_id: str, claims: Sequence[Claim], gates: Iterable[UUID]) -> dict[Gameround, str]:
    requests = [claim.request for claim in claims]
    parameters = [
        array(gates),
        text_array([request.brand_id for request in requests]),
        text_array([request.player_id for request in requests]),
        text_array([request.gameround_id for request in requests]),
        operator_id,
    ]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return {(row[0], row[1], row[2], row[3]): row[4] for row in cursor.execute(_GAMEROUNDS, parameters).fetchall()}


def current_version(operator_id: str) -> int | None:
    """The version now."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, [operator_id])
        row = cursor.fetchone()
    return row[0] if row else None


def _claim_key(request: ContributionRequest) -> int:
    # A prefix of both keys, so that one lock stands for the request and for the game round.
    key = f"{request.operator_id}|{request.brand_id}|{request.player_id}|{request.gameround_id}"
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
