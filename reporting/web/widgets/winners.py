"""Total winners (OFF-04)."""

from backoffice.web.charts import Chart, Series
from reporting.web.widget import Card, Figures, Widget, delta_of


def make(figures: Figures) -> Card:
    """How many, and what they won."""
    found = figures.totals
    now, before = found.current, found.before
    series = [Series("This period", [tally.win_count for tally in now.tallies])]
    if before is not None:
        values = figures.matched([tally.win_count for tally in before.tallies], len(now.points))
        series.append(Series("Period before", values, comparison=True))
    return Card(
        title="Winners",
        icon="trophy",
        headline=f"{now.total.win_count:,}",
        subline=f"{figures.money(now.total.win_micros)} won",
        delta=delta_of(now.total.win_count, before.total.win_count if before else None, figures.asking.span_before),
        chart=Chart(
            key="winners",
            title=f"Wins by {found.unit}, {figures.period_text}",
            kind="histogram",
            labels=figures.labels(),
            series=series,
            empty="No pot dropped in this period.",
        ),
        link=figures.listed("winners"),
        link_text="All winners",
        notes=figures.notes_of_totals(),
    )


WIDGET = Widget("winners", "Winners", "trophy", make, "third")
