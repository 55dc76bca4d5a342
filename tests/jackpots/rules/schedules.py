"""Schedules of the tests, in the form that partners write."""

from datetime import UTC, datetime
from typing import Any

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
FIRST_OF_2024 = 1_704_067_200_000


def pair(start: str, end: str) -> list[dict[str, int]]:
    """`pair("19:00", "21:00")`."""
    return [
        dict(zip(("hour", "minute", "sec"), (int(part) for part in f"{text}:0".split(":")[:3]), strict=True))
        for text in (start, end)
    ]


def daily(*hours: tuple[str, str], interval: int = 1) -> dict[str, Any]:
    return {"frequency": {"Daily": {"hours": [pair(*one) for one in hours]}}, "interval": interval}


def weekly(days: dict[str, list[tuple[str, str]] | None], interval: int = 1) -> dict[str, Any]:
    listed = [
        [name, None if own is None else {"Daily": {"hours": [pair(*one) for one in own]}}] for name, own in days.items()
    ]
    return {"frequency": {"Weekly": {"days": listed}}, "interval": interval}


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(at(year, month, day, hour, minute).timestamp() * 1000)


WEEK_WITH_SATURDAY: dict[str, Any] = {
    "timestamp_start": FIRST_OF_2024,
    "recurrence_rules": [
        daily(("19:00", "21:00")),
        weekly({**dict.fromkeys(DAYS[:5]), "Sat": [("08:00", "20:00")]}),
    ],
}
FESTIVE: dict[str, Any] = {
    "timestamp_start": ms(2024, 12, 1),
    "timestamp_end": ms(2024, 12, 25, 9),
    "recurrence_rules": [daily(("08:00", "23:59:59"))],
}
EVERY_EVENING_AT_TEN: dict[str, Any] = {
    "timestamp_start": ms(2024, 8, 1),
    "recurrence_rules": [daily(("00:00", "22:00"))],
}
SAMPLES: dict[str, dict[str, Any]] = {
    "the week with its Saturday": WEEK_WITH_SATURDAY,
    "the festive season": FESTIVE,
    "every day until ten": EVERY_EVENING_AT_TEN,
    "always": {},
    "from a start to an end": {"timestamp_start": ms(2025, 2, 3, 4, 5), "timestamp_end": ms(2027, 6, 7, 8, 9)},
    "the whole day without a gap": {
        "timestamp_start": FIRST_OF_2024,
        "recurrence_rules": [daily(("00:00", "23:59:59"))],
    },
    "over midnight": {"timestamp_start": FIRST_OF_2024, "recurrence_rules": [daily(("22:00", "02:00"))]},
    "over midnight into shut days": {
        "timestamp_start": ms(2024, 1, 3, 1, 30),
        "recurrence_rules": [daily(("22:30", "03:15")), weekly({"Fri": None, "Sat": [("20:00", "04:00")]})],
    },
    "every third day, and every second one": {
        "timestamp_start": ms(2024, 2, 28, 17),
        "recurrence_rules": [
            daily(("10:00", "12:00"), ("23:00", "01:00"), interval=3),
            daily(("11:00", "13:00"), interval=2),
        ],
    },
    "weekends, every second week": {
        "timestamp_start": ms(2024, 1, 4),
        "timestamp_end": ms(2030, 1, 1),
        "recurrence_rules": [weekly({"Sat": None, "Sun": None}, interval=2)],
    },
    "two weekly rules and two daily ones": {
        "timestamp_start": ms(2024, 5, 5, 5),
        "recurrence_rules": [
            weekly({"Mon": None, "Wed": [("06:00", "06:01")]}, interval=3),
            weekly({"Mon": None, "Sun": [("12:00", "00:00")]}),
            daily(("17:00", "18:00")),
            daily(("17:30", "18:30"), interval=5),
        ],
    },
    "all days but one": {
        "timestamp_start": FIRST_OF_2024,
        "recurrence_rules": [weekly(dict.fromkeys(DAYS[1:]))],
    },
}
