"""Write a draft, change it, see beside it what it comes to."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.found import found_or_404
from jackpots.models import SimulationReport, Template, TemplateState
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.queries.simulations import newest_report, objections_now
from jackpots.queries.templates import template
from jackpots.rules.policy import Objection
from jackpots.web.template_form import TemplateForm
from jackpots.web.template_preview import a_day_of, is_uuid
from jackpots.web.template_rows import rearranged, typed


class TemplateFormPage(FormPage):
    """What creating and changing have in common: pots that come, go and change places."""

    right = "templates.change"
    template_name = "jackpots/template_form.html"
    form_class = TemplateForm

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Templates", reverse("templates"))]

    def form_arguments(self) -> dict[str, Any]:
        """The viewer, whose brands are to choose from."""
        return {"request": self.request}

    def save(self, draft: TemplateDraft) -> Template:
        """Stores the draft."""
        raise NotImplementedError

    def owner(self) -> str:
        """Whose it is, where the form does not ask."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form as it starts, with its figures where it has any."""
        return self.render(form=self.make_form(), **self.starting_figures())

    def starting_figures(self) -> dict[str, Any]:
        """Figures of what is there already."""
        return {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The act on the pots, or the draft stored, or the form again with what is wrong (422)."""
        act = request.POST.get("act", "")
        if act:
            form = self.make_form(rearranged(request.POST, act))
            word, _, part = act.partition("-")
            rows = form.parts[part].forms if word == "add" and part in form.parts else []  # type: ignore[attr-defined]
            if rows:
                next(iter(rows[-1].fields.values())).widget.attrs["autofocus"] = ""
            return self.render(form=form, hides_errors=True)
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = self.save(form.draft(self.owner()))  # type: ignore[attr-defined]
            except Refusal as refusal:
                form.place(refusal)  # type: ignore[attr-defined]
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(self.after(made))
        return self.render(status=422, form=form)

    def after(self, made: Template) -> str:
        """Where the draft's author goes next: to its page, or to the simulation that was asked for."""
        if self.request.POST.get("then") != "simulate":
            return reverse("template", args=[made.pk])
        last = newest_report(made.pk)
        plan = SimulationPlan(contributions_a_day=self.a_day() or (last.contributions_a_day if last else None))
        try:
            request_simulation(made.pk, plan, scope=self.request.scope, actor=actor_of(self.request), now=clock.now())
        except Refusal as refusal:
            messages.warning(self.request, f"It was not simulated: {refusal.message}")
        return reverse("template_simulation", args=[made.pk])

    def a_day(self) -> int | None:
        """The contributions a day that were typed beside the figures."""
        return a_day_of(self.request.POST.get("a_day", ""))

    def context(self) -> dict[str, Any]:
        """The parts of the form, and the version that the draft is compared with."""
        report = self.report()
        a_day = self.request.POST.get("a_day", report.contributions_a_day if report else "") or ""
        own = {"base": self.base(), "report": report, "objections": self.objections(report), "typed_a_day": a_day}
        return {**super().context(), **own}

    def objections(self, report: SimulationReport | None) -> list[Objection]:
        """What the policy has against the draft as it was simulated."""
        return []

    def base(self) -> str:
        """The draft whose line the preview compares with; empty for a new template."""
        return ""

    def report(self) -> SimulationReport | None:
        """The draft's newest simulation."""
        return None


class NewTemplate(TemplateFormPage):
    """`/office/templates/new/`."""

    title = "New template"
    submit_label = "Save the draft"
    done = "The draft is saved. Nothing runs by it until it is published."

    @cached_property
    def copied(self) -> Template | None:
        """The template of `?from=`, whose values the new one begins with."""
        wanted = self.request.GET.get("from", "")
        return found_or_404(lambda: template(self.request.scope, wanted)) if is_uuid(wanted) else None

    def form_arguments(self) -> dict[str, Any]:
        """The parts of what is copied."""
        arguments = super().form_arguments()
        return {**arguments, "parts": typed(self.copied)[1]} if self.copied else arguments

    def initial(self) -> dict[str, Any]:
        """A usual beginning, or what is copied."""
        if self.copied:
            owner = self.copied.brand_id or self.copied.operator_id
            return {**typed(self.copied)[0], "name": f"Copy of {self.copied.name}"[:200], "owner": owner}
        user = self.request.user
        currency = user.operator.base_currency if user.operator else "EUR"
        return {
            "currency": currency, "contribution_micros": "0.10", "operator_contribution_ppm": "100",
            "household_ppm": "30", "rolls_over": True,
        }  # fmt: skip

    def context(self) -> dict[str, Any]:
        """Cancel leads to the list."""
        return {**super().context(), "cancel_url": reverse("templates")}

    def save(self, draft: TemplateDraft) -> Template:
        """Version 1."""
        request = self.request
        return create_template(
            draft, scope=request.scope, created_by=request.user, actor=actor_of(request), now=clock.now()
        )


class EditTemplate(TemplateFormPage):
    """`/office/templates/<id>/edit/`, for drafts."""

    submit_label = "Save the draft"
    done = "The draft is saved."

    @cached_property
    def template(self) -> Template:
        """The draft of the address; a published one has no such page."""
        row = found_or_404(lambda: template(self.request.scope, self.kwargs["template_id"]))
        if row.state != TemplateState.DRAFT:
            raise Http404("A published template never changes.")
        return row

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.template.brand_id)

    def page_title(self) -> str:
        """Names it."""
        return f"Edit {self.template}"

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the template."""
        return [*super().crumbs(), (str(self.template), reverse("template", args=[self.template.pk]))]

    def context(self) -> dict[str, Any]:
        """Cancel leads to the template."""
        return {**super().context(), "cancel_url": reverse("template", args=[self.template.pk])}

    def form_arguments(self) -> dict[str, Any]:
        """What the draft says now; its owner stays."""
        _, parts = typed(self.template)
        return {**super().form_arguments(), "parts": parts, "is_owner_fixed": True}

    def base(self) -> str:
        """This draft."""
        return str(self.template.pk)

    def objections(self, report: SimulationReport | None) -> list[Objection]:
        """By the policy as it is now."""
        return objections_now(report, self.template.currency) if report is not None and report.formulas else []

    def report(self) -> SimulationReport | None:
        """Its newest simulation."""
        return newest_report(self.template.pk)

    def initial(self) -> dict[str, Any]:
        """What the draft says now."""
        return typed(self.template)[0]

    def owner(self) -> str:
        """The owner of the draft."""
        return self.template.brand_id or self.template.operator_id

    def save(self, draft: TemplateDraft) -> Template:
        """In place of the old values."""
        return change_template(
            self.template.pk, draft, scope=self.request.scope, actor=actor_of(self.request), now=clock.now()
        )
