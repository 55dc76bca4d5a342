"""The stage of the matrix."""

from tests.authorization.trying import stage  # noqa: F401
