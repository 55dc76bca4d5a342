"""The sidebar, in one place. What does not exist or is not the viewer's is not shown."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.rights import has_right
from backoffice.approvals.queries import count_waiting
from backoffice.tenancy.scope import Scope

Count = Callable[[StaffUser, Scope], int]


@dataclass(frozen=True)
class Entry:
    """A page of the sidebar. `go` is the letter after `g`; `count` says how many things wait there."""

    label: str
    url_name: str
    icon: str
    right: str | None = None
    go: str = ""
    count: Count | None = None


@dataclass(frozen=True)
class Section:
    """A group of the sidebar."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry as one viewer sees it."""

    label: str
    url: str
    icon: str
    go: str
    count: int | None
    current: bool


SECTIONS: tuple[Section, ...] = (
    Section("Overview", (Entry("Dashboard", "dashboard", "layout-dashboard", "dashboard.view", "d"),)),
    Section(
        "Jackpots",
        (
            Entry("Instances", "instances", "coins", "instances.view", "i"),
            Entry("Raffles", "raffles", "ticket", "instances.view"),
            Entry("Winners", "winners", "trophy", "wins.view", "w"),
            Entry("Templates", "templates", "template", "templates.view", "t"),
            Entry("Sources", "sources", "route", "sources.view", "o"),
        ),
    ),
    Section(
        "Campaigns",
        (
            Entry("Players", "players", "users", "data.view", "y"),
            Entry("Data manager", "data_events", "database", "data.view", "m"),
        ),
    ),
    Section(
        "Integrations",
        (
            Entry("Connected", "integrations", "plug-connected", "integrations.view", "n"),
            Entry("Marketplace", "marketplace", "building-store", "integrations.view"),
            Entry("Dead letters", "dead_letters", "mail-off", "dead_letters.view", "x"),
            Entry("Kinds", "kinds", "adjustments-horizontal", "kinds.change"),
        ),
    ),
    Section(
        "Reports",
        (
            Entry("Liability", "liability", "report-money", "liability.view", "l"),
            Entry("Contributions", "contributions", "list-details", "contributions.view", "c"),
            Entry("Exports", "exports", "download", "exports.run"),
        ),
    ),
    Section(
        "Control",
        (
            Entry("Live operations", "live", "activity-heartbeat", "instances.view", "v"),
            Entry("Approvals", "approvals", "checks", "approvals.view", "a", count_waiting),
            Entry("Audit log", "audit_log", "history", "audit.view", "h"),
            Entry("Trial balance", "trial_balance", "scale", "ledger.view", "b"),
            Entry("Draws", "draws", "dice-5", "draws.view", "r"),
            Entry("Outbox", "outbox", "send", "events.view"),
        ),
    ),
    Section(
        "Developers",
        (
            Entry("API reference", "api-docs", "api", None, "p"),
            Entry("Requests", "requests", "list", "service_accounts.view"),
            Entry("Webhooks", "webhooks", "webhook", "service_accounts.view"),
            Entry("Service accounts", "service_accounts", "key", "service_accounts.view", "k"),
        ),
    ),
    Section(
        "Settings",
        (
            Entry("Brands", "brands", "tag", "brands.view"),
            Entry("Currencies", "currencies", "currency-euro", "currencies.view"),
            Entry("Wallets", "wallets", "wallet", "brands.view"),
            Entry("Staff", "staff", "users", "staff.view", "s"),
            Entry("Operators", "operators", "building", "operators.view"),
            Entry("Demo traffic", "demo_traffic", "activity", "demo.traffic"),
        ),
    ),
)


def _address(url_name: str) -> str | None:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def _covers(url: str, path: str) -> bool:
    return path == url or (url != "/office/" and path.startswith(url if url.endswith("/") else f"{url}/"))


def visible_sections(user: StaffUser, scope: Scope, path: str, query: str = "") -> list[tuple[str, list[Link]]]:
    """(section, links) pairs for this viewer; the link that leads nearest to `path` is the current one."""
    shown: list[tuple[str, list[tuple[Entry, str]]]] = []
    for section in SECTIONS:
        entries = [
            (entry, url)
            for entry in section.entries
            if (entry.right is None or has_right(user, entry.right)) and (url := _address(entry.url_name)) is not None
        ]
        if entries:
            shown.append((section.label, entries))
    current = max((url for _, entries in shown for _, url in entries if _covers(url, path)), key=len, default=None)
    return [
        (
            label,
            [
                Link(
                    label=entry.label,
                    url=f"{url}?{query}" if query else url,
                    icon=entry.icon,
                    go=entry.go,
                    count=entry.count(user, scope) if entry.count else None,
                    current=url == current,
                )
                for entry, url in entries
            ],
        )
        for label, entries in shown
    ]
