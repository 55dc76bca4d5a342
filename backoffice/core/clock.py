"""The one clock. Entrances read it; below them the time is an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(tz=UTC)  # noqa: TID251 - the one place


def epoch_ms(instant: datetime) -> int:
    """Milliseconds since 1970, as the wire formats carry time."""
    return int(instant.timestamp() * 1000)
