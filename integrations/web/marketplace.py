"""What can be connected."""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.web.page import Action, OfficeView
from integrations.kinds.base import Kind
from integrations.kinds.features import FEATURES
from integrations.kinds.registry import kinds
from integrations.queries.integrations import connected_counts, enabled_kinds
from integrations.wire.connections import TITLES

CONTACT: Final = "Contact your platform administrator."
_GROUPS: Final = {"event": "event", "attribute": "attribute", "channel": "channel", "stream": "stream"}


@dataclass(frozen=True)
class Card:
    """A kind as one viewer sees it; `why_not` says why it cannot be connected now."""

    kind: Kind
    transports: str
    brings: list[tuple[int, str]]
    requires: list[str]
    connected: int
    is_enabled: bool
    actions: list[Action]
    why_not: str


class Marketplace(OfficeView):
    """`/office/marketplace/`: a card a kind."""

    title = "Marketplace"
    right = "integrations.view"
    template_name = "integrations/marketplace.html"

    def context(self) -> dict[str, Any]:
        """The cards."""
        user = self.request.user
        operator_id = self.request.scope.operator_id
        enabled = enabled_kinds(operator_id) if operator_id else set()
        counts = connected_counts()
        cards = [self._card(kind, enabled, counts.get((operator_id or "", kind.slug), 0)) for kind in kinds().values()]
        manage = Action("Kinds by operator", reverse("kinds"), "adjustments-horizontal", "kinds.change")
        return {
            **super().context(),
            "cards": cards,
            "operator_id": operator_id,
            "actions": [manage] if manage.allowed_to(user) else [],
        }

    def _card(self, kind: Kind, enabled: set[str], connected: int) -> Card:
        names = ", ".join(TITLES[transport] for transport in kind.transports)
        is_enabled = self.request.scope.operator_id is None or kind.slug in enabled
        why_not = self._why_not(kind, enabled)
        actions = [
            Action(
                f"Connect over {TITLES[transport]}" if transport != "replay" else "Try with samples",
                reverse("integration_new", args=[kind.slug, transport]),
                "plug-connected" if transport != "replay" else "flask",
            )
            for transport in kind.transports
        ]
        requires = [FEATURES[slug].title for slug in kind.requires]
        shown = [] if why_not else actions
        return Card(kind, names, brings(kind), requires, connected, is_enabled, shown, why_not)

    def _why_not(self, kind: Kind, enabled: set[str]) -> str:
        if self.request.scope.operator_id is None:
            return "An operator connects it; the platform decides for whom it is enabled."
        if kind.slug not in enabled:
            return f"Not enabled for this operator. {CONTACT}"
        missing = [FEATURES[slug].title for slug in kind.requires if slug not in enabled]
        if missing:
            return f"It needs {', '.join(missing)}, which is off for this operator. {CONTACT}"
        if not has_right(self.request.user, "integrations.submit"):
            return "Managers and operator admins can submit it."
        return ""


def brings(kind: Kind) -> list[tuple[int, str]]:
    """How much of what the kind has in its catalogue: (3, "events")."""
    counts: dict[str, int] = {}
    for fact in kind.catalogue:
        word = _GROUPS.get(fact.form.split(",")[0].split(" ")[0].casefold(), "field")
        counts[word] = counts.get(word, 0) + 1
    return [(number, word if number == 1 else f"{word}s") for word, number in counts.items()]
