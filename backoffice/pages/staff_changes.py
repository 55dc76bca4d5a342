"""What is done to members of staff: inviting, changing, ending sessions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from backoffice.accounts.membership import check_reach
from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.operations.change_staff import MemberChange, change_staff
from backoffice.accounts.operations.create_staff import NewMember, create_staff
from backoffice.accounts.operations.end_sessions import end_sessions
from backoffice.accounts.operations.invite_again import invite_again
from backoffice.accounts.viewer import scope_of
from backoffice.approvals.operations.request_password_reset import request_password_reset
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.pages.choices import BrandsField
from backoffice.pages.secrets import invitation
from backoffice.pages.staff import member_of
from backoffice.tenancy.scope import Scope
from backoffice.web.actor import actor_of
from backoffice.web.confirm import ConfirmPage
from backoffice.web.forms import FormPage, refuse


def role_choices(scope: Scope, *, has_operator: bool) -> list[tuple[str, str]]:
    """The roles that can be given."""
    return [(role.value, role.label) for role in Role if (role == Role.PLATFORM_ADMIN) != has_operator]


class MemberForm(forms.Form):
    """What a member is."""

    name = forms.CharField(max_length=200, required=False, help_text="As colleagues know them.")
    role = forms.ChoiceField()

    def __init__(self, *args: Any, scope: Scope, has_operator: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(scope, has_operator=has_operator)  # type: ignore[attr-defined]
        if has_operator:
            self.fields["brand_ids"] = BrandsField(scope, what="the account sees")


class InvitationForm(MemberForm):
    """Whom to invite."""

    email = forms.EmailField(label="E-mail", help_text="The name they log in with. Nothing is sent to it.")
    field_order = ["email", "name", "role", "brand_ids"]


class NewMemberPage(FormPage):
    """Invite somebody."""

    title = "Invite somebody"
    right = "staff.change"
    form_class = InvitationForm
    submit_label = "Make the invitation"

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the list."""
        return [("Staff", reverse("staff"))]

    def context(self) -> dict[str, Any]:
        """The form, and what each role may do."""
        return {**super().context(), "cancel_url": reverse("staff")}

    def form_arguments(self) -> dict[str, Any]:
        """The viewer's scope limits what can be given."""
        return {"scope": scope_of(self.request.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The invitation's link, shown once; or the form with what is wrong (422)."""
        form = self.make_form(request.POST)
        if form.is_valid():
            scope, data = scope_of(self.request.user), form.cleaned_data
            new = NewMember(
                data["email"], data["name"], data["role"], scope.operator_id, tuple(data.get("brand_ids", ()))
            )
            try:
                user = create_staff(new, scope=scope, actor=actor_of(request), now=clock.now())
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                return invitation(self, user)
        return self.render(status=422, form=form)


class ChangeMemberForm(MemberForm):
    """What a member is to be."""

    is_active = forms.BooleanField(label="May log in", required=False)
    reason = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["name", "role", "brand_ids", "is_active", "reason"]


class ChangeMemberPage(FormPage):
    """Another role, other brands, switched off."""

    right = "staff.change"
    form_class = ChangeMemberForm
    lead_in = "Another role, other brands or switching off end the member's sessions at once."
    done = "Changed."
    member: StaffUser

    def page_title(self) -> str:
        """Names the member."""
        return f"Change {self.found().email}"

    def found(self) -> StaffUser:
        """The member, or 404."""
        if not hasattr(self, "member"):
            self.member = member_of(self, self.kwargs["pk"])
        return self.member

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(self.found().brand_ids, scope_of(self.request.user))

    def crumbs(self) -> list[tuple[str, str]]:
        """Back to the member."""
        return [("Staff", reverse("staff")), (self.found().email, reverse("staff_member", args=[self.found().pk]))]

    def context(self) -> dict[str, Any]:
        """The form."""
        return {**super().context(), "cancel_url": reverse("staff_member", args=[self.found().pk])}

    def initial(self) -> dict[str, Any]:
        """As they are."""
        member = self.found()
        return {
            "name": member.name,
            "role": member.role,
            "brand_ids": member.brand_ids,
            "is_active": member.is_active,
        }

    def form_arguments(self) -> dict[str, Any]:
        """The viewer's scope limits what can be given."""
        return {"scope": scope_of(self.request.user), "has_operator": self.found().operator_id is not None}

    def perform(self, form: Any) -> str:
        """Changes the member."""
        data = form.cleaned_data
        change = MemberChange(
            data["name"], data["role"], tuple(data.get("brand_ids", ())), data["is_active"], data["reason"]
        )
        scope = scope_of(self.request.user)
        user = change_staff(self.found().pk, change, scope=scope, actor=actor_of(self.request), now=clock.now())
        return reverse("staff_member", args=[user.pk])


class InviteAgainPage(ConfirmPage):
    """A new link, to who has chosen no password yet."""

    title = "New invitation link"
    right = "staff.change"
    reason_needed = False
    submit_label = "Show the link"

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(member_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def question(self) -> str:
        """Names the member."""
        return f"Make a link by which {member_of(self, self.kwargs['pk']).email} chooses a password?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("Whoever opens it first becomes this member of staff.", "Links that were made before stay valid.")

    def cancel(self) -> str:
        """Back to the member."""
        return reverse("staff_member", args=[self.kwargs["pk"]])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The link, shown once; or why there is none (422)."""
        user, form = member_of(self, self.kwargs["pk"]), self.filled_form()
        try:
            invite_again(user.pk, scope=scope_of(self.request.user), actor=actor_of(request), now=clock.now())
        except Refusal as refusal:
            form.is_valid()
            refuse(form, refusal)
            return self.render(status=422, form=form)
        return invitation(self, user)


class PasswordResetPage(ConfirmPage):
    """Ask for a new link, for who has a password already."""

    title = "Let them choose a new password"
    right = "staff.change"
    submit_label = "Ask for it"
    done = "The request awaits a second person."

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(member_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def question(self) -> str:
        """Names the member."""
        return f"Ask that {member_of(self, self.kwargs['pk']).email} may choose a new password?"

    def effects(self) -> Sequence[str]:
        """Who decides, and what follows."""
        return (
            "Nothing happens until a second person approves it; you cannot.",
            "The present password and every session then end at once, and you can make an invitation link.",
            "Whoever opens that link first becomes this member of staff: that is why it takes two.",
        )

    def cancel(self) -> str:
        """Back to the member."""
        return reverse("staff_member", args=[self.kwargs["pk"]])

    def perform(self, reason: str) -> str:
        """Stores the request."""
        user = self.request.user
        approval = request_password_reset(
            self.kwargs["pk"],
            reason=reason,
            requested_by=user,
            scope=scope_of(user),
            actor=actor_of(self.request),
            now=clock.now(),
        )
        return reverse("approval", args=[approval.pk])


class EndSessionsPage(ConfirmPage):
    """Log a member out everywhere."""

    title = "Log out everywhere"
    right = "staff.change"
    reason_needed = False
    submit_label = "Log them out"

    def check_change(self) -> None:
        """Who reaches no further than the viewer."""
        check_reach(member_of(self, self.kwargs["pk"]).brand_ids, scope_of(self.request.user))

    def question(self) -> str:
        """Names the member."""
        return f"Log {member_of(self, self.kwargs['pk']).email} out everywhere?"

    def effects(self) -> Sequence[str]:
        """What happens."""
        return ("Every browser in which they are logged in asks for the password again.",)

    def cancel(self) -> str:
        """Back to the member."""
        return reverse("staff_member", args=[self.kwargs["pk"]])

    def perform(self, reason: str) -> str:
        """Ends the sessions."""
        scope, actor = scope_of(self.request.user), actor_of(self.request)
        user = end_sessions(self.kwargs["pk"], scope=scope, actor=actor, now=clock.now())
        messages.success(self.request, f"{user.email} is logged out everywhere.")
        return self.cancel()
