"""Rows of reporting: rollups of the journal, which can be made again from it, and the rates as they were."""

from reporting.models.rate import NotedRate
from reporting.models.rollup import JOURNAL, PlayerDay, RollupCursor, WagerBucket

__all__ = ["JOURNAL", "NotedRate", "PlayerDay", "RollupCursor", "WagerBucket"]
