"""Write what was computed of players."""

from collections.abc import Sequence
from typing import Final

from backoffice.core.bulk import run_bulk
from backoffice.core.json import encode
from integrations.models import PlayerFigures
from integrations.operations.build_player_figures import COUNTS, FIRSTS, LASTS

_INSTANTS: Final = (
    *FIRSTS,
    *LASTS,
    "first_login_at",
    "last_login_at",
    "told_at",
    "dated_at",
    "forgotten_until",
    "changed_at",
)
_JSON: Final = ("games", "forgotten")
_COLUMNS: Final = ("id", "integration_id", "is_untold", *COUNTS, *_INSTANTS, *_JSON)
_TYPES: Final = (
    "bigint", "uuid", "bool", *("numeric" for _ in COUNTS), *("timestamptz" for _ in _INSTANTS),
    *("text" for _ in _JSON),
)  # fmt: skip
_SET: Final = ", ".join(f"{name} = k.{name}::jsonb" if name in _JSON else f"{name} = k.{name}" for name in _COLUMNS[1:])
_UPDATE: Final = f"""
    UPDATE integrations_playerfigures f SET {_SET}
    FROM unnest({", ".join(f"%b::{kind}[]" for kind in _TYPES)}) AS k ({", ".join(_COLUMNS)})
    WHERE f.id = k.id
"""  # noqa: S608 - the names are constants of this module


def store_player_figures(rows: Sequence[PlayerFigures]) -> None:
    """Write the rows as they are, in the transaction that holds their locks."""
    values = [
        [encode(getattr(row, name)).decode() if name in _JSON else getattr(row, name) for name in _COLUMNS]
        for row in rows
    ]
    run_bulk(_UPDATE, [[*column] for column in zip(*values, strict=True)])
