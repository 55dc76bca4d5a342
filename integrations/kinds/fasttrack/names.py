"""What the feed's events and attributes are called in the data manager."""

from datetime import UTC, datetime
from typing import Final

from integrations.wire.players import AttributeDefinition, AttributeType, Definitions, EventDefinition

PAYMENT: Final = "ft_payment"
BONUS: Final = "ft_bonus"
LOGIN: Final = "ft_login"
USER_CREATED: Final = "ft_user_created"
USER_UPDATED: Final = "ft_user_updated"
CONSENTS: Final = "ft_consents"
BLOCK: Final = "ft_block"
SESSION_ENDED: Final = "ft_session_ended"
FIGURES: Final = "ft_figures"
IS_EXCLUDED: Final = "ft_is_excluded"
IS_BLOCKED: Final = "ft_is_blocked"

USER_EVENTS: Final = {
    "LOGIN_V2": LOGIN,
    "USER_CREATE_V2": USER_CREATED,
    "USER_UPDATE_V2": USER_UPDATED,
    "USER_CONSENTS_V2": CONSENTS,
    "USER_BLOCK_V2": BLOCK,
}
WITH_FIELDS: Final = frozenset({USER_CREATED, USER_UPDATED})
TOPICS: Final = {event: message_type for message_type, event in USER_EVENTS.items()} | {
    PAYMENT: "PAYMENT",
    BONUS: "BONUS",
    SESSION_ENDED: "CASINO",
    FIGURES: "CASINO",
}

# Fields of a user that may be sent along, to attributes.
USER_FIELDS: Final[dict[str, tuple[str, AttributeType]]] = {
    "first_name": ("first_name", "string"),
    "last_name": ("last_name", "string"),
    "email": ("email", "string"),
    "mobile": ("mobile_number", "string"),
    "mobile_number": ("mobile_number", "string"),
    "username": ("ft_username", "string"),
    "title": ("ft_title", "string"),
    "sex": ("ft_sex", "string"),
    "birth_date": ("ft_birth_date", "string"),
    "address": ("ft_address", "string"),
    "city": ("ft_city", "string"),
    "postal_code": ("ft_postal_code", "string"),
    "country": ("ft_country", "string"),
    "currency": ("ft_currency", "string"),
    "language": ("ft_language", "string"),
    "market": ("ft_market", "string"),
    "affiliate_reference": ("ft_affiliate_reference", "string"),
    "registration_code": ("ft_registration_code", "string"),
    "registration_date": ("ft_registration_date", "datetime"),
    "verified_at": ("ft_verified_at", "datetime"),
}
SYSTEM: Final = ("first_name", "last_name", "email", "mobile_number")

# Figures of a player in the casino's base currency; a net amount is what was bet less what was won.
FIGURE_TYPES: Final[dict[str, AttributeType]] = {
    "ft_session_count": "number",
    "ft_round_count": "number",
    "ft_bet_count": "number",
    "ft_bet_amount": "number",
    "ft_win_count": "number",
    "ft_win_amount": "number",
    "ft_net_amount": "number",
    "ft_first_activity_at": "datetime",
    "ft_last_activity_at": "datetime",
    "ft_favourite_game": "string",
    "ft_favourite_game_id": "string",
    "ft_favourite_vendor": "string",
    "ft_favourite_game_type": "string",
    "ft_deposit_count": "number",
    "ft_deposit_amount": "number",
    "ft_first_deposit_at": "datetime",
    "ft_last_deposit_at": "datetime",
    "ft_withdrawal_count": "number",
    "ft_withdrawal_amount": "number",
    "ft_first_withdrawal_at": "datetime",
    "ft_last_withdrawal_at": "datetime",
    "ft_bonus_count": "number",
    "ft_bonus_completed_count": "number",
    "ft_bonus_amount": "number",
    "ft_first_login_at": "datetime",
    "ft_last_login_at": "datetime",
}

_EVENTS: Final = (
    (PAYMENT, "Payment", "A deposit or a withdrawal changed its status", ("type", "status", "amount", "currency")),
    (BONUS, "Bonus", "A bonus of the player changed its status", ("type", "status", "amount", "currency")),
    (LOGIN, "Login", "The player logged in", ("is_impersonated", "ip_address", "user_agent")),
    (USER_CREATED, "User created", "The player registered", ()),
    (USER_UPDATED, "User updated", "Something of the player changed", ()),
    (CONSENTS, "Consents", "What the player agreed to receive", ("consents",)),
    (BLOCK, "Block", "The player was excluded or blocked, or no longer is", ("blocks",)),
    (SESSION_ENDED, "Session ended", "Half an hour without a bet or a win ended a session",
     ("started_at", "ended_at", "bet_count", "bet_amount", "win_count", "win_amount", "net_amount")),
    (FIGURES, "Figures", "The player's figures were computed anew", ()),
)  # fmt: skip


def definitions_for(brand_ids: tuple[str, ...]) -> Definitions:
    """All that the kind brings to these brands."""
    kinds: dict[str, AttributeType] = dict(USER_FIELDS.values())
    kinds[IS_EXCLUDED] = kinds[IS_BLOCKED] = "boolean"
    kinds |= FIGURE_TYPES
    return Definitions(
        brand_ids=brand_ids,
        events=tuple(
            EventDefinition(name=name, title=title, topic=TOPICS[name], description=told, properties=properties)
            for name, title, told, properties in _EVENTS
        ),
        attributes=tuple(
            AttributeDefinition(name=name, type=kind, topic=_topic(name), is_system=name in SYSTEM)
            for name, kind in kinds.items()
        ),
        channels=("email", "sms", "telephone", "post", "on_site", "push"),
    )


def _topic(attribute: str) -> str:
    if attribute in {IS_EXCLUDED, IS_BLOCKED}:
        return "USER_BLOCK_V2"
    return "CASINO" if attribute in FIGURE_TYPES else "USER_CREATE_V2"


def instant_text(instant: datetime) -> str:
    """As attributes keep an instant."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
