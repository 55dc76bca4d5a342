"""Columns that only jackpots have."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.accounts.players import shown_player
from backoffice.core import clock
from backoffice.core.money import decimal_from_micros
from backoffice.web import render
from backoffice.web.tables import OfficeTable, StateColumn
from backoffice.web.templatetags.office import pot
from jackpots.models import Instance, InstanceState, Pot
from jackpots.queries.instances import schedule_of
from jackpots.rules.states import effective_state

BROADCAST = (InstanceState.ACTIVE, InstanceState.PAUSED)


def shown_state(instance: Instance) -> str:
    """The state that holds now, which the row may not know yet."""
    return effective_state(instance.state, instance.starts_at, instance.ends_at, clock.now()).value


def closed_note(instance: Instance) -> str:
    """When the hours of an active jackpot come again; empty where they are now, or where it has none."""
    if not instance.recurrence_rules or shown_state(instance) != InstanceState.ACTIVE:
        return ""
    schedule, now = schedule_of(instance), clock.now()
    if schedule.is_open(now):
        return ""
    opens = schedule.next_open(now)
    if opens is None:
        return "Outside its hours, which do not come again."
    return f"Outside its hours, which come again on {timezone.localtime(opens):%a %d %b %Y, %H:%M %Z}."


class InstanceStateColumn(StateColumn):
    """The state that holds now."""

    def render(self, record: Instance) -> SafeString:  # type: ignore[override]
        """The cell of the page."""
        shown, note = render.state(shown_state(record)), closed_note(record)
        if not note:
            return shown
        return format_html('{} <span class="text-secondary" title="{}">outside its hours</span>', shown, note)

    def value(self, record: Instance) -> str:  # type: ignore[override]
        """The cell of the export."""
        return shown_state(record)


class PotsColumn(tables.Column):  # type: ignore[misc]
    """The pots of an instance with their values, live where the instance runs."""

    def render(self, record: Instance) -> SafeString:
        """The cell of the page."""
        pots = [(row.code, _value(record, row)) for row in record.pots.all()]
        return format_html(
            '<span class="row-pots">{}</span>',
            format_html_join(" ", '<span><span class="text-secondary">{}</span> {}</span>', pots),
        )

    def value(self, record: Instance) -> str:
        """The cell of the export: `mini 12.500000; mega 1000.000000`."""
        return "; ".join(f"{row.code} {decimal_from_micros(row.value_micros):f}" for row in record.pots.all())


def _value(instance: Instance, row: Pot) -> SafeString:
    if instance.state not in BROADCAST:
        return render.money(row.value_micros, instance.currency)
    return live_pot(instance, row.code, row.value_micros)


def live_pot(instance: Instance, code: str, micros: int) -> SafeString:
    """A value that rolls, for cells; in templates `{% pot %}` says the same."""
    return render_to_string("parts/pot.html", pot(instance.pk, code, micros, instance.currency))


class PlayerColumn(tables.Column):  # type: ignore[misc]
    """A player's id, masked for who may not see it, on the page and in the export."""

    def render(self, value: str, table: OfficeTable) -> str:
        """The cell of the page."""
        return shown_player(table.request.user, value)

    def value(self, value: str, table: OfficeTable) -> str:
        """The cell of the export."""
        return shown_player(table.request.user, value)


class BrandsColumn(tables.Column):  # type: ignore[misc]
    """The brands that may take part; none named is all of the owner's."""

    def render(self, record: Instance) -> str:
        """The cell of the page."""
        return brands_text(record)

    def value(self, record: Instance) -> str:
        """The cell of the export."""
        return brands_text(record)


def brands_text(instance: Instance) -> str:
    """`brand1, brand2`, or which all they are."""
    named = [row.brand_id.partition(":")[2] for row in instance.allowed_brands.all()]
    if named:
        return ", ".join(named)
    return instance.brand_id.partition(":")[2] if instance.brand_id else "All brands"
