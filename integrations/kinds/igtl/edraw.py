"""The daily summary of winning numbers, both its shapes made one."""

from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from integrations.kinds.igtl.tables import EDRAW, EDRAW_EVENT
from integrations.wire.envelopes import EARLIEST_MS, Bad
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage
from integrations.wire.values import instant_ms_of

_DAY_MS: Final = 86_400_000


def read_edraw(
    body: dict[str, Any], raw: RawMessage, brand_id: str, zone: tzinfo, ignored: list[tuple[str, str]]
) -> PlayerMessage:
    """The summary as a message about nobody in particular; Bad names what is wrong with it.

    Each item tells its `productId` itself, wherever it was sent; `summaryDate` is the day as people call it. What
    happened is dated by the broker, or by the start of that day in the zone.
    """
    day = body.get("summaryDay")
    if day is None:
        raise Bad("MISSING_FIELD", "summaryDay is missing.")
    label = _label(day, zone)
    items = body.get("drawSummaries")
    if items is None:
        raise Bad("MISSING_FIELD", "drawSummaries is missing.")
    if not isinstance(items, list):
        raise Bad("WRONG_TYPE", "drawSummaries must be a list.")
    summaries = [_with_product(item, index) for index, item in enumerate(items)]
    started = datetime.fromisoformat(label).replace(tzinfo=zone)
    return PlayerMessage(
        brand_id=brand_id,
        identifier=None,
        event=EDRAW_EVENT,
        topic=EDRAW,
        happened_at_ms=raw.sent_at_ms if raw.sent_at_ms is not None else int(started.timestamp()) * 1_000,
        properties={**body, "summaryDate": label, "drawSummaries": summaries},
        ignored=tuple(ignored),
        origin=raw.origin,
    )


def _label(day: Any, zone: tzinfo) -> str:
    """The day as YYYY-MM-DD. Midnight in UTC is how a date without a time is written, so it names that date itself;
    any other instant is a moment of the jurisdiction's day."""
    ms = instant_ms_of(day, zone) if isinstance(day, str | Decimal) else None
    if ms is None or ms < EARLIEST_MS:
        raise Bad("INVALID_TIMESTAMP", "summaryDay is no day of the years 2000 to 2099.")
    is_date = ms % _DAY_MS == 0
    return datetime.fromtimestamp(ms // 1_000, UTC if is_date else zone).date().isoformat()


def _with_product(item: Any, index: int) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Bad("WRONG_TYPE", f"drawSummaries[{index}] must be an object.")
    product = item.get("productId")
    if product is None:
        product = _product_inside(item)
    return item if product is None else {**item, "productId": product}


def _product_inside(item: dict[str, Any]) -> Any:
    """From the next draw, else from the first of the previous ones."""
    draw = item.get("nextDraw")
    if isinstance(draw, dict) and draw.get("productId") is not None:
        return draw["productId"]
    results = item.get("prevDrawsResults")
    first = results[0] if isinstance(results, list) and results else None
    draw = first.get("draw") if isinstance(first, dict) else None
    return draw.get("productId") if isinstance(draw, dict) else None
