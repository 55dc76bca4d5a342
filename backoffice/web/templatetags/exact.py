"""Amounts for tables of accounts: without the currency in every cell, and to the last micro-unit."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.core.money import DECIMALS, format_micros, format_money
from backoffice.web.words import MINUS

register = template.Library()


@register.simple_tag
def amount(micros: int, currency: str) -> SafeString:
    """`{% amount row.opening_micros "EUR" %}`: `1,234.56`, the currency's own decimals, micro-units in the title."""
    text = format_money(micros, currency).removeprefix(f"{currency} ").replace("-", MINUS)
    return format_html('<span title="{} micro-units">{}</span>', micros, text)


@register.filter
def six(micros: int) -> str:
    """`{{ difference|six }}`: `0.000000`, all six decimals."""
    return format_micros(micros, decimals=DECIMALS).replace("-", MINUS)


@register.filter
def six_unsigned(micros: int) -> str:
    """The size alone."""
    return format_micros(abs(micros), decimals=DECIMALS)
