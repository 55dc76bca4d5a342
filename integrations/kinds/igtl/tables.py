"""Every event and attribute of IGT Lottery, by the stream that it comes from."""

from typing import Final, Literal

from integrations.wire.players import AttributeDefinition, AttributeType, EventDefinition

Stream = Literal["eDraw", "Second Chance", "Command", "PDP"]
EDRAW: Final = "eDraw"
SECOND_CHANCE: Final = "Second Chance"
COMMAND: Final = "Command"
PDP: Final = "PDP"
PREFIX: Final = "igtl_"

EDRAW_EVENT: Final = "igtl_edraw"
SECOND_CHANCE_EVENT: Final = "igtl_second_chance"
OPT_OUT_EVENT: Final = "igtl_player_opt-out"
LINK: Final = "linkToken"
STATUS: Final = "account_status"
PREFERENCES: Final = "notification_preferences"
SYSTEM: Final = frozenset({"first_name", "last_name", "email", "mobile_number"})

_BALANCES: Final = ("current_account_balance", "bonus_balance")
_STATUSES: Final = (STATUS, "wallet_status")
COMMAND_EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "igtl_player_registration": (
        "first_name", *_STATUSES, "mobile_number", "email", "dob", "registration_level", "registration_date", "state",
    ),
    "igtl_player_deposit": (*_BALANCES, "last_deposit_date"),
    "igtl_player_upgrade": (
        "first_name", *_STATUSES, "dob", "registration_level", "registration_upgrade_date", "state",
    ),
    "igtl_player_wager": (*_BALANCES, "bonus_bag_balance", "last_wager_date"),
    "igtl_player_win": (*_BALANCES, "bonus_bag_balance"),
    "igtl_player_withdrawal": _BALANCES,
    "igtl_player_bonus": (*_BALANCES, "bonus_bag_balance"),
    "igtl_player_kyc": ("kyc_status", "kyc_change_date", *_STATUSES),
    "igtl_player_login": ("last_login_date", "first_login_date"),
    "igtl_player_contact_verification": (STATUS, "mobile_number", "email"),
    "igtl_player_change_contract_status": _STATUSES,
    "igtl_player_update_notification_preferences": (PREFERENCES,),
    "igtl_player_unsubscribe_notification_preferences": (PREFERENCES,),
    "igtl_player_close_account": _STATUSES,
    "igtl_player_logout": ("last_logout_date",),
    OPT_OUT_EVENT: (),
    "igtl_player_update": ("first_name", STATUS, "dob", "state"),
}  # fmt: skip
PDP_EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "igtl_player_update": (
        "first_deposit_date", "first_wager_date", "lifetime_deposits", "lifetime_wagers", "lifetime_wins",
    ),
}  # fmt: skip
EVENTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {COMMAND: COMMAND_EVENTS, PDP: PDP_EVENTS}

# By the name in the message. A date of birth is text there, and stays text.
TYPES: Final[dict[str, tuple[AttributeType, Stream]]] = {
    "first_name": ("string", COMMAND),
    "last_name": ("string", COMMAND),
    "email": ("string", COMMAND),
    "mobile_number": ("string", COMMAND),
    "kyc_status": ("string", COMMAND),
    "kyc_change_date": ("datetime", COMMAND),
    "account_status": ("string", COMMAND),
    "wallet_status": ("string", COMMAND),
    "dob": ("string", COMMAND),
    "registration_level": ("string", COMMAND),
    "registration_date": ("datetime", COMMAND),
    "registration_upgrade_date": ("datetime", COMMAND),
    "state": ("string", COMMAND),
    "last_login_date": ("datetime", COMMAND),
    "first_login_date": ("datetime", COMMAND),
    "current_account_balance": ("number", COMMAND),
    "bonus_balance": ("number", COMMAND),
    "bonus_bag_balance": ("number", COMMAND),
    "last_logout_date": ("datetime", COMMAND),
    "last_deposit_date": ("datetime", COMMAND),
    "last_wager_date": ("datetime", COMMAND),
    "first_deposit_date": ("datetime", PDP),
    "first_wager_date": ("datetime", PDP),
    "lifetime_deposits": ("number", PDP),
    "lifetime_wagers": ("number", PDP),
    "lifetime_wins": ("number", PDP),
    LINK: ("string", SECOND_CHANCE),
}


def attribute_name(name: str) -> str:
    """The name in the data manager: prefixed, but for the four that every system knows."""
    return name if name in SYSTEM else f"{PREFIX}{name}"


def attribute_definitions(streams: frozenset[str]) -> tuple[AttributeDefinition, ...]:
    """The attributes that these streams bring."""
    return tuple(
        AttributeDefinition(name=attribute_name(name), type=type_, topic=stream, is_system=name in SYSTEM)
        for name, (type_, stream) in TYPES.items()
        if stream in streams
    )


def event_definitions(streams: frozenset[str]) -> tuple[EventDefinition, ...]:
    """The events that these streams bring; the same name may come from two, with other properties."""
    always = (
        EventDefinition(
            name=EDRAW_EVENT,
            title=EDRAW_EVENT,
            topic=EDRAW,
            description="Winning numbers of all draws of a day, once a day",
            properties=("summaryDay", "summaryDate", "drawSummaries"),
        ),
        EventDefinition(
            name=SECOND_CHANCE_EVENT,
            title=SECOND_CHANCE_EVENT,
            topic=SECOND_CHANCE,
            description="A player got a link token for a second chance",
            properties=(LINK,),
            is_listed=False,
        ),
    )
    of_players = tuple(
        EventDefinition(name=name, title=name, topic=stream, properties=properties)
        for stream, events in EVENTS.items()
        for name, properties in events.items()
    )
    return tuple(event for event in (*always, *of_players) if event.topic in streams)
