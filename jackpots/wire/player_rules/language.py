"""A language: its sentences, and how it writes amounts, rates, counts and dates."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from backoffice.core.money import format_money
from jackpots.wire.player_rules import de, en, es, fr

CATALOGUES: Final[Mapping[str, tuple[Mapping[str, str], tuple[str, str]]]] = {
    "en": (en.MESSAGES, en.SEPARATORS),
    "de": (de.MESSAGES, de.SEPARATORS),
    "es": (es.MESSAGES, es.SEPARATORS),
    "fr": (fr.MESSAGES, fr.SEPARATORS),
}
NAMES: Final = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
DEFAULT: Final = "en"
_UNITS: Final = (
    (604_800, "weeks"),
    (86_400, "days"),
    (3_600, "hours"),
    (60, "minutes"),
    (1, "seconds"),
)


class Language:
    """One of the catalogues; LookupError for a code that there is none of."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._messages, (self._thousands, self._point) = CATALOGUES[code]

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key with these values in it."""
        return self._messages[key].format(**values)

    def money(self, micros: int, currency: str) -> str:
        """`EUR 1,234.50`: the code first, the number as the language writes it."""
        return self._number(format_money(micros, currency))

    def rate(self, ppm: int) -> str:
        """`66.67 %`, rounded to hundredths."""
        hundredths = (ppm + 50) // 100
        return self._number(f"{hundredths // 100:,}.{hundredths % 100:02d}") + " %"

    def share(self, ppm: int) -> str:
        """`25 %`, `0.05 %`: exact."""
        whole, rest = divmod(ppm, 10_000)
        return self._number(f"{whole}.{rest:04d}".rstrip("0").rstrip(".")) + " %"

    def count(self, number: int) -> str:
        """`1,234`."""
        return self._number(f"{number:,}")

    def period(self, seconds: int) -> str:
        """In the largest unit of which it is a whole number."""
        size, name = next((size, name) for size, name in _UNITS if seconds % size == 0)
        return self.say(name, n=self.count(seconds // size))

    def moment(self, at: datetime) -> str:
        """`2026-03-14 09:26 UTC`: the same in every language."""
        return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    def weekday(self, number: int) -> str:
        """Monday is 0."""
        return self._messages["weekdays"].split(",")[number]

    def _number(self, text: str) -> str:
        return text.translate({ord(","): self._thousands, ord("."): self._point})


def chosen(asked: str | None, accepted: str) -> Language:
    """The language that was asked for, else the first accepted one (the value of Accept-Language), else English.
    LookupError for one that was asked for and is not there."""
    if asked is not None:
        return Language(asked)
    wishes = [part.partition(";") for part in accepted.split(",")]
    ranked = sorted(wishes, key=lambda wish: -_weight(wish[2]))
    codes = [wish[0].strip().lower().partition("-")[0] for wish in ranked]
    return Language(next((code for code in codes if code in CATALOGUES), DEFAULT))


def _weight(parameters: str) -> int:
    """The q of an accepted language, in thousandths."""
    name, _, text = parameters.strip().partition("=")
    digits = text.replace(".", "", 1)
    if name.strip() != "q" or not digits.isdigit() or not digits.isascii():
        return 1_000
    whole, _, part = text.partition(".")
    return min(1_000, int(whole or "0") * 1_000 + int(part[:3].ljust(3, "0") or "0"))
