"""Top contributors (OFF-08)."""

from backoffice.web.charts import bar_list
from reporting.web.player_bars import left_out_note, player_row
from reporting.web.widget import Card, Figures, Widget


def make(figures: Figures) -> Card:
    """The ten players who contributed most."""
    found = figures.players
    rows = [player_row(figures, player, player.contribution_micros) for player in found.by_contributions]
    return Card(
        title="Top contributors",
        icon="users",
        bars=bar_list(rows, "Nobody contributed in this period."),
        link=figures.listed("contributions"),
        link_text="All contributions",
        notes=left_out_note(found.left_out),
        from_rollups=True,
    )


WIDGET = Widget("top_contributors", "Top contributors", "users", make)
