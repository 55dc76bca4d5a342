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
    `no`; machines that come to a page are nobody there (`for_people`). A foreign role gets `foreign` if its kind
    (staff or machine) has the right, else `no`; None means that the same request is about its own things and succeeds
    with `yes`. Nobody gets `nobody`. What `is_public` is no secret of its owner.
    """

    route: str
    method: str
    may: frozenset[str]
    ask: Callable[[Cast], Ask] = lambda _cast: Ask()
    yes: int | frozenset[int] = 200
    no: int = 403
    foreign: int | None = 404
    nobody: int = 401
    is_form: bool = False
    for_people: bool = False
    is_public: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.route}"

    def expected(self, role: str) -> frozenset[int]:
        """The statuses that the role may be answered with."""
        if self.lets_in(role):
            return self.yes if isinstance(self.yes, frozenset) else frozenset((self.yes,))
        if role == NOBODY or (self.for_people and role in {SERVICE, RIVAL_SERVICE}):
            return frozenset((self.nobody,))
        if role in FOREIGN and self._side_of(role) in self.may and self.foreign is not None:
            return frozenset((self.foreign,))
        return frozenset((self.no,))

    def lets_in(self, role: str) -> bool:
        """Whether the role may do this, on what the row asks for or on the like of its own."""
        if self.for_people and role in {SERVICE, RIVAL_SERVICE}:
            return False
        if role in FOREIGN:
            return self._side_of(role) in self.may and (self.foreign is None or self.foreign in self._successes())
        return role in self.may

    def _successes(self) -> frozenset[int]:
        return self.yes if isinstance(self.yes, frozenset) else frozenset((self.yes,))

    def _side_of(self, role: str) -> str:
        return ADMIN if role == RIVAL_ADMIN else SERVICE
