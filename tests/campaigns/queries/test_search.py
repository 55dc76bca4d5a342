"""The search by prefix answers at once over any number of players (rule B-24)."""

import json
import os
import time
from typing import Any

import pytest
from django.db import connection

from backoffice.tenancy.scope import Scope
from campaigns.queries import profiles as module
from campaigns.queries.profiles import profiles, profiles_like
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PLAYERS = 1_000_000 if os.environ.get("POTLUCK_LONG") == "1" else 20_000
MOST_SECONDS = 1.0


@pytest.fixture
def _many_players(cast: Cast) -> None:
    with connection.cursor() as cursor:
        # A million rows take longer than any statement of the product may, and nobody looks up their keys.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica")
        cursor.execute(
            """
            INSERT INTO campaigns_profile
                (operator_id, brand_id, player_id, first_name, last_name, email, mobile_number, attributes,
                 attribute_times, channels, tags, is_blocked, blocks, created_at, updated_at, first_event_at,
                 last_event_at)
            SELECT 'thrilltech', 'thrilltech:brand' || 1 + n %% 2, 'Player_' || n, '', '', 'P' || n || '@Example.com',
                   '+44' || n, jsonb_build_object('email', 'P' || n || '@Example.com', 'mobile_number', '+44' || n),
                   decode(repeat('00', 16), 'hex'), '{}', '{}', false, '{}', now(), now(), now(), now()
            FROM generate_series(1, %s) AS n
            """,
            [PLAYERS],
        )
        cursor.execute("ANALYZE campaigns_profile")
        cursor.execute("SET LOCAL session_replication_role = origin; SET LOCAL statement_timeout = DEFAULT")


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(inner for child in plan.get("Plans", []) for inner in nodes(child))]


@pytest.mark.req("B-24")
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("_many_players")
def test_the_start_of_an_id_an_email_or_a_number_is_found_at_once_by_its_index(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute(module.PLAN)
        brands = ["thrilltech:brand1", "thrilltech:brand2"]
        for like in ("player_1%", "p77@%", "p%", "nobody%"):
            values: dict[str, Any] = {"brands": brands, "like": like.replace("_", r"\_"), "limit": 50}
            cursor.execute(f"EXPLAIN (FORMAT JSON) {module._LIKE}", values)
            row = cursor.fetchone()
            assert row is not None
            plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
            scans = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "campaigns_profile"]
            assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}, like
            assert {node["Index Name"] for node in scans} == {
                "profile_by_player_id", "profile_by_email", "profile_by_mobile_number",
            }, like  # fmt: skip
    scope = cast.house.scope
    for start, number in (("PLAYER_", 50), ("player_777", 11), ("p778@ex", 1), ("+44", 50), ("zzz", 0)):
        begun = time.monotonic()
        found = profiles_like(scope, start)
        assert time.monotonic() - begun < MOST_SECONDS, start
        assert len(found) == number or (PLAYERS > 20_000 and len(found) >= number), start
    few = profiles(Scope("thrilltech", frozenset({"thrilltech:brand2"})))
    plan = json.loads(few[:50].explain(format="json"))
    conditions = [node.get("Index Cond", "") for node in nodes(plan[0]["Plan"])]
    assert any("brand_id" in condition and "operator_id" in condition for condition in conditions), plan
    assert {one.brand_id for one in few[:50]} == {"thrilltech:brand2"}
