"""What a chart shows, for the script and for its table twin alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from backoffice.core.money import decimal_from_micros, format_money
from backoffice.web.words import BLANK


@dataclass(frozen=True)
class Series:
    """One series: `values` place the pixels, `texts` are what people read. `comparison` is the period before."""

    name: str
    values: Sequence[int | Decimal | None]
    texts: Sequence[str] = ()
    comparison: bool = False


@dataclass(frozen=True)
class Chart:
    """`title` says the finding's unit and period; `key` is unique on the page."""

    key: str
    title: str
    kind: Literal["line", "bar", "histogram"]
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    label_heading: str = "When"
    size: Literal["", "short", "tall"] = ""
    empty: str = "Nothing in this period."

    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)

    def data(self) -> dict[str, Any]:
        """For json_script. Pixels do not need exactness: values become numbers here and nowhere else."""
        return {
            "kind": self.kind,
            "title": self.title,
            "unit": self.unit,
            "labels": list(self.labels),
            "series": [
                {
                    "name": series.name,
                    "values": [None if value is None else float(value) for value in series.values],
                    "texts": list(self.texts_of(series)),
                    "comparison": series.comparison,
                }
                for series in self.series
            ],
        }

    def texts_of(self, series: Series) -> Sequence[str]:
        """What people read of a series."""
        if series.texts:
            return series.texts
        unit = f" {self.unit}" if self.unit else ""
        return [BLANK if value is None else f"{value:,}{unit}" for value in series.values]

    def table(self) -> list[list[str]]:
        """The twin: a row a label, a column a series."""
        columns = [self.texts_of(series) for series in self.series]
        return [[str(label), *(column[at] for column in columns)] for at, label in enumerate(self.labels)]


def money_series(name: str, micros: Sequence[int | None], currency: str, *, comparison: bool = False) -> Series:
    """A series of amounts in micro-units of one currency."""
    return Series(
        name=name,
        values=[None if value is None else decimal_from_micros(value) for value in micros],
        texts=[BLANK if value is None else format_money(value, currency) for value in micros],
        comparison=comparison,
    )


@dataclass(frozen=True)
class Bar:
    """One line of a bar list: `share` is 0…100 of the longest."""

    name: str
    text: str
    share: int
    url: str = ""


@dataclass(frozen=True)
class BarList:
    """A list of bars, longest first."""

    bars: Sequence[Bar] = field(default_factory=tuple)
    empty: str = "Nobody in this period."


def bar_list(rows: Sequence[tuple[str, int, str, str]], empty: str = "Nobody in this period.") -> BarList:
    """From (name, size, text, url) rows; sizes are whole numbers (micro-units), the largest fills the line."""
    largest = max((abs(size) for _, size, _, _ in rows), default=0)
    return BarList(
        [Bar(name, text, 100 * abs(size) // largest if largest else 0, url) for name, size, text, url in rows], empty
    )
