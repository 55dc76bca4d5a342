"""Links, counts, lists and shares, as the pages of this app say them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString


def link(url: str, text: object) -> SafeString:
    """`<a href="…">…</a>`."""
    return format_html('<a href="{}">{}</a>', url, text)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 source`, `1,204 players`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence_list(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def percent_of_ppm(ppm: int) -> str:
    """`25 %`, `0.05 %`: parts per million as people read them, exactly."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + " %"
