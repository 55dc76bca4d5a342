"""What each role may do (rule B-25). A right is a noun and a verb; whoever lacks it gets 403."""

from backoffice.accounts.models import Role, ServiceAccount, StaffUser

READ = frozenset(
    {
        "dashboard.view", "instances.view", "templates.view", "sources.view", "contributions.view", "wins.view",
        "draws.view", "integrations.view", "dead_letters.view", "approvals.view", "liability.view", "ledger.view",
        "currencies.view", "brands.view", "docs.view", "events.view", "data.view",
    }
)  # fmt: skip
REQUEST = frozenset(
    {
        "instances.change", "templates.change", "sources.change", "wins.settle", "wins.withhold", "integrations.submit",
        "integrations.disconnect", "integrations.test", "dead_letters.replay", "events.replay", "exports.run",
    }
)  # fmt: skip
# Whoever decides on a connection may ask its broker first.
DECIDE = frozenset({"approvals.decide", "integrations.test"})
ADMINISTER = frozenset(
    {
        "staff.change",
        "staff.view",
        "service_accounts.change",
        "service_accounts.view",
        "brands.change",
        "currencies.change",
        "audit.view",
    }
)
# Who is a player: without it, their ids are shown masked.
PLAYERS = frozenset({"players.view"})
# What an operator owes to a player who asks for all that is known, or for its end.
ANSWER_PLAYERS = frozenset({"players.export", "players.erase"})
# What segments may use of players' data.
DATA = frozenset({"data.manage"})
PLATFORM = frozenset({"operators.change", "operators.view", "kinds.change", "platform.admin"})

RIGHTS_BY_ROLE: dict[str, frozenset[str]] = {
    Role.PLATFORM_ADMIN: READ
    | PLAYERS
    | DATA
    | PLATFORM
    | {"audit.view", "staff.view", "service_accounts.view", "demo.traffic"},
    Role.OPERATOR_ADMIN: READ | PLAYERS | ANSWER_PLAYERS | DATA | REQUEST | DECIDE | ADMINISTER | {"demo.traffic"},
    Role.MANAGER: READ | PLAYERS | ANSWER_PLAYERS | REQUEST | {"audit.view", "demo.traffic"},
    Role.APPROVER: READ | PLAYERS | DECIDE | {"audit.view", "exports.run"},
    Role.ANALYST: READ | {"audit.view", "exports.run"},
}
SERVICE_RIGHTS = frozenset(
    {
        "instances.view", "templates.view", "sources.view", "contributions.view", "contributions.make", "wins.view",
        "integrations.view", "liability.view", "currencies.view", "opt_ins.change", "players.view", "pots.trigger",
        "events.send",
    }
)  # fmt: skip


def rights_of(viewer: StaffUser | ServiceAccount | None) -> frozenset[str]:
    """Every right of a member of staff or of a service account; none for anybody else or who is switched off."""
    if viewer is None or not viewer.is_active:
        return frozenset()
    if isinstance(viewer, ServiceAccount):
        return SERVICE_RIGHTS
    return RIGHTS_BY_ROLE[viewer.role]


def has_right(viewer: StaffUser | ServiceAccount | None, right: str) -> bool:
    """Whether the viewer has the right."""
    return right in rights_of(viewer)
