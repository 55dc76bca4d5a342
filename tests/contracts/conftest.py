"""Fixtures of the contract tests."""

from tests.contracts.doors import door, edge_url, partner  # noqa: F401
