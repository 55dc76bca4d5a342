"""A small site made of the page kit alone: the tests visit it, and it shows every part of the kit at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import django_filters
import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import include, path

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.web.charts import Chart, Series, bar_list, money_series
from backoffice.web.confirm import ConfirmPage
from backoffice.web.filters import OfficeFilter
from backoffice.web.forms import FormPage
from backoffice.web.lists import Empty, ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action, office_page
from backoffice.web.search import SearchPage
from backoffice.web.tables import IdColumn, MenuColumn, MoneyColumn, NumberColumn, OfficeTable, StateColumn, WhenColumn

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ("active", "paused", "pending", "terminated", "ended")


class BrandFilter(OfficeFilter):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Name")
    is_active = django_filters.BooleanFilter(label="Active")
    created = django_filters.DateFromToRangeFilter(
        field_name="created_at",
        label="Created",
        widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date", "aria-label": "Created"}),
    )


class BrandTable(OfficeTable):
    name = tables.Column(linkify=lambda record: f"/office/brands/{record.pk}/")
    id = IdColumn()
    state = StateColumn(accessor="pk", orderable=False)
    amount = MoneyColumn(accessor="pk", currency="EUR", orderable=False, verbose_name="Pot value")
    players = NumberColumn(accessor="pk", orderable=False)
    created_at = WhenColumn(verbose_name="Created")
    operator = tables.Column(accessor="operator_id")
    menu = MenuColumn(
        lambda record, _: [
            Action("Pause", f"/office/brands/{record.pk}/pause/", "player-pause", "brands.change"),
            Action("Terminate", f"/office/brands/{record.pk}/end/", "ban", "brands.change", danger=True),
        ]
    )
    hidden = ("operator",)

    class Meta(OfficeTable.Meta):
        sequence = ("name", "id", "state", "amount", "players", "created_at", "operator", "menu")

    def row_address(self, record: Brand) -> str:
        return f"/office/brands/{record.pk}/"

    def render_state(self, record: Brand, bound_column):
        return bound_column.column.render(STATES[len(record.name) % 5])

    def render_amount(self, record: Brand, bound_column):
        return bound_column.column.render(1_234_567_890_123 // len(record.pk), record)

    def value_amount(self, record: Brand) -> str:
        return "-12.5"

    def render_players(self, record: Brand):
        return f"{len(record.name) * 1311:,}"


class BrandList(ListPage):
    title = "Brands"
    right = "brands.view"
    table_class = BrandTable
    filter_class = BrandFilter
    lead_in = "Where players meet the jackpots. What a brand holds is its operator's."

    def rows(self):
        return self.request.scope.rows(Brand.objects.all(), brand_field="id")

    def actions(self) -> Sequence[Action]:
        return [Action("New brand", "/office/brands/new/", "plus", "brands.change")]

    def empty(self) -> Empty:
        return Empty("No brands yet", "A brand is where players play.", self.actions()[0], "tag")


class BrandPage(ObjectPage):
    right = "brands.view"
    template_name = "gallery/object.html"
    state = "active"

    def name(self) -> str:
        return f"Mega {self.kwargs['brand']}"

    def crumbs(self):
        return [("Brands", "/office/brands/")]

    def facts(self):
        return [
            Fact("Id", self.kwargs["brand"], copy=self.kwargs["brand"]),
            Fact("Owner", "ThrillTech", url="/office/brands/"),
            Fact("Template", "Four pots, version 3"),
            Fact("Since", "12 Nov 2026, 10:00 UTC"),
        ]

    def tabs(self):
        at = f"/office/brands/{self.kwargs['brand']}/"
        return [Tab("Overview", at), Tab("Contributions", f"{at}c/", 48211), Tab("History", f"{at}history/")]

    def primary(self):
        return Action("Pause", f"/office/brands/{self.kwargs['brand']}/pause/", "player-pause", "brands.change")

    def menu(self):
        return [Action("Terminate", "#", "ban", "brands.change", danger=True)]

    def context(self):
        days = [f"{day} Nov" for day in range(1, 31)]
        micros = [((day * 7919) % 400 + 200) * 1_000_000 for day in range(30)]
        before = [((day * 6131) % 400 + 150) * 1_000_000 for day in range(30)]
        line = Chart(
            "contributions", "Contributions, EUR a day, November", "line", days,
            [money_series("This period", micros, "EUR"), money_series("Before", before, "EUR", comparison=True)], "EUR",
        )  # fmt: skip
        ggr = Chart(
            "ggr", "GGR, EUR a day", "bar", days[:14],
            [money_series("GGR", [((day * 7919) % 500 - 220) * 1_000_000 for day in range(14)], "EUR")], "EUR",
        )  # fmt: skip
        bets = Chart(
            "bets", "Base wagers, bets", "histogram", ["<1", "1 to 2", "2 to 5", "5 to 10", "10 to 20", "more"],
            [Series("Bets", [120, 410, 980, 530, 160, 40])], label_heading="Wager",
        )  # fmt: skip
        top = bar_list([(f"player_000{n}", 9000 - n * 1300, f"EUR {9000 - n * 1300:,}.00", "#") for n in range(6)])
        names = ("Mega", "Major", "Minor", "Mini")
        pots = [
            SimpleNamespace(id=f"pot-{n}", name=name, micros=10 ** (12 - n) + 123_456) for n, name in enumerate(names)
        ]
        return {**super().context(), "charts": [line, ggr, bets], "top": top, "pots": pots}


class BrandHistory(HistoryPanel, BrandPage):
    template_name = "office/history.html"
    object_type = "brand"

    def object_id(self) -> str:
        return str(self.kwargs["brand"])


class BrandForm(forms.Form):
    name = forms.CharField(max_length=40, help_text="As players know it.")
    code = forms.SlugField(help_text="Never changes afterwards.")
    share = forms.DecimalField(max_digits=6, decimal_places=4, help_text="Part of each contribution, in percent.")
    zone = forms.ChoiceField(choices=[("UTC", "UTC"), ("Europe/Malta", "Malta")])
    notes = forms.CharField(widget=forms.Textarea, required=False)
    opt_in = forms.BooleanField(required=False, label="Players must opt in")


class NewBrand(FormPage):
    title = "New brand"
    change_right = "brands.change"
    form_class = BrandForm
    submit_label = "Create the brand"
    cancel_url = "/office/brands/"
    done = "The brand was created."

    def perform(self, form) -> str:
        if form.cleaned_data["code"] == "taken":
            raise Refusal("INVALID_REQUEST", "This code is taken.", field="code")
        if form.cleaned_data["code"] == "never":
            raise Refusal("FORBIDDEN", "No more brands for this operator.")
        return "/office/brands/"


class PauseBrand(ConfirmPage):
    title = "Pause a brand"
    right = "brands.view"
    change_right = "brands.change"
    submit_label = "Pause"
    done = "Paused."

    def question(self) -> str:
        return f"Pause {self.kwargs['brand']}?"

    def effects(self):
        return [
            "Two sources lead here; 35 players came today.",
            "Contributions will be refused with CONTRIBUTION_REJECTED.",
        ]

    def cancel(self) -> str:
        return f"/office/brands/{self.kwargs['brand']}/"

    def perform(self, reason: str) -> str:
        return self.cancel()


class EndBrand(PauseBrand):
    title = "Terminate a brand"
    danger = True
    submit_label = "Terminate"

    def typed_name(self) -> str:
        return "Mega Lucky"


@office_page("dashboard.view")
def dashboard(request):
    at = clock.now()
    times = [at, at - timedelta(minutes=5), at - timedelta(days=12), EPOCH, None]
    return TemplateResponse(request, "gallery/dashboard.html", {"title": "Dashboard", "times": times})


@office_page("platform.admin")
def platform(request):
    return HttpResponse("platform")


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("office/", dashboard, name="dashboard"),
    path("office/brands/", BrandList.as_view(), name="brands"),
    path("office/brands/new/", NewBrand.as_view()),
    path("office/brands/<str:brand>/", BrandPage.as_view()),
    path("office/brands/<str:brand>/history/", BrandHistory.as_view()),
    path("office/brands/<str:brand>/pause/", PauseBrand.as_view()),
    path("office/brands/<str:brand>/end/", EndBrand.as_view()),
    path("office/search/", SearchPage.as_view(), name="search"),
    path("office/views/", include("backoffice.web.saved_views")),
    path("office/platform/", platform, name="operators"),
    path("office/broken/", broken),
]
handler400 = "backoffice.web.errors.bad_request"
handler403 = "backoffice.web.errors.permission_denied"
handler404 = "backoffice.web.errors.not_found"
handler500 = "backoffice.web.errors.server_error"
