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
from backoffice.web.page import OfficeView
from backoffice.web.words import BLANK
from jackpots.models import Template, TemplateState
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.queries.templates import template
from jackpots.rules.template import validate_template
from jackpots.web.template_form import TemplateForm, rearranged, typed
from jackpots.web.wording import pot_words, split_of, total_rtp

UNSAVED = "draft"


def figures(draft: TemplateDraft) -> dict[str, Any]:
    """What a draft comes to: problems by field, averages by pot, the split of one contribution."""
    terms = draft.terms(UNSAVED)
    problems = validate_template(terms)
    is_computable = not any(problem.code in ("currency_unknown", "kind_unknown") for problem in problems)
    return {
        "problems": problems,
        "pots": [pot_words(terms, pot) for pot in terms.pots] if is_computable else [],
        "split": split_of(terms),
        "total_rtp": total_rtp(terms) if is_computable else BLANK,
    }


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
            if act == "add" and form.pots.forms:  # type: ignore[attr-defined]
                form.pots.forms[-1].fields["code"].widget.attrs["autofocus"] = ""  # type: ignore[attr-defined]
            return self.render(form=form, hides_errors=True)
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                made = self.save(form.draft(self.owner()))  # type: ignore[attr-defined]
            except Refusal as refusal:
                form.place(refusal)  # type: ignore[attr-defined]
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(reverse("template", args=[made.pk]))
        return self.render(status=422, form=form)


class NewTemplate(TemplateFormPage):
    """`/office/templates/new/`."""

    title = "New template"
    submit_label = "Save the draft"
    done = "The draft is saved. Nothing runs by it until it is published."

    def initial(self) -> dict[str, Any]:
        """A usual beginning."""
        user = self.request.user
        currency = user.operator.base_currency if user.operator else "EUR"
        return {
            "currency": currency, "contribution_micros": "0.10", "operator_contribution_ppm": "100",
            "household_ppm": "30",
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
        _, pots = typed(self.template)
        return {**super().form_arguments(), "pots": pots, "is_owner_fixed": True}

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


class TemplatePreview(OfficeView):
    """What is being typed, judged and computed; nothing is stored."""

    right = "templates.change"
    template_name = "jackpots/template_preview.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is nothing to see without a form."""
        raise Http404("A preview needs what was typed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The pane."""
        is_owner_fixed = "owner" not in request.POST
        form = TemplateForm(request.POST, request=self.request, is_owner_fixed=is_owner_fixed)
        form.fields["name"].required = False
        if not form.is_valid():
            return self.render(form=form, is_unfinished=True)
        return self.render(form=form, **figures(form.draft("preview")))
