"""Money, times, states as HTML. The template tags and the table columns speak through these."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.core import clock
from backoffice.core.money import format_money
from backoffice.web.icons import svg
from backoffice.web.states import look_of
from backoffice.web.words import BLANK, MINUS

RECENT = timedelta(days=2)


def money(micros: int | None, currency: str) -> SafeString:
    """`1,234.56 EUR`: tabular figures, the currency's own decimals, micro-units in the title."""
    if micros is None:
        return format_html('<span class="text-secondary">{}</span>', BLANK)
    amount = format_money(micros, currency).removeprefix(f"{currency} ")
    return format_html(
        '<span class="money{}" title="{} micro-units">{} <span class="code">{}</span></span>',
        " negative" if micros < 0 else "",
        micros,
        amount.replace("-", MINUS),
        currency,
    )


def utc_text(value: datetime) -> str:
    """`2026-11-20 13:37:31 UTC`."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def relative(value: datetime, now: datetime) -> str | None:
    """`5 min ago`, `in 2 h`; None for what is more than two days away."""
    seconds = int((now - value).total_seconds())
    size = abs(seconds)
    if timedelta(seconds=size) > RECENT:
        return None
    if size < 10:
        return "just now" if seconds >= 0 else "in a moment"
    if size < 60:
        text = f"{size} s"
    elif size < 3600:
        text = f"{size // 60} min"
    else:
        text = f"{size // 3600} h"
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def when(value: datetime | None) -> SafeString:
    """A time for people: relative where recent, else in the viewer's zone; the instant in UTC in the title."""
    if value is None:
        return format_html('<span class="text-secondary">{}</span>', BLANK)
    local = timezone.localtime(value)
    shown = relative(value, clock.now()) or local.strftime("%d %b %Y, %H:%M")
    return format_html(
        '<time datetime="{}" title="{} · {}">{}</time>',
        value.astimezone(UTC).isoformat(timespec="seconds"),
        local.strftime("%Y-%m-%d %H:%M:%S %Z"),
        utc_text(value),
        shown,
    )


def when_exactly(value: datetime | None) -> SafeString:
    """A time in the viewer's zone with the zone's name, for ranges and facts."""
    if value is None:
        return format_html('<span class="text-secondary">{}</span>', BLANK)
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.astimezone(UTC).isoformat(timespec="seconds"),
        utc_text(value),
        local.strftime("%d %b %Y, %H:%M %Z"),
    )


def state(value: str, word: str = "") -> SafeString:
    """A state's badge; `word` replaces the usual word."""
    look = look_of(value, word)
    return format_html('<span class="state {}">{}{}</span>', look.colour, svg(look.icon), look.word)
