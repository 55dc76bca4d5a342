"""Members of staff: who, in which role, for which brands."""

from collections.abc import Sequence
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.queries import staff
from backoffice.accounts.rights import RIGHTS_BY_ROLE
from backoffice.accounts.viewer import scope_of
from backoffice.web.filters import OfficeFilter
from backoffice.web.lists import ListPage
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action, OfficeView
from backoffice.web.render import when, when_exactly
from backoffice.web.tables import OfficeTable, StateColumn, WhenColumn


def member_of(view: OfficeView, pk: int) -> StaffUser:
    """The member in scope, or 404."""
    found = staff(scope_of(view.request.user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class StaffFilter(OfficeFilter):
    """By name, role and whether they may log in."""

    q = django_filters.CharFilter(label="Name or e-mail", method="by_text")
    role = django_filters.ChoiceFilter(choices=Role.choices, label="Role")
    is_active = django_filters.BooleanFilter(label="Active")

    def by_text(self, rows: QuerySet[StaffUser], _name: str, value: str) -> QuerySet[StaffUser]:
        """In the name or the e-mail."""
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value))


class StaffTable(OfficeTable):
    """Members by e-mail."""

    email = tables.Column(verbose_name="E-mail", linkify=lambda record: reverse("staff_member", args=[record.pk]))
    name = tables.Column()
    role = tables.Column()
    brand_ids = tables.Column(verbose_name="Brands", orderable=False, empty_values=())
    operator = tables.Column(accessor="operator__name", default="Platform")
    state = StateColumn(accessor="is_active", verbose_name="State")
    last_login = WhenColumn(verbose_name="Last login", default="never")
    hidden = ("operator",)

    class Meta(OfficeTable.Meta):
        """The order of the columns."""

        sequence = ("email", "name", "role", "brand_ids", "operator", "state", "last_login")

    def row_address(self, record: StaffUser) -> str:
        """The member's page."""
        return reverse("staff_member", args=[record.pk])

    def render_brand_ids(self, record: StaffUser) -> str:
        """All, or which."""
        return ", ".join(brand.partition(":")[2] for brand in record.brand_ids) or "all"

    def value_brand_ids(self, record: StaffUser) -> str:
        """For the export."""
        return " ".join(record.brand_ids) or "all"

    def render_state(self, record: StaffUser, bound_column: Any) -> str:
        """Active or not."""
        return str(bound_column.column.render("active" if record.is_active else "inactive"))


class StaffList(ListPage):
    """Everybody in scope."""

    title = "Staff"
    right = "staff.view"
    table_class = StaffTable
    filter_class = StaffFilter

    def rows(self) -> QuerySet[StaffUser]:
        """The members in the viewer's own scope: the brand switch does not narrow them."""
        return staff(scope_of(self.request.user))

    def actions(self) -> Sequence[Action]:
        """Invite somebody."""
        return [Action("Invite somebody", reverse("staff_new"), "user-plus", "staff.change")]


class MemberBase(ObjectPage):
    """What the tabs of a member have in common."""

    right = "staff.view"
    member: StaffUser

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The member, or 404."""
        self.member = member_of(self, kwargs["pk"])
        return self.render()

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(self.member.brand_ids, scope_of(self.request.user))

    def name(self) -> str:
        """The name, or the e-mail."""
        return self.member.name or self.member.email

    def object_state(self) -> str:
        """Whether they may log in."""
        return "active" if self.member.is_active else "inactive"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Staff", reverse("staff"))]

    def facts(self) -> Sequence[Fact]:
        """Who they are."""
        member = self.member
        return [
            Fact("E-mail", member.email, copy=member.email),
            Fact("Role", member.get_role_display()),
            Fact("Brands", ", ".join(member.brand_ids) or "all"),
            Fact("Operator", member.operator.name if member.operator else "Platform"),
            Fact("Time zone", member.time_zone),
            Fact("Joined", when_exactly(member.joined_at)),
            Fact("Last login", when(member.last_login) if member.last_login else "never"),
        ]

    def tabs(self) -> Sequence[Tab]:
        """What they may do, and what was done to them."""
        pk = self.member.pk
        return [Tab("Rights", reverse("staff_member", args=[pk])), Tab("History", reverse("staff_history", args=[pk]))]

    def primary(self) -> Action | None:
        """Change."""
        return Action("Change", reverse("staff_change", args=[self.member.pk]), "pencil", "staff.change")

    def menu(self) -> Sequence[Action]:
        """A link, or the request for one, and an end of sessions."""
        pk = self.member.pk
        if self.member.has_usable_password():
            link = Action("New password…", reverse("staff_reset_password", args=[pk]), "password", "staff.change")
        else:
            link = Action("New invitation link", reverse("staff_invite", args=[pk]), "link", "staff.change")
        return [
            link,
            Action("Log out everywhere", reverse("staff_end_sessions", args=[pk]), "logout", "staff.change"),
        ]


class MemberPage(MemberBase):
    """The rights of a member."""

    template_name = "accounts/member.html"

    def context(self) -> dict[str, Any]:
        """The rights, grouped by noun."""
        grouped: dict[str, list[str]] = {}
        for right in sorted(RIGHTS_BY_ROLE[self.member.role] if self.member.is_active else ()):
            noun, _, verb = right.partition(".")
            grouped.setdefault(noun.replace("_", " "), []).append(verb)
        return {**super().context(), "rights": [(noun, ", ".join(verbs)) for noun, verbs in grouped.items()]}


class MemberHistory(HistoryPanel, MemberBase):
    """What was done to a member."""

    object_type = "staff"

    def object_id(self) -> str:
        """The id that the log knows them by."""
        return str(self.member.pk)
