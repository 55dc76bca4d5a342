"""Submit an integration; the dry run stands beside the form."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.found import found_or_404
from integrations.kinds.base import Kind
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.queries.integrations import Original, enabled_kinds, original
from integrations.web.forms import SubmissionForm
from integrations.web.looks import address_of
from integrations.web.lookups import known_sources
from integrations.web.typed import kind_and_transport, kind_or_404, own_brands, own_operator, typed_samples
from integrations.wire.connections import TITLES


class SubmissionPage(FormPage):
    """What a new one and a copy have in common."""

    right = "integrations.submit"
    template_name = "integrations/submit.html"
    submit_label = "Submit for approval"
    done = "Submitted. A second person decides; until then nothing is read."
    kind: Kind
    transport: str

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the marketplace."""
        return [("Integrations", reverse("integrations")), ("Marketplace", reverse("marketplace"))]

    def make_form(self, data: Any = None, files: Any = None) -> SubmissionForm:
        """With the kind's and the transport's parts."""
        return SubmissionForm(
            data, initial=self.initial(), kind=self.kind, transport=self.transport, brand_ids=own_brands(self.request)
        )

    def copied_from(self) -> UUID | None:
        """The original, where it is a copy."""
        return None

    def perform(self, form: SubmissionForm) -> str:
        """To the page of what was submitted."""
        request = self.request
        submission = Submission(
            operator_id=own_operator(request),
            kind=self.kind.slug,
            name=form.cleaned_data["name"],
            transport=self.transport,
            settings=form.settings.kind_settings(),
            connection=form.connection_settings(),
            reason=form.cleaned_data["reason"],
            credentials=form.credentials(),
            copied_from=self.copied_from(),
            samples=typed_samples(request, self.kind, form.settings.kind_settings()),
        )
        made = submit_integration(
            submission, submitted_by=request.user, scope=request.scope, actor=actor_of(request), now=clock.now()
        )
        return address_of(made)

    def context(self) -> dict[str, Any]:
        """The kind, the brands to choose from, and whether it may be submitted at all."""
        request = self.request
        return {
            **super().context(),
            "kind": self.kind,
            "transport": self.transport,
            "brand_ids": own_brands(request),
            "source_ids": known_sources(request.scope),
            "is_enabled": self.kind.slug in enabled_kinds(own_operator(request)),
            "cancel_url": reverse("marketplace"),
            "transport_title": TITLES[self.transport],
            "samples": request.POST.get("samples", ""),
            "sample_type": request.POST.get("sample_type", self.kind.message_type or ""),
        }


class NewIntegration(SubmissionPage):
    """`/office/integrations/new/<kind>/<transport>/`."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only what exists."""
        self.kind, self.transport = kind_and_transport(kwargs)
        return super().dispatch(request, *args, **kwargs)

    def page_title(self) -> str:
        """Names the kind."""
        return f"Connect {self.kind.title}"

    def initial(self) -> dict[str, Any]:
        """The brands with origins to fill in."""
        lines = [f"{brand_id.partition(':')[2]}.example.com = {brand_id}" for brand_id in own_brands(self.request)]
        return {"brands": "\n".join(lines), "default_source_id": next(iter(known_sources(self.request.scope)), "")}


class CopyIntegration(SubmissionPage):
    """`/office/integrations/<id>/copy/`: everything filled in but the credentials."""

    @cached_property
    def original(self) -> Original:
        """What is copied."""
        return found_or_404(lambda: original(self.request.scope, self.kwargs["key"]))

    @property
    def kind(self) -> Kind:  # type: ignore[override]
        """The original's."""
        return kind_or_404(self.original.kind)

    @property
    def transport(self) -> str:  # type: ignore[override]
        """The original's."""
        return self.original.transport

    def page_title(self) -> str:
        """Names the original."""
        return f"Copy of {self.original.name}"

    def initial(self) -> dict[str, Any]:
        """As the original was submitted; the credentials must be entered again."""
        return {
            **self.kind.form.initial_from(self.original.settings),
            **self.original.connection,
            "name": self.original.name,
        }

    def copied_from(self) -> UUID:
        """The original."""
        return self.original.key
