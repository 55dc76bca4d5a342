"""Which operator may connect which kind, for platform admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Operator
from backoffice.web.actor import actor_of
from backoffice.web.page import OfficeView
from integrations.kinds.base import Kind
from integrations.kinds.features import FEATURES, Feature
from integrations.kinds.registry import kinds
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.queries.integrations import connected_counts, kind_flags


def switches() -> dict[str, Kind | Feature]:
    """What can be switched by slug: the kinds, then the features that they may need."""
    return {**kinds(), **FEATURES}


class KindsPage(OfficeView):
    """`/office/kinds/`: a line an operator, a switch a kind or a feature."""

    title = "Kinds by operator"
    right = "kinds.change"
    template_name = "integrations/kinds.html"

    def crumbs(self) -> list[tuple[str, str]]:
        """The marketplace."""
        return [("Marketplace", reverse("marketplace"))]

    def context(self) -> dict[str, Any]:
        """The switches."""
        flags, counts = kind_flags(), connected_counts()
        lines = [
            {
                "operator": operator,
                "kind": kind,
                "is_enabled": flags.get((operator.pk, kind.slug), False),
                "connected": None if kind.slug in FEATURES else counts.get((operator.pk, kind.slug), 0),
            }
            for operator in Operator.objects.order_by("name")
            for kind in switches().values()
        ]
        return {**super().context(), "lines": lines}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """One switch."""
        switch = Switch(
            operator_id=request.POST.get("operator_id", ""),
            kind=request.POST.get("kind", ""),
            is_enabled=request.POST.get("act") == "enable",
        )
        try:
            flag = set_kind_flag(switch, actor=actor_of(request), now=clock.now())
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            verb = "use" if flag.kind in FEATURES else "connect"
            word = f"can now {verb}" if flag.is_enabled else f"can no longer {verb}"
            messages.success(request, f"{flag.operator.name} {word} {switches()[flag.kind].title}.")
        return HttpResponseRedirect(reverse("kinds"))
