"""The demo's feeds: sample bets as a replay, events that platforms push, and what players win here."""

from datetime import datetime
from typing import Final

from backoffice.demo.operations.connect_feed import connect_feed
from integrations.operations.submit_integration import Submission

OPERATOR_ID = "thrilltech"
NAME = "Casino bets (replay)"
ORIGINS = {"brand1.example.com": "thrilltech:brand1", "brand2.example.com": "thrilltech:brand2"}
BRANDS: Final = {"brands": list(ORIGINS.values())}

FEEDS: Final = (
    Submission(
        operator_id=OPERATOR_ID,
        kind="fasttrack",
        name=NAME,
        transport="replay",
        settings={
            "brands": [{"origin": origin, "brand_id": brand_id} for origin, brand_id in ORIGINS.items()],
            "default_source_id": "sitewide-casino",
            "own_vendors": ["potluck"],
        },
        connection={"sample": "generated", "per_second": 2},
        reason="Bets of the casino, as samples until the broker is there.",
    ),
    Submission(
        operator_id=OPERATOR_ID,
        kind="thrilldrops",
        name="Platform events (HTTP)",
        transport="http",
        settings=BRANDS,
        connection={},
        reason="The platform pushes logins, transactions, deposits and withdrawals.",
    ),
    Submission(
        operator_id=OPERATOR_ID,
        kind="thrilldrops",
        name="Our own wins and opt-ins",
        transport="redis_stream",
        settings=BRANDS,
        connection={},
        reason="Campaigns hear of what players win here.",
    ),
)


def load_integrations(*, now: datetime) -> None:
    """Make the feeds that are not there."""
    for submission in FEEDS:
        connect_feed(submission, now=now)
