"""The alarms of the dashboard, in words."""

from dataclasses import dataclass

from reporting.queries.alarms import Alarms
from reporting.web.addresses import Query, address


@dataclass(frozen=True)
class Alarm:
    """One line: how bad, what, and where to act."""

    colour: str
    icon: str
    text: str
    url: str


def alarm_lines(found: Alarms, query: Query) -> list[Alarm]:
    """What is not well; empty if everything is."""
    asked = list(query)
    lines = [
        ("red", "alert-octagon", found.suspended, "suspension|suspensions", "in force", "live", ()),
        ("red", "plug-connected-x", found.stopped_feeds, "feed|feeds", "stopped", "integrations", ()),
        ("red", "mail-off", found.dead_letters, "dead letter|dead letters", "waiting", "dead_letters", ()),
        (
            "red",
            "mail-off",
            found.crowded_feeds,
            "feed|feeds",
            "about to stop: too many dead letters",
            "dead_letters",
            (),
        ),
        ("orange", "hourglass", found.owed_wins, "win|wins", "owed", "winners", (("state", "owed"),)),
        ("amber", "lock", found.withheld_wins, "win|wins", "withheld", "winners", (("state", "withheld"),)),
    ]
    return [
        Alarm(colour, icon, f"{count:,} {_word(words, count)} {what}", address(page, query=[*asked, *more]))
        for colour, icon, count, words, what, page, more in lines
        if count
    ]


def _word(words: str, count: int) -> str:
    one, _, many = words.partition("|")
    return one if count == 1 else many
