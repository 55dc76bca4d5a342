"""The stage of the matrix, and the edge process for its sockets."""

from tests.authorization.trying import stage  # noqa: F401
from tests.contracts.doors import edge_url  # noqa: F401
