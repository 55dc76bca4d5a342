"""What can be connected."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.web.page import Action, OfficeView
from integrations.kinds.base import Kind
from integrations.kinds.registry import kinds
from integrations.queries.integrations import connected_counts, enabled_kinds
from integrations.wire.connections import TITLES


@dataclass(frozen=True)
class Card:
    """A kind as one viewer sees it; `why_not` says why it cannot be connected now."""

    kind: Kind
    transports: str
    connected: int
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
        why_not = self._why_not(kind, enabled)
        actions = [
            Action(
                f"Connect over {TITLES[transport]}" if transport != "replay" else "Try with samples",
                reverse("integration_new", args=[kind.slug, transport]),
                "plug-connected" if transport != "replay" else "flask",
            )
            for transport in kind.transports
        ]
        return Card(kind, names, connected, [] if why_not else actions, why_not)

    def _why_not(self, kind: Kind, enabled: set[str]) -> str:
        if self.request.scope.operator_id is None:
            return "An operator connects it; the platform decides for whom it is enabled."
        if kind.slug not in enabled:
            return "Not enabled for this operator. A platform admin enables it."
        if not has_right(self.request.user, "integrations.submit"):
            return "Managers and operator admins can submit it."
        return ""
