"""States for people. Who sees no colours has the word and the icon."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StateLook:
    """How one state is shown."""

    word: str
    icon: str
    colour: str


_GREY, _GREEN, _AMBER, _RED, _DARK, _ORANGE = "", "green", "amber", "red", "dark", "orange"

LOOKS: dict[str, StateLook] = {
    "pending": StateLook("Pending", "clock", _GREY),
    "active": StateLook("Active", "player-play", _GREEN),
    "paused": StateLook("Paused", "player-pause", _AMBER),
    "terminated": StateLook("Terminated", "ban", _RED),
    "ended": StateLook("Ended", "flag", _DARK),
    "draft": StateLook("Draft", "pencil", _GREY),
    "published": StateLook("Published", "circle-check", _GREEN),
    "submitted": StateLook("Awaiting approval", "hourglass", _ORANGE),
    "awaiting_approval": StateLook("Awaiting approval", "hourglass", _ORANGE),
    "awaiting approval": StateLook("Awaiting approval", "hourglass", _ORANGE),
    "approved": StateLook("Approved", "check", _GREEN),
    "rejected": StateLook("Rejected", "x", _RED),
    "withdrawn": StateLook("Withdrawn", "arrow-back-up", _GREY),
    "disconnected": StateLook("Disconnected", "plug-connected-x", _DARK),
    "failed": StateLook("Failed", "alert-triangle", _RED),
    "open": StateLook("Open", "alert-circle", _ORANGE),
    "waiting": StateLook("Waiting", "alert-circle", _ORANGE),
    "set_aside": StateLook("Set aside", "archive", _GREY),
    "replayed": StateLook("Replayed", "rotate", _GREEN),
    "dismissed": StateLook("Dismissed", "archive", _GREY),
    "discarded": StateLook("Discarded", "archive", _GREY),
    "owed": StateLook("Owed", "hourglass", _ORANGE),
    "settling": StateLook("Awaiting approval", "hourglass", _ORANGE),
    "settled": StateLook("Settled", "circle-check", _GREEN),
    "paid": StateLook("Paid", "circle-check", _GREEN),
    "suspended": StateLook("Suspended", "player-pause", _RED),
    "withheld": StateLook("Withheld", "lock", _AMBER),
    "accepted": StateLook("Accepted", "circle-check", _GREEN),
    "queued": StateLook("Queued", "clock", _GREY),
    "complete": StateLook("Complete", "circle-check", _GREEN),
    "running": StateLook("Running", "player-play", _GREEN),
    "done": StateLook("Done", "circle-check", _GREEN),
    "cancelled": StateLook("Cancelled", "ban", _GREY),
    "quiet": StateLook("Quiet", "alert-triangle", _AMBER),
    "stopped": StateLook("Stopped", "player-stop", _GREY),
    "starting": StateLook("Starting", "progress", _GREY),
    "reconnecting": StateLook("Reconnecting", "refresh-alert", _AMBER),
    "refused": StateLook("Refused", "lock", _RED),
    "missing": StateLook("Missing", "alert-triangle", _RED),
    "tripped": StateLook("Stopped by the breaker", "alert-octagon", _RED),
    "gap": StateLook("Messages are gone", "alert-octagon", _RED),
    "silent": StateLook("Worker silent", "alert-triangle", _RED),
    "finished": StateLook("At the end", "flag", _DARK),
    "behind": StateLook("Behind", "clock", _AMBER),
    "inactive": StateLook("Inactive", "player-stop", _GREY),
    "enabled": StateLook("Enabled", "circle-check", _GREEN),
    "disabled": StateLook("Disabled", "ban", _GREY),
    "revoked": StateLook("Revoked", "ban", _RED),
    "reconciled": StateLook("Reconciled", "circle-check", _GREEN),
    "differs": StateLook("Differs", "alert-triangle", _RED),
    "blocked": StateLook("Blocked", "ban", _RED),
    "erased": StateLook("Erased", "trash", _DARK),
    "subscribed": StateLook("Subscribed", "check", _GREEN),
    "unsubscribed": StateLook("Unsubscribed", "mail-off", _GREY),
    "yes": StateLook("Yes", "check", _GREEN),
    "no": StateLook("No", "x", _GREY),
}


def look_of(state: str, word: str = "") -> StateLook:
    """How a state is shown. An unknown one is grey and speaks its own name, so that a new state is never invisible."""
    known = LOOKS.get(state.lower())
    if known is None:
        return StateLook(word or state.replace("_", " ").capitalize(), "circle-dot", _GREY)
    return StateLook(word, known.icon, known.colour) if word else known
