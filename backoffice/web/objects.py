"""Objects: name, state, the act that is next, facts, tabs with addresses, and the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.safestring import SafeString

from backoffice.audit.models import AuditEntry
from backoffice.audit.queries import history
from backoffice.web.changes import Change, changes
from backoffice.web.page import Action, OfficeView, offered, reason_of

__all__ = ["Act", "Change", "Fact", "HistoryPanel", "ObjectPage", "Tab", "changes"]


@dataclass(frozen=True)
class Fact:
    """One fact of the line: `copy` gives it a button that copies it, `url` makes it a link."""

    label: str
    value: str | SafeString
    copy: str = ""
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """A tab with an address."""

    label: str
    url: str
    count: int | None = None


class ObjectPage(OfficeView):
    """Templates extend office/object.html and fill `{% block panel %}`. Look the object up in `setup_object`."""

    template_name = "office/object.html"
    state: str = ""
    state_word: str = ""

    def name(self) -> str:
        """The heading."""
        raise NotImplementedError

    def object_state(self) -> str:
        """The state of the badge; empty for none."""
        return self.state

    def facts(self) -> Sequence[Fact]:
        """The line of facts under the heading."""
        return ()

    def tabs(self) -> Sequence[Tab]:
        """The tabs; the one whose address is this page's is the current one."""
        return ()

    def primary(self) -> Action | None:
        """The one act that is next."""
        return None

    def menu(self) -> Sequence[Action]:
        """The other acts."""
        return ()

    def page_title(self) -> str:
        """The name is the title."""
        return self.name()

    def context(self) -> dict[str, Any]:
        """The object's parts for office/object.html."""
        user, why_not = self.request.user, reason_of(self.check_change)
        primary = self.primary()
        first = offered([primary] if primary else (), user, why_not)
        menu = offered(self.menu(), user, why_not)
        return {
            **super().context(),
            "state": self.object_state(),
            "state_word": self.state_word,
            "facts": self.facts(),
            "tabs": self.tabs(),
            "primary": first[0] if first else None,
            "menu": menu,
            "why_not_acts": next((action.refused for action in (*first, *menu) if action.refused), ""),
        }


@dataclass(frozen=True)
class Act:
    """An audit entry with its changes, for a template."""

    entry: AuditEntry
    changes: list[Change]


class HistoryPanel(ObjectPage):
    """The History tab: mix it in before the object's page and set `object_type`; `object_id()` says which."""

    template_name = "office/history.html"
    object_type: str = ""

    def object_id(self) -> str:
        """The id that the audit log knows the object by."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """The acts, newest first, fifty a page."""
        page = Paginator(history(self.request.scope, self.object_type, self.object_id()), 50).get_page(
            self.request.GET.get("page")
        )
        acts = [Act(entry, changes(entry.before, entry.after)) for entry in page]
        return {**super().context(), "acts": acts, "page": page}
