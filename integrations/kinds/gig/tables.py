"""Every event and attribute of GiG."""

import re
from functools import lru_cache
from typing import Final

from integrations.wire.players import AttributeDefinition, AttributeType, Channel, EventDefinition
from integrations.wire.preferences import CHANNELS

STREAM: Final = "GiG"
PREFIX: Final = "gig_"
SYSTEM: Final = frozenset({"first_name", "last_name", "email", "mobile_number"})
CONSENT: Final = "consent_"
CONSENTS: Final = "consents"
TAG: Final = "tag"
TAGS: Final = "tags"
BLOCKED: Final = "blocked"
SELF_EXCLUDED: Final = "self_excluded"

# As people read it, and what it says; the slug is made of the title.
EVENTS: Final = (
    ("Bonus", "Triggered when the customer lifetime bonus amount gets updated"),
    ("Customer Balance", "Triggered when the customer balance gets updated"),
    ("Customer Blocks", "Triggered when the customer's blocked and self-exclusion statuses are updated"),
    ("Customer Consent", "Triggered when the customer's consent is changed on marketing activities"),
    ("Customer Created", "Triggered when a new customer is created"),
    ("Customer FPP", "Triggered when the customer's FPP gets updated"),
    ("Customer Tag", "Triggered when the customer tag is changed"),
    ("Customer Verified", "Triggered when the customer is verified"),
    ("Game Activity", "Triggered when the customer casino lifetime win gets updated"),
    ("Payment - Deposit", "Triggered when the customer deposit gets updated"),
    ("Payment - Withdrawal", "Triggered when the customer withdrawal gets updated"),
    ("Sport Activity", "Triggered when the customer sports lifetime win gets updated"),
)
CONSENT_CHANNELS: Final[dict[str, Channel]] = {f"{CONSENT}{channel}": channel for channel in CHANNELS}
# Local times have no zone, so they stay the text that was sent.
TYPES: Final[dict[str, AttributeType]] = {
    **dict.fromkeys(sorted(SYSTEM), "string"),
    "account_creation_datetime_local": "string",
    "account_verification_datetime_local": "string",
    "balance": "number",
    "bonus_balance": "number",
    "currency": "string",
    "country": "string",
    "language": "string",
    "date_of_birth": "string",
    "lifetime_bonus_amount": "number",
    BLOCKED: "boolean",
    SELF_EXCLUDED: "boolean",
    **dict.fromkeys(CONSENT_CHANNELS, "boolean"),
    "fpp": "number",
    TAGS: "string",
    "verified": "boolean",
    "casino_lifetime_win": "number",
    "sports_lifetime_win": "number",
    "deposit_count": "number",
    "last_deposit_amount": "number",
    "lifetime_deposit_amount": "number",
    "last_deposit_date": "datetime",
    "withdrawal_count": "number",
    "last_withdrawal_amount": "number",
    "lifetime_withdrawal_amount": "number",
    "last_withdrawal_date": "datetime",
}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER: Final = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4_096)
def bare_name(sent: str) -> str:
    """A name in its one spelling, without the prefix: "Payment - Deposit" and gig_payment_deposit are payment_deposit,
    lifetimeBonusAmount is lifetime_bonus_amount."""
    return _OTHER.sub("_", _HUMP.sub("_", sent).casefold()).strip("_").removeprefix(PREFIX)


def event_name(sent: str) -> str:
    """The event's name in the data manager."""
    return f"{PREFIX}{bare_name(sent)}"


def attribute_name(name: str) -> str:
    """The name in the data manager: prefixed, but for the four that every system knows."""
    return name if name in SYSTEM else f"{PREFIX}{name}"


def event_definitions() -> tuple[EventDefinition, ...]:
    """The events; each is listed once it was seen, and used in segments once somebody allows it."""
    return tuple(
        EventDefinition(
            name=event_name(title),
            title=title,
            topic=STREAM,
            description=description,
            is_listed=False,
            is_segmentable=False,
        )
        for title, description in EVENTS
    )


def attribute_definitions() -> tuple[AttributeDefinition, ...]:
    """The attributes."""
    return tuple(
        AttributeDefinition(name=attribute_name(name), type=type_, topic=STREAM, is_system=name in SYSTEM)
        for name, type_ in TYPES.items()
    )
