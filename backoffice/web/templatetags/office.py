"""The tags that pages speak with: money, when, state, icon, links that keep the brands, live values, charts."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.accounts.rights import has_right
from backoffice.core.money import format_money, minor_unit_micros
from backoffice.tenancy.scope import Scope
from backoffice.web import render
from backoffice.web.banners import banners
from backoffice.web.charts import BarList, Chart
from backoffice.web.errors import current_request_id
from backoffice.web.icons import svg
from backoffice.web.navigation import visible_sections
from backoffice.web.words import BLANK

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """`{% icon "trophy" %}`; sizes: "sm", "lg"."""
    return svg(name, size)


@register.simple_tag
def money(micros: int | None, currency: str) -> SafeString:
    """`{% money win.amount_micros win.currency %}`."""
    return render.money(micros, currency)


@register.filter
def when(value: datetime | None) -> SafeString:
    """`{{ row.at|when }}`: relative where recent."""
    return render.when(value)


@register.filter
def when_exactly(value: datetime | None) -> SafeString:
    """`{{ row.starts_at|when_exactly }}`: with the zone."""
    return render.when_exactly(value)


@register.simple_tag
def state(value: str, word: str = "") -> SafeString:
    """`{% state instance.state %}`."""
    return render.state(value, word)


@register.filter
def grouped(value: int | None) -> str:
    """`{{ 1234567|grouped }}`: 1,234,567."""
    return BLANK if value is None else f"{value:,}"


@register.inclusion_tag("parts/banners.html", takes_context=True)
def page_banners(context: Context) -> dict[str, Any]:
    """What is the matter everywhere in the viewer's scope; nothing on pages without a viewer."""
    scope = getattr(context.get("request"), "scope", None)
    return {"banners": banners(scope) if isinstance(scope, Scope) else []}


@register.inclusion_tag("parts/copy.html")
def copy(text: str, what: str = "the id") -> dict[str, str]:
    """`{% copy instance.id %}`: a button that copies the text."""
    return {"text": str(text), "what": what}


@register.simple_tag(takes_context=True)
def office_url(context: Context, name: str, *args: Any, **kwargs: Any) -> str:
    """`{% office_url "instances" %}`: an address that keeps the chosen brands."""
    brands = getattr(context.get("request"), "brands", None)
    address = reverse(name, args=args or None, kwargs=kwargs or None)
    return f"{address}?{brands.query}" if brands and brands.query else address


@register.simple_tag(takes_context=True)
def may(context: Context, right: str) -> bool:
    """`{% may "instances.change" as can_change %}`."""
    user = getattr(context.get("request"), "user", None)
    return user is not None and user.is_authenticated and has_right(user, right)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Any]:
    """The sidebar of this viewer, made once a request."""
    request = context["request"]
    if not hasattr(request, "scope"):
        return []
    if not hasattr(request, "office_navigation"):
        request.office_navigation = visible_sections(request.user, request.scope, request.path, request.brands.query)
    made: list[Any] = request.office_navigation
    return made


@register.simple_tag
def edge_port() -> int:
    """The port of the live socket."""
    return int(settings.EDGE_PORT)


@register.simple_tag
def request_id() -> str:
    """The id of this request, for people who write to us about it."""
    return current_request_id()


@register.inclusion_tag("parts/pot.html")
def pot(instance_id: object, pot_id: object, micros: int, currency: str, announce: str = "") -> dict[str, Any]:
    """`{% pot instance.id pot.id pot.value_micros instance.currency %}`: a live value.

    `announce` names it for screen readers, which hear it at most every ten seconds. Only for instances that run:
    a paused one is not broadcast, and its value is no older for it (`{% money %}`).
    """
    text = format_money(micros, currency).removeprefix(f"{currency} ")
    return {
        "key": f"{instance_id}:{pot_id}",
        "micros": micros,
        "decimals": 7 - len(str(minor_unit_micros(currency))),
        "currency": currency,
        "text": text,
        "announce": announce,
    }


@register.simple_tag
def live_state(*instance_ids: object) -> SafeString:
    """`{% live_state instance.id %}`: the dot that says live, once a page; without ids every instance in scope."""
    query = urlencode([("instance", str(one)) for one in instance_ids])
    return format_html(
        '<span class="live" data-live-state data-live-path="{}">Connecting…</span>'
        '<span class="visually-hidden" role="status" data-live-speech></span>',
        f"/ws/v1/staff/instances/{'?' + query if query else ''}",
    )


@register.inclusion_tag("parts/chart.html")
def chart(chart: Chart, heading: int = 2) -> dict[str, Any]:
    """`{% chart contributions_chart %}`: the drawing and its table twin."""
    return {"chart": chart, "data": chart.data(), "script_id": f"{chart.key}-data", "heading": heading}


@register.inclusion_tag("parts/bars.html")
def bars(bar_list: BarList) -> dict[str, Any]:
    """`{% bars top_wins %}`: a list of bars, no script needed."""
    return {"list": bar_list}


@register.simple_tag
def sort_of(column: Any) -> str:
    """`aria-sort` of a column's header."""
    if not column.orderable or not column.is_ordered:
        return ""
    return "descending" if column.order_by_alias.is_descending else "ascending"
