"""The one way into the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from backoffice.audit.models import AuditEntry


class Person(Protocol):
    """A member of staff, as the log needs one."""

    pk: Any
    email: Any


class Machine(Protocol):
    """A service account, as the log needs one."""

    pk: Any
    username: Any


@dataclass(frozen=True)
class Actor:
    """Who acts: staff, a service account, or the system itself; with the request it acted in."""

    kind: str
    id: str
    name: str
    request_id: str = ""
    address: str | None = None

    @classmethod
    def staff(cls, user: Person, *, request_id: str = "", address: str | None = None) -> "Actor":
        """A member of staff."""
        return cls("staff", str(user.pk), user.email, request_id, address)

    @classmethod
    def service(cls, account: Machine, *, request_id: str = "", address: str | None = None) -> "Actor":
        """A service account."""
        return cls("service", str(account.pk), account.username, request_id, address)

    @classmethod
    def system(cls, name: str) -> "Actor":
        """A process of ours: `Actor.system("schedule")`."""
        return cls("system", name, name)


@dataclass(frozen=True)
class Subject:
    """What was acted on: `Subject("instance", id, name, operator_id)`."""

    type: str
    id: str
    name: str
    operator_id: str | None
    brand_id: str | None = None


def record(  # noqa: PLR0913 - an entry is what it is
    actor: Actor,
    action: str,
    subject: Subject,
    *,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Add an entry, in the transaction of the act. `before` and `after` hold JSON values, never secrets."""
    return AuditEntry.objects.create(
        at=at,
        operator_id=subject.operator_id,
        brand_id=subject.brand_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        action=action,
        object_type=subject.type,
        object_id=subject.id,
        object_name=subject.name[:300],
        reason=reason,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        request_id=actor.request_id[:64],
        address=actor.address,
    )
