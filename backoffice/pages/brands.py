"""Brands, for their operator."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.viewer import scope_of
from backoffice.core import clock
from backoffice.pages.choices import TenantForm, operator_choices
from backoffice.tenancy.models import Brand
from backoffice.tenancy.operations.change_brand import BrandChange, change_brand
from backoffice.tenancy.operations.create_brand import create_brand
from backoffice.tenancy.queries import brands
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.forms import FormPage
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when_exactly
from backoffice.web.tables import OfficeTable, StateColumn, WhenColumn


def brand_of(view: OfficeView, pk: str) -> Brand:
    """The brand in scope, or 404."""
    found = brands(scope_of(view.request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class BrandTable(OfficeTable):
    """Brands by id."""

    name = tables.Column(linkify=lambda record: reverse("brand", args=[record.pk]))
    id = tables.Column(verbose_name="Brand's id", attrs={"td": {"class": "id"}})
    operator = tables.Column(accessor="operator__name")
    state = StateColumn(accessor="is_active", verbose_name="State")
    created_at = WhenColumn(verbose_name="Created")

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = ("name", "id", "operator", "state", "created_at")

    def row_address(self, record: Brand) -> str:
        """The brand's page."""
        return reverse("brand", args=[record.pk])

    def render_state(self, record: Brand, bound_column: Any) -> str:
        """Active or not."""
        return str(bound_column.column.render("active" if record.is_active else "inactive"))


class BrandList(ListPage):
    """Every brand in scope."""

    title = "Brands"
    right = "brands.view"
    table_class = BrandTable

    def check_change(self) -> None:
        """A new one is the whole operator's."""
        self.request.scope.check_change(None)

    def rows(self) -> QuerySet[Brand]:
        """The brands in scope."""
        return brands(self.request.scope)

    def actions(self) -> Sequence[Action]:
        """Make one."""
        return [Action("New brand", reverse("brand_new"), "plus", "brands.change")]

    def empty(self) -> Empty:
        """What they are for."""
        return Empty("No brands yet", "Players, contributions and pots belong to brands.", self.actions()[0], "tag")


class BrandForm(forms.Form):
    """A new brand."""

    code = forms.SlugField(max_length=64, help_text="Partners send it as operator:code. It cannot be changed later.")
    name = forms.CharField(max_length=200)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if scope.operator_id is None:
            self.fields["operator"] = forms.ChoiceField(choices=operator_choices(scope))


class NewBrandPage(FormPage):
    """Make a brand."""

    title = "New brand"
    right = "brands.change"
    form_class = BrandForm
    submit_label = "Make the brand"
    done = "The brand is made."

    def check_change(self) -> None:
        """The whole operator's."""
        self.request.scope.check_change(None)

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Brands", reverse("brands"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("brands")}

    def form_arguments(self) -> dict[str, Any]:
        """The platform chooses the operator."""
        return {"scope": scope_of(self.request.user)}

    def perform(self, form: Any) -> str:
        """Makes it."""
        scope, data = scope_of(self.request.user), form.cleaned_data
        owner = scope.operator_id or data["operator"]
        actor = actor_of(self.request)
        made = create_brand(owner, data["code"], data["name"], scope=scope, actor=actor, now=clock.now())
        return reverse("brand", args=[made.pk])


class BrandPage(HistoryPanel, ObjectPage):
    """A brand, and what was done to it."""

    right = "brands.view"
    object_type = "brand"
    brand: Brand

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The brand, or 404."""
        self.brand = brand_of(self, kwargs["pk"])
        return self.render()

    def object_id(self) -> str:
        """The id that the log knows it by."""
        return self.brand.pk

    def name(self) -> str:
        """The name."""
        return self.brand.name

    def object_state(self) -> str:
        """Whether it is switched on."""
        return "active" if self.brand.is_active else "inactive"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Brands", reverse("brands"))]

    def facts(self) -> Sequence[Fact]:
        """Whose it is."""
        return [
            Fact("Brand's id", self.brand.pk, copy=self.brand.pk),
            Fact("Operator", self.brand.operator.name),
            Fact("Created", when_exactly(self.brand.created_at)),
        ]

    def primary(self) -> Action | None:
        """Change."""
        return Action("Change", reverse("brand_change", args=[self.brand.pk]), "pencil", "brands.change")


class ChangeBrandPage(FormPage):
    """Rename, or switch off and on."""

    right = "brands.change"
    form_class = TenantForm
    lead_in = "A brand that is switched off is refused at every door with UNSUPPORTED_BRAND."
    done = "Changed."

    def page_title(self) -> str:
        """Names the brand."""
        return f"Change {brand_of(self, self.kwargs['pk']).name}"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Brands", reverse("brands"))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("brand", args=[self.kwargs["pk"]])}

    def initial(self) -> dict[str, Any]:
        """As it is."""
        brand = brand_of(self, self.kwargs["pk"])
        return {"name": brand.name, "is_active": brand.is_active}

    def perform(self, form: Any) -> str:
        """Changes it."""
        scope, data = scope_of(self.request.user), form.cleaned_data
        change = BrandChange(data["name"], data["is_active"], data["reason"])
        pk = brand_of(self, self.kwargs["pk"]).pk
        change_brand(pk, change, scope=scope, actor=actor_of(self.request), now=clock.now())
        return reverse("brand", args=[pk])
