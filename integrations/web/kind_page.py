"""What a kind brings: its catalogue of fields and what becomes of each."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from backoffice.web.page import OfficeView
from integrations.kinds.base import Kind
from integrations.kinds.registry import kinds
from integrations.wire.connections import TITLES


class KindPage(OfficeView):
    """`/office/marketplace/<kind>/`."""

    right = "integrations.view"
    template_name = "integrations/kind.html"

    @property
    def kind(self) -> Kind:
        """The kind of the address."""
        kind = kinds().get(self.kwargs["kind"])
        if kind is None:
            raise Http404("There is no such kind.")
        return kind

    def page_title(self) -> str:
        """Its name."""
        return self.kind.title

    def crumbs(self) -> list[tuple[str, str]]:
        """The marketplace."""
        return [("Marketplace", reverse("marketplace"))]

    def context(self) -> dict[str, Any]:
        """The catalogue."""
        names = [TITLES[transport] for transport in self.kind.transports]
        return {**super().context(), "kind": self.kind, "transports": names}
