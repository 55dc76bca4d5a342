"""What the feed brings, field by field, and what becomes of it."""

from typing import Final

from integrations.kinds.base import Fact

CATALOGUE: Final = (
    Fact("activity_id", "text, required", "Identity of the message; the contribution's game round"),
    Fact("type", "Bet or Win, required", "A bet may contribute; both build the game round"),
    Fact("status", "Approved or Rollback, required", "A rollback reverses the bet or the win of the same activity"),
    Fact("amount", "number, required", "The bet or the win; a bet's amount is the base wager"),
    Fact(
        "bonus_wager_amount, wager_amount, locked_wager_amount",
        "numbers",
        "Parts; where one is sent they must add up to the amount",
    ),
    Fact("currency", "ISO 4217, required", "Currency of every amount of the message"),
    Fact("exchange_rate", "number, required", "amount times rate is kept as the amount in the casino's base currency"),
    Fact("origin", "text, required", "Looked up in the table of brands; an unknown one makes a dead letter"),
    Fact("user_id", "text, required", "The player"),
    Fact(
        "round_id", "text, required", "Game round that bets and wins share; goes along in the contribution's metadata"
    ),
    Fact("is_round_end", "true or false, required", "Closes the game round"),
    Fact(
        "game_id, game_name, game_type",
        "text; the type is optional",
        "The game; chooses the source, and is how our own jackpots are told",
    ),
    Fact(
        "vendor_id, vendor_name",
        "text or number; text",
        "The vendor; chooses the source, and is how our own jackpots are told",
    ),
    Fact(
        "timestamp",
        "RFC 3339, required",
        "When it happened; a one-digit hour is repaired and flagged, or refused if strict",
    ),
    Fact("balance_before, balance_after", "numbers", "The player's balance before and after"),
    Fact("meta", "object of text, numbers and booleans", "Kept with the activity; may tell the player's country"),
    Fact("PAYMENT", "payment_id, type, status, amount …", "A deposit or a withdrawal; the event ft_payment"),
    Fact("BONUS", "user_bonus_id, bonus_id, status, amount …", "A bonus of the player; the event ft_bonus"),
    Fact("LOGIN_V2", "user_id, timestamp, origin", "The event ft_login; first and last login"),
    Fact(
        "USER_CREATE_V2, USER_UPDATE_V2",
        "user_id, timestamp, origin; fields of the user",
        "The profile exists; fields that are sent along become attributes",
    ),
    Fact("USER_CONSENTS_V2", "with consents: type, opted_in", "Channels that the player agreed to"),
    Fact("USER_BLOCK_V2", "with blocks: type, active", "Whether the player may be written to"),
)
