"""Switch a running jackpot to another template: the shares, the dry run beside them, and the request."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.found import found_or_404
from jackpots.models import Instance, Pot, Template
from jackpots.operations.request_switch import SwitchTo, request_switch
from jackpots.queries.instances import instance
from jackpots.queries.switching import plan_of, running_pots, template_for, templates_for, usual_mapping
from jackpots.queries.templates import published_terms
from jackpots.rules.switching import Plan, PotHeld, ShareMapping
from jackpots.web.fields import PercentField, typed_percent
from jackpots.web.template_words import in_order, plain_terms


class SwitchForm(forms.Form):
    """Which share of what each pot holds goes to which pot of the template, and why."""

    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with the request and the switch."
    )

    def __init__(self, *args: Any, sources: Sequence[str], targets: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = {f"{source}--{target}": (source, target) for source in sources for target in targets}
        for name, (source, target) in self.pairs.items():
            self.fields[name] = PercentField(label=f"{source} to {target}, %", required=False)
        self.order_fields([*self.pairs, "reason"])
        self.sources, self.targets = sources, targets

    def grid(self) -> list[tuple[str, list[forms.BoundField]]]:
        """A row for each pot that gives, a field for each that takes."""
        return [(source, [self[f"{source}--{target}"] for target in self.targets]) for source in self.sources]

    def mapping(self) -> dict[str, dict[str, int]]:
        """The shares that were typed, in parts per million."""
        found: dict[str, dict[str, int]] = {}
        for name, (source, target) in self.pairs.items():
            found.setdefault(source, {})[target] = self.cleaned_data.get(name) or 0
        return found


class SwitchBase(FormPage):
    """The jackpot of the address, and the template that was chosen."""

    right = "instances.change"
    title = "Switch the model"
    form_class = SwitchForm
    template_name = "jackpots/switch.html"
    submit_label = "Ask for the switch"
    done = "The switch awaits a second person."

    @cached_property
    def instance(self) -> Instance:
        """Looked up in the viewer's scope."""
        return found_or_404(lambda: instance(self.request.scope, self.kwargs["instance_id"]))

    @cached_property
    def choices(self) -> list[Template]:
        """The templates that it could run by."""
        return list(templates_for(self.request.scope, self.instance))

    @cached_property
    def pots(self) -> list[Pot]:
        """Its pots as they stand."""
        return running_pots(self.instance)

    @cached_property
    def chosen(self) -> Template | None:
        """The template of the address; the only one there is, where there is one."""
        asked = self.request.GET.get("template", "")
        if not asked:
            return self.choices[0] if len(self.choices) == 1 else None
        try:
            return found_or_404(lambda: template_for(self.request.scope, self.instance, UUID(asked)))
        except (ValueError, Refusal):
            raise Http404("There is no such template.") from None

    def check_change(self) -> None:
        """The brands that own it."""
        self.request.scope.check_change(self.instance.brand_id)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list and the jackpot."""
        return [("Instances", reverse("instances")), (self.instance.name, self.back())]

    def back(self) -> str:
        """The jackpot's page."""
        return reverse("instance", args=[self.instance.pk])

    def form_arguments(self) -> dict[str, Any]:
        """The pots before and after."""
        targets = [pot.code for pot in published_terms(self.chosen.pk).pots] if self.chosen else []
        return {"sources": [pot.code for pot in self.pots], "targets": targets}

    def usual(self) -> ShareMapping:
        """Where each pot would go by its name."""
        return usual_mapping(self.pots, self.chosen) if self.chosen else {}

    def initial(self) -> dict[str, Any]:
        """The same, as one types it."""
        return {
            f"{source}--{target}": typed_percent(share)
            for source, shares in self.usual().items()
            for target, share in shares.items()
        }

    def plan(self, mapping: ShareMapping) -> dict[str, Any]:
        """What the switch would do now, for the pane."""
        if self.chosen is None:
            return {}
        plan = plan_of(self.instance, self.pots, self.chosen, mapping)
        old, new = self.instance.template, self.chosen
        before, after = (plain_terms(str(row), published_terms(row.pk)) for row in (old, new))
        return {
            "plan": plan,
            "rows": _rows(plan),
            "sums": (_sum(plan.before), _sum(plan.after)),
            "changes": in_order(before, after),
        }

    def context(self) -> dict[str, Any]:
        """The form beside its dry run."""
        return {
            **super().context(),
            "cancel_url": self.back(),
            "instance": self.instance,
            "choices": self.choices,
            "chosen": self.chosen,
        }


def _rows(plan: Plan) -> list[tuple[str, PotHeld | None, PotHeld | None]]:
    before, after = ({pot.code: pot for pot in pots} for pots in (plan.before, plan.after))
    return [(code, before.get(code), after.get(code)) for code in dict.fromkeys([*before, *after])]


def _sum(pots: Sequence[PotHeld]) -> int:
    return sum(pot.total_micros for pot in pots)


class SwitchInstance(SwitchBase):
    """`/office/instances/<id>/switch/?template=`."""

    def context(self) -> dict[str, Any]:
        """The dry run of what the form starts with, or of what was sent."""
        return {**super().context(), **self.plan(self.usual())}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nothing can be sent before a template is chosen."""
        if self.chosen is None:
            return self.render(status=422, form=self.empty_form())
        return super().post(request, *args, **kwargs)

    def perform(self, form: SwitchForm) -> str:
        """Stores the request."""
        request, chosen = self.request, self.chosen
        if chosen is None:
            raise Refusal("INVALID_REQUEST", "Choose a template.")
        approval = request_switch(
            self.instance.pk, SwitchTo(chosen.pk, form.mapping()), reason=form.cleaned_data["reason"],
            requested_by=request.user, scope=request.scope, actor=actor_of(request), now=clock.now(),
        )  # fmt: skip
        return reverse("approval", args=[approval.pk])


class PreviewSwitch(SwitchBase):
    """The dry run of what is being typed; nothing is stored."""

    template_name = "jackpots/switch_plan.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """There is nothing to see without a form."""
        raise Http404("A dry run needs what was typed.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The pane."""
        form = self.make_form(request.POST)
        form.is_valid()
        return self.render(**self.plan(form.mapping()))  # type: ignore[attr-defined]
