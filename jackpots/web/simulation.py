"""The simulation of a template: started here, watched while it is played, read when it is done."""

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from backoffice.core import clock, json
from backoffice.core.errors import Refusal
from backoffice.web.actor import actor_of
from backoffice.web.forms import helper, refuse
from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeView, reason_of
from jackpots.models import ReportState, SimulationReport, Template
from jackpots.operations.request_simulation import MOST_A_DAY, MOST_CONTRIBUTIONS, SimulationPlan, request_simulation
from jackpots.queries.simulations import digest_of, objections_now, policy_of, report, reports
from jackpots.queries.templates import template, terms_of
from jackpots.rules.report import formulas
from jackpots.rules.template import errors, validate_template
from jackpots.web.simulation_words import formula_words, is_playing, policy_sentences, progress_of, report_words
from jackpots.web.template import TemplateBase
from jackpots.web.template_words import named

LISTED = 20


class PlanForm(forms.Form):
    """What is played."""

    contributions = forms.TypedChoiceField(
        label="How much is played",
        coerce=int,
        initial="200000",
        choices=[
            ("20000", "20,000 contributions: a first look"),
            ("200000", "200,000 contributions: seconds"),
            ("2000000", "2,000,000 contributions: about a minute"),
            (str(MOST_CONTRIBUTIONS), f"{MOST_CONTRIBUTIONS:,} contributions: minutes"),
        ],
    )
    contributions_a_day = forms.IntegerField(
        label="Contributions a day you expect",
        required=False,
        min_value=1,
        max_value=MOST_A_DAY,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="Turns counts into days. Pots that drop by time, and raffles, have figures only with it.",
    )
    seed = forms.IntegerField(
        label="Seed",
        initial=1,
        min_value=0,
        max_value=2**53,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text="The same seed plays the same numbers, so that anybody can repeat it.",
    )

    def plan(self) -> SimulationPlan:
        """What was typed, once it is valid."""
        return SimulationPlan(**self.cleaned_data)


def shown_report(row: SimulationReport, template: Template) -> dict[str, Any]:
    """A report for its fragment: how far it is, or its figures."""
    percent, text = progress_of(row)
    return {
        "report": row,
        "template": template,
        "is_playing": is_playing(row),
        # As the policy is now: an older one may have judged it.
        "objections": objections_now(row, template.currency) if row.formulas else [],
        "percent": percent,
        "progress_text": text,
        "words": report_words(row, template.currency),
        "is_current": bytes(row.digest) == digest_of(template.pk),
    }


class TemplateSimulation(TemplateBase):
    """`/office/templates/<id>/simulation/`: the newest report, or the one of `?report=`."""

    template_name = "jackpots/template_simulation.html"
    change_right = "templates.change"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page."""
        return self.render(form=PlanForm(initial=self.usual()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Starts one, or says what is wrong with the plan (422)."""
        form = PlanForm(request.POST)
        self.refuse_foreign()
        if form.is_valid():
            try:
                made = request_simulation(
                    self.template.pk, form.plan(), scope=self.request.scope, actor=actor_of(self.request),
                    now=clock.now(),
                )  # fmt: skip
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return HttpResponseRedirect(
                    f"{reverse('template_simulation', args=[self.template.pk])}?report={made.pk}"
                )
        return self.render(status=422, form=form)

    @cached_property
    def rows(self) -> list[SimulationReport]:
        """The newest reports."""
        return list(reports(self.request.scope, self.template.pk)[:LISTED])

    def usual(self) -> dict[str, Any]:
        """The plan of the last report, to begin with."""
        last = self.rows[0] if self.rows else None
        return {"contributions_a_day": last.contributions_a_day} if last else {}

    def chosen(self) -> SimulationReport | None:
        """The report to show."""
        wanted = self.request.GET.get("report", "")
        return next((row for row in self.rows if str(row.pk) == wanted), self.rows[0] if self.rows else None)

    def context(self) -> dict[str, Any]:
        """The report, the others, the form, the policy."""
        row, chosen = self.template, self.chosen()
        terms = terms_of(row)
        blocking = errors(validate_template(terms))
        is_played = chosen is not None and bool(chosen.formulas)
        return {
            **super().context(),
            "template": row,
            "shown": shown_report(chosen, row) if chosen else None,
            "others": [one for one in self.rows if chosen is None or one.pk != chosen.pk],
            "policy": policy_sentences(policy_of(row.operator_id), row.currency),
            "blocking": named(blocking),
            "by_formula": None if blocking or is_played else formula_words(formulas(terms), row.currency),
            "why_not": reason_of(self.check_change),
            "helper": helper(),
        }


class ReportPart(OfficeView):
    """`/office/templates/<id>/simulation/<report>/`: the report alone, which the page asks for while it is played."""

    right = "templates.view"
    template_name = "jackpots/simulation_report.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The fragment."""
        scope, template_id = self.request.scope, kwargs["template_id"]
        row = found_or_404(lambda: template(scope, template_id))
        shown = found_or_404(lambda: report(scope, row.pk, kwargs["report_id"]))
        answer = self.render(shown=shown_report(shown, row))
        if not is_playing(shown):
            # The page asks while it is played, so that it hears this once.
            answer.headers["HX-Trigger"] = json.encode({"potluck:notice": notice_of(shown, row)}).decode()
        return answer


def notice_of(row: SimulationReport, template: Template) -> dict[str, str]:
    """What whoever waits is told, wherever on the page they look."""
    if row.state == ReportState.FAILED:
        return {"title": "The simulation failed", "text": str(template)}
    verdict = "not let through by the policy" if objections_now(row, template.currency) else "within the policy"
    return {"title": "The simulation is done", "text": f"{template}: {verdict}"}
