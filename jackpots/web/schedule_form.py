"""The part of a form that says when contributions are taken: hours of days, days of weeks, or a pasted schedule."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone

from backoffice.core.errors import Refusal
from backoffice.pages.choices import zone_choices
from jackpots.rules.recurrence import DAY_SECONDS, WEEKDAYS, Daily, Hours, OpenDay, Rule, Weekly, clock_text
from jackpots.rules.schedule import Schedule
from jackpots.web.fields import MomentField
from jackpots.wire.lenient import MAX_CHARACTERS, Repaired, repair
from jackpots.wire.schedule import (
    LAST_SECOND,
    MAX_DAILY_INTERVAL,
    MAX_HOURS,
    MAX_WEEKLY_INTERVAL,
    decode_rules,
    decode_schedule,
    encode_rules,
)

DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SCHEDULE_FIELDS: Final = frozenset((
    "pasted", "starts_at", "ends_at", "daily_hours", "daily_interval", "weekly_interval",
    *(f"{part}_{day}" for part in ("on", "hours") for day in WEEKDAYS),
))  # fmt: skip
_CLOCK: Final = r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?"
_PAIR: Final = re.compile(rf"{_CLOCK}\s*(?:-|\N{{EN DASH}}|\N{{EM DASH}}|to)\s*{_CLOCK}")


class HoursField(forms.CharField):
    """`19:00-21:00, 22:00-02:00`; the cleaned value is a tuple of Hours, which may be empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "placeholder": "19:00-21:00"}))
        super().__init__(required=False, max_length=600, **kwargs)

    def clean(self, value: Any) -> Any:
        """The hours in their order."""
        pieces = [piece.strip() for piece in re.split(r"[,;\n]", super().clean(value)) if piece.strip()]
        if len(pieces) > MAX_HOURS:
            raise forms.ValidationError(f"At most {MAX_HOURS} times a day.")
        return tuple(_hours(piece) for piece in pieces)


