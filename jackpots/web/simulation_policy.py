"""What an operator's templates may return and cost; a change needs a second person."""

from decimal import Decimal
from typing import Any

from django import forms
from django.urls import reverse

from backoffice.core import clock
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.page import reason_of
from jackpots.operations.request_policy_change import MOST_PPM, request_policy_change
from jackpots.queries.simulations import policy_of
from jackpots.queries.waiting import waiting_approval
from jackpots.rules.policy import Policy
from jackpots.web.fields import PPM_OF_PERCENT, MicrosField, typed_micros, typed_percent
from jackpots.web.simulation_words import policy_sentences


class RateField(forms.DecimalField):
    """A limit typed in percent, which may be over 100; the cleaned value is parts per million, None without one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=Decimal(0),
            max_value=Decimal(MOST_PPM // PPM_OF_PERCENT - 1),
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        """Parts per million, or None."""
        number = super().clean(value)
        return round(number * PPM_OF_PERCENT) if number is not None else None


class PolicyForm(forms.Form):
    """The limits and why they change."""

    maximum_pot_rtp_ppm = RateField(
        label="One pot alone returns at most, %", help_text="Of what is contributed. Empty is no limit."
    )
    maximum_rtp_ppm = RateField(label="All pots together return at most, %", help_text="Empty is no limit.")
    maximum_house_seed_ppm = RateField(
        label="Seeds cost the house at most, %", help_text="Of what is contributed. Empty is no limit."
    )
    maximum_liability_micros = MicrosField(
        label="Pots and reserves hold at most",
        required=False,
        help_text="In 99 of 100 moments, in the template's currency. Empty is no limit.",
    )
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="Kept with the request."
    )

    def policy(self) -> Policy:
        """What was typed, once it is valid."""
        return Policy(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class PolicyPage(FormPage):
    """`/office/templates/policy/`."""

    title = "Simulation policy"
    right = "templates.view"
    change_right = "templates.change"
    template_name = "jackpots/simulation_policy.html"
    form_class = PolicyForm
    submit_label = "Ask for the change"
    done = "The change awaits a second person."
    lead_in = (
        "A template is published only with a simulation of it that keeps these limits. Templates that are published "
        "already stay as they are."
    )

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Templates", reverse("templates"))]

    def refuse_foreign(self) -> None:
        """Everybody sees the limits; who may not change them is told why."""
        if self.request.method == "POST":
            super().refuse_foreign()

    def check_change(self) -> None:
        """The whole operator's."""
        self.request.scope.check_change(None)

    def current(self) -> Policy:
        """The limits in force for the viewer's operator; the platform's own staff see what holds without any."""
        return policy_of(self.request.scope.operator_id or "")

    def initial(self) -> dict[str, Any]:
        """The limits in force."""
        policy = self.current()
        rates = ("maximum_pot_rtp_ppm", "maximum_rtp_ppm", "maximum_house_seed_ppm")
        typed = {name: getattr(policy, name) for name in rates}
        return {
            **{name: typed_percent(ppm) if ppm is not None else "" for name, ppm in typed.items()},
            "maximum_liability_micros": typed_micros(policy.maximum_liability_micros),
        }

    def context(self) -> dict[str, Any]:
        """The limits in words, and whether a change waits."""
        scope = self.request.scope
        return {
            **super().context(),
            "sentences": policy_sentences(self.current(), ""),
            "why_not": reason_of(self.check_change),
            "waiting": waiting_approval(scope, ("policy.change",), scope.operator_id or ""),
            "cancel_url": reverse("templates"),
        }

    def perform(self, form: Any) -> str:
        """Stores the request."""
        request = self.request
        asked = request_policy_change(
            form.policy(),
            reason=form.cleaned_data["reason"],
            requested_by=request.user,
            scope=request.scope,
            actor=actor_of(request),
            now=clock.now(),
        )
        return reverse("approval", args=[asked.pk])
