"""Top net contributors (OFF-10)."""

from backoffice.web.charts import bar_list
from reporting.web.player_bars import left_out_note, player_row
from reporting.web.widget import Card, Figures, Widget


def make(figures: Figures) -> Card:
    """The ten players who contributed most beyond what they won."""
    found = figures.players
    rows = [player_row(figures, player, player.net_micros) for player in found.by_net]
    return Card(
        title="Top net contributors",
        icon="scale",
        bars=bar_list(rows, "Nobody contributed in this period."),
        link=figures.listed("contributions"),
        link_text="All contributions",
        notes=left_out_note(found.left_out),
        from_rollups=True,
    )


WIDGET = Widget("top_net", "Top net contributors", "scale", make)