class ScheduleForm(forms.Form):
    """From when to when, at which hours of which days; or all of it as partners write it. Hours and days are UTC's."""

    starts_at = MomentField(label="Starts")
    ends_at = MomentField(label="Ends")
    time_zone = forms.ChoiceField(
        required=False,
        label="Display zone",
        help_text="The calendar shows these clocks beside UTC. It decides nothing.",
    )
    daily_hours = HoursField(
        label="Hours of a day, in UTC",
        help_text="From and to, several with commas: 19:00-21:00, 22:00-02:00. Empty is the whole day.",
    )
    daily_interval = forms.IntegerField(
        min_value=1,
        max_value=MAX_DAILY_INTERVAL,
        required=False,
        label="Every so many days",
        help_text="1 is each day.",
    )
    weekly_interval = forms.IntegerField(
        min_value=1,
        max_value=MAX_WEEKLY_INTERVAL,
        required=False,
        label="Every so many weeks",
        help_text="Counted in sevens of days from the start.",
    )
    pasted = forms.CharField(
        required=False,
        max_length=MAX_CHARACTERS,
        strip=False,
        label="Paste a schedule",
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono", "spellcheck": "false", "autocomplete": "off"}),
        help_text="As partners write it, nearly right will do. It takes the place of the fields above.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.repaired: Repaired | None = None
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = zone
        self.fields["starts_at"].help_text = f"In {zone}. Empty is at once."
        self.fields["ends_at"].help_text = f"In {zone}. Empty is never by itself."
        for name, word in zip(WEEKDAYS, DAY_NAMES, strict=True):
            self.fields[f"on_{name}"] = forms.BooleanField(
                required=False, label=word, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
            )
            self.fields[f"hours_{name}"] = HoursField(label=f"{word}'s own hours")

    def days(self) -> Iterator[tuple[BoundField, BoundField]]:
        """The box and the hours of each day."""
        return ((self[f"on_{name}"], self[f"hours_{name}"]) for name in WEEKDAYS)

    def clean_time_zone(self) -> str:
        """The viewer's own where none was chosen."""
        return self.cleaned_data["time_zone"] or timezone.get_current_timezone_name()

    def clean(self) -> dict[str, Any]:
        """With the `schedule` that the fields come to."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not SCHEDULE_FIELDS.isdisjoint(self.errors):
            return values
        if values.get("pasted", "").strip():
            values["schedule"] = self._pasted(values["pasted"])
            return values
        for name, word in zip(WEEKDAYS, DAY_NAMES, strict=True):
            if values[f"hours_{name}"] and not values[f"on_{name}"]:
                self.add_error(f"hours_{name}", f"Tick {word} as well, and every other day on which it is open.")
        start, end = values["starts_at"], values["ends_at"]
        if start is not None and end is not None and end <= start:
            self.add_error("ends_at", "The end must be after the start.")
        try:
            values["schedule"] = Schedule(start, end, self._rules(values))
        except Refusal as refusal:
            self.add_error("daily_interval", refusal.message)
        return values

    def schedule(self) -> Schedule:
        """Of a valid form."""
        made: Schedule = self.cleaned_data["schedule"]
        return made

    def _pasted(self, text: str) -> Schedule | None:
        try:
            self.repaired = repair(text)
            return decode_schedule(self.repaired.value)
        except Refusal as refusal:
            self.add_error("pasted", refusal.message)
            return None

    def _rules(self, values: dict[str, Any]) -> tuple[Rule, ...]:
        rules: list[Rule] = []
        every_days, every_weeks = values["daily_interval"] or 1, values["weekly_interval"] or 1
        if values["daily_hours"] or every_days > 1:
            rules.append(Daily(values["daily_hours"] or (Hours(0, DAY_SECONDS),), every_days))
        days = tuple(
            OpenDay(number, values[f"hours_{name}"] or None)
            for number, name in enumerate(WEEKDAYS)
            if values[f"on_{name}"]
        )
        if not days and every_weeks > 1:
            days = tuple(OpenDay(number) for number in range(len(WEEKDAYS)))
        if days:
            rules.append(Weekly(days, every_weeks))
        return decode_rules(encode_rules(tuple(rules)))


def typed_schedule(schedule: Schedule) -> dict[str, str] | None:
    """The schedule as one would type it into the fields; None where it has more rules than they can say."""
    dailies = [rule for rule in schedule.rules if isinstance(rule, Daily)]
    weeklies = [rule for rule in schedule.rules if isinstance(rule, Weekly)]
    if len(dailies) > 1 or len(weeklies) > 1 or not all(map(_is_typed_whole, (schedule.starts_at, schedule.ends_at))):
        return None
    typed = {"starts_at": _typed_moment(schedule.starts_at), "ends_at": _typed_moment(schedule.ends_at)}
    for daily in dailies:
        typed |= {"daily_hours": _typed_hours(daily.hours), "daily_interval": str(daily.interval)}
    for weekly in weeklies:
        typed["weekly_interval"] = str(weekly.interval)
        for day in weekly.days:
            typed[f"on_{WEEKDAYS[day.weekday]}"] = "on"
            typed[f"hours_{WEEKDAYS[day.weekday]}"] = _typed_hours(day.hours or ())
    return typed


def _typed_hours(several: Sequence[Hours]) -> str:
    return ", ".join(f"{clock_text(hours.from_second)}-{clock_text(hours.to_second)}" for hours in several)


def _typed_moment(at: datetime | None) -> str:
    return "" if at is None else f"{timezone.localtime(at):%Y-%m-%dT%H:%M}"


def _is_typed_whole(at: datetime | None) -> bool:
    return at is None or (at.second, at.microsecond) == (0, 0)


def _hours(text: str) -> Hours:
    found = _PAIR.fullmatch(text)
    if found is None:
        raise forms.ValidationError(f"“{text[:30]}” is no pair of times like 19:00-21:00.")
    numbers = [int(number or 0) for number in found.groups()]
    start, end = (hour * 3600 + minute * 60 + second for hour, minute, second in (numbers[:3], numbers[3:]))
    end = DAY_SECONDS if end == LAST_SECOND else end
    if start >= DAY_SECONDS or end > DAY_SECONDS:
        raise forms.ValidationError(f"“{text[:30]}” goes beyond the hours of a day.")
    if start == end:
        raise forms.ValidationError(f"“{text[:30]}” begins where it ends; the whole day is 00:00-24:00.")
    return Hours(start, end)
