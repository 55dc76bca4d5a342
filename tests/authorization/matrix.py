"""The authorization matrix: for every route and method, who may, on what, and what the others are told.

A row names a route of the URLconf and a method. `ask` builds the request on things of the cast's first operator; each
role then sends exactly that request. Rows live in modules beside this one; `ROWS` of all of them are the matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import Cast

ANALYST, APPROVER, MANAGER, ADMIN, ROOT = "analyst", "approver", "manager", "admin", "root"
SERVICE, RIVAL_ADMIN, RIVAL_SERVICE, NOBODY = "service", "rival_admin", "rival_service", "nobody"

STAFF = frozenset((ANALYST, APPROVER, MANAGER, ADMIN))
VIEWERS = STAFF | {ROOT}
REQUESTERS = frozenset((MANAGER, ADMIN))
DECIDERS = frozenset((APPROVER, ADMIN))
MACHINES = frozenset((SERVICE,))
FOREIGN = frozenset((RIVAL_ADMIN, RIVAL_SERVICE))
ROLES = (ANALYST, APPROVER, MANAGER, ADMIN, ROOT, SERVICE, RIVAL_ADMIN, RIVAL_SERVICE, NOBODY)


@dataclass(frozen=True)
class Ask:
    """A request: what stands in the address, the query, the body."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """Who may do this, and what everybody is answered.

    `may` are the roles of the owner's side that may; they get `yes`. Roles of the owner's side that may not get
    `no`. A foreign role gets `foreign` if its kind (staff or machine) has the right, else `no`; None means that the
    same request is about its own things and succeeds with `yes`. Nobody gets `nobody`.
    """

    route: str
    method: str
    may: frozenset[str]
    ask: Callable[[Cast], Ask] = lambda _cast: Ask()
    yes: int = 200
    no: int = 403
    foreign: int | None = 404
    nobody: int = 401

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    def expected(self, role: str) -> int:
        """The status that the role is answered with."""
        if role == NOBODY:
            return self.nobody
        if role in FOREIGN:
            own_side = ADMIN if role == RIVAL_ADMIN else SERVICE
            if own_side not in self.may:
                return self.no
            return self.yes if self.foreign is None else self.foreign
        return self.yes if role in self.may else self.no
