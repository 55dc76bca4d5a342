"""Total opted-in players (OFF-05)."""

from backoffice.web.charts import Chart, Series
from reporting.rules.period import point_labels
from reporting.web.widget import Card, Figures, Widget


def make(figures: Figures) -> Card:
    """How many players are opted in to at least one jackpot, at the end of each point."""
    found = figures.opted_in
    return Card(
        title="Opted-in players",
        icon="users",
        headline=f"{found.now:,}",
        subline=f"{found.now - found.before:+,} in this period".replace("-", "\N{MINUS SIGN}"),
        chart=Chart(
            key="opted_in",
            title=f"Players opted in at the end of each {found.unit}, {figures.period_text}",
            kind="line",
            labels=point_labels(found.points, found.unit),
            series=[Series("Opted in", found.players)],
            empty="No player is opted in.",
        ),
        link=figures.listed("instances"),
        link_text="All jackpots",
    )


WIDGET = Widget("opted_in", "Opted-in players", "users", make, "third")
