"""A figure, its yardstick, and what it must reach."""

import json
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """`ratio` is value ÷ yardstick_value; it must be at least or at most the named bound."""

    name: str
    value: float
    unit: str
    yardstick: str
    yardstick_value: float
    ratio: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the bound is met."""
        return (self.at_least is None or self.ratio >= self.at_least) and (
            self.at_most is None or self.ratio <= self.at_most
        )


def compared(
    name: str, values: list[float], unit: str, yardstick: str, yardstick_values: list[float], at_least: float
) -> Result:
    """The median of the values over the median of the yardstick's."""
    value, base = statistics.median(values), statistics.median(yardstick_values)
    return Result(name, round(value, 1), unit, yardstick, round(base, 1), round(value / base, 3), at_least=at_least)


def at_most(
    name: str, values: list[float], unit: str, yardstick: str, yardstick_values: list[float], bound: float
) -> Result:
    """The same for what is better the smaller it is."""
    value, base = statistics.median(values), statistics.median(yardstick_values)
    return Result(name, round(value, 2), unit, yardstick, round(base, 2), round(value / base, 3), at_most=bound)


def write(results: list[Result]) -> None:
    """Keep the results as JSON, without bounds that do not apply."""
    rows = [{key: value for key, value in asdict(result).items() if value is not None} for result in results]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


def table(results: list[Result]) -> str:
    """The results for people."""
    lines = [f"{'name':<18}{'value':>12}  {'yardstick':<34}{'its value':>12}{'ratio':>9}  bound"]
    for result in results:
        bound = f"≥ {result.at_least}" if result.at_least is not None else f"≤ {result.at_most}"
        verdict = "" if result.holds else "  NOT MET"
        lines.append(
            f"{result.name:<18}{result.value:>12,.1f}  {result.yardstick:<34}{result.yardstick_value:>12,.1f}"
            f"{result.ratio:>9.3f}  {bound}{verdict}"
        )
    return "\n".join(lines)
