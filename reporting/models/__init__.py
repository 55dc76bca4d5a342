"""Rows of reporting: rollups only; every figure can be made again from the journal and the ledger."""

from reporting.models.rollup import PlayerDay, RollupCursor, WagerBucket

__all__ = ["PlayerDay", "RollupCursor", "WagerBucket"]
