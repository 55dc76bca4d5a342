"""What a draft comes to, while it is typed; nothing is stored."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from backoffice.web.found import found_or_404
from backoffice.web.page import OfficeView
from jackpots.operations.create_template import TemplateDraft
from jackpots.queries.templates import published_before, template, terms_of
from jackpots.rules.report import formulas
from jackpots.rules.template import errors, validate_template
from jackpots.rules.terms import PPM
from jackpots.web.phrases import percent_of_ppm
from jackpots.web.simulation_words import formula_words
from jackpots.web.template_form import TemplateForm
from jackpots.web.template_words import in_order, plain_terms
from jackpots.web.wording import split_of

UNSAVED = "draft"


def figures(draft: TemplateDraft, a_day: int | None = None) -> dict[str, Any]:
    """What a draft comes to: problems by field, figures by formula, the split of one contribution."""
    terms = draft.terms(UNSAVED)
    problems = validate_template(terms)
    is_computable = not errors(problems)
    return {
        "problems": problems,
        "split": split_of(terms),
        "words": formula_words(formulas(terms, a_day), terms.currency) if is_computable else None,
    }


def shares_of(form: TemplateForm) -> tuple[str, str]:
    """What pots and house sum to, as far as their shares can be read, and what is missing or too much."""
    given = [getattr(form, "cleaned_data", {}).get("household_ppm")]
    given += [getattr(pot, "cleaned_data", {}).get("share_ppm") for pot in form.pots.forms]
    total = sum(share for share in given if share is not None)
    missing = PPM - total
    if not missing:
        return percent_of_ppm(total), ""
    return percent_of_ppm(total), f"{percent_of_ppm(abs(missing))} {'missing' if missing > 0 else 'too much'}"


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
        is_valid = form.is_valid()
        total, difference = shares_of(form)
        shown: dict[str, Any] = {
            "form": form,
            "share_total": total,
            "share_difference": difference,
            "base": self.base(),
        }
        if not is_valid:
            return self.render(**shown, is_unfinished=True)
        draft = form.draft("preview")
        found = figures(draft, a_day_of(request.POST.get("a_day", "")))
        found["problems"] = [(problem, form.found(problem.field)) for problem in found["problems"]]
        return self.render(**shown, **found, compared=self.compared(draft))

    def base(self) -> str:
        """The draft that is changed, as the page named it."""
        wanted = self.request.GET.get("of", "")
        return wanted if is_uuid(wanted) else ""

    def compared(self, draft: TemplateDraft) -> dict[str, Any] | None:
        """What differs from the last version that was published; None where there is none."""
        if not self.base():
            return None
        row = found_or_404(lambda: template(self.request.scope, self.base()))
        older = published_before(self.request.scope, row)
        if older is None:
            return None
        before, after = plain_terms(older.name, terms_of(older)), plain_terms(draft.name, draft.terms(UNSAVED))
        return {"version": older.version, "changes": in_order(before, after)}


def a_day_of(text: str) -> int | None:
    """Contributions a day as they were typed; None for what is no number."""
    digits = text.replace(",", "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < len(digits) < 10 and int(digits) else None


def is_uuid(text: str) -> bool:
    """Whether it can be the id of a template."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
