"""The Schedule tab: what it says, a calendar of its windows, and whether a contribution would be accepted."""

from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from backoffice.core import clock
from backoffice.web.forms import helper
from jackpots.queries.instances import facts_of, schedule_of, state_changes
from jackpots.queries.schedules import Question, Verdict, raffle_rounds, what_if
from jackpots.queries.sources import sources
from jackpots.rules.eligibility import availability
from jackpots.rules.schedule import Schedule
from jackpots.web.calendar import Calendar, asked_span, month_query, week_query
from jackpots.web.columns import shown_state
from jackpots.web.fields import MomentField
from jackpots.web.filters import brand_choices
from jackpots.web.instance import InstanceBase
from jackpots.web.schedule_words import rule_words, written

ROUNDS_SHOWN: Final = 50
HOURS: Final = (0, 6, 12, 18, 24)


class WhatIfForm(forms.Form):
    """A contribution that might be made."""

    at = MomentField(label="Moment")
    brand_id = forms.ChoiceField(
        required=False, label="Brand", help_text="Without one, only its state and hours are asked about."
    )
    country = forms.CharField(required=False, max_length=3, help_text="Of the player: MT, DEU.")
    source_id = forms.ChoiceField(required=False, label="Source", help_text="Without one, the jackpot itself is named.")

    def __init__(self, *args: Any, request: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"On clocks in {zone}. Empty is now."
        names = sorted({source.source_id for source in sources(request.scope).prefetch_related(None)})
        self.fields["brand_id"].choices = [("", "Any"), *brand_choices(request)]  # type: ignore[attr-defined]
        self.fields["source_id"].choices = [("", "None"), *((name, name) for name in names)]  # type: ignore[attr-defined]


class InstanceSchedule(InstanceBase):
    """`/office/instances/<id>/schedule/`."""

    template_name = "jackpots/instance_schedule.html"

    @cached_property
    def schedule(self) -> Schedule:
        """As the row has it."""
        return schedule_of(self.instance)

    @cached_property
    def now(self) -> datetime:
        """The instant of the page."""
        return clock.now()

    @cached_property
    def zones(self) -> list[str]:
        """The clocks that one can choose from: the viewer's, the jackpot's own, and UTC."""
        return list(dict.fromkeys((timezone.get_current_timezone_name(), self.instance.time_zone, "UTC")))

    @cached_property
    def zone(self) -> str:
        """Whose clocks the calendar shows."""
        asked = self.request.GET.get("zone", "")
        return asked if asked in self.zones else self.zones[0]

    @cached_property
    def calendar(self) -> Calendar:
        """What the address asks for."""
        today = self.now.astimezone(ZoneInfo(self.zone)).date()
        asked = self.request.GET
        return Calendar(
            self.schedule, asked_span(asked.get("month", ""), asked.get("week", ""), today), self.zone, today
        )

    def context(self) -> dict[str, Any]:
        """The terms, the calendar, the question and its answer, the changes of state."""
        row, now = self.instance, self.now
        form = self._form()
        return {
            **super().context(),
            "instance": row,
            "effective": shown_state(row),
            "refused": availability(facts_of(row), now),
            "ruling": self.schedule.why(now),
            "next_change": self.schedule.next_change(now),
            "now": now,
            "words": rule_words(self.schedule.rules),
            "wire": written(self.schedule),
            "changes": state_changes(self.request.scope, row.pk)[:100],
            "form": form,
            "helper": helper(),
            "verdict": self._verdict(form),
            **self._calendar(),
        }

    def _calendar(self) -> dict[str, Any]:
        shown = self.calendar
        span, today = shown.span, self.now.astimezone(ZoneInfo(self.zone)).date()
        kept = urlencode({"zone": self.zone})
        return {
            "calendar": shown,
            "weeks": shown.weeks(),
            "hours": HOURS,
            "kept": kept,
            "shown_query": month_query(span.month) if span.month else week_query(span.first),
            "month_query": month_query(span.month or span.first),
            "week_query": week_query(today if span.month == today.replace(day=1) else span.month or span.first),
            "today_query": month_query(today) if span.month else week_query(today),
            "rounds": list(islice(raffle_rounds(self.instance, shown.start, shown.end), ROUNDS_SHOWN)),
        }

    def _form(self) -> WhatIfForm:
        asked = self.request.GET
        data = asked if "at" in asked else None
        zone = ZoneInfo(self.zone)
        starts = {"at": f"{self.now.astimezone(zone):%Y-%m-%dT%H:%M}"}
        form = WhatIfForm(data, request=self.request, zone=self.zone, initial=starts)
        with timezone.override(zone):
            form.is_valid()
        return form

    def _verdict(self, form: WhatIfForm) -> Verdict | None:
        if not form.is_bound or not form.is_valid():
            return None
        asked = form.cleaned_data
        question = Question(
            at=asked["at"] or self.now,
            brand_id=asked["brand_id"],
            country=asked["country"],
            source_id=asked["source_id"],
        )
        return what_if(self.request.scope, self.instance, question)
