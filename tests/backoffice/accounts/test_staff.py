"""Members of staff: invited, changed, switched off; and what ends their sessions."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.invitations import invitation_path
from backoffice.accounts.models import Role, StaffUser
from backoffice.accounts.operations.change_preferences import change_preferences
from backoffice.accounts.operations.change_staff import MemberChange, change_staff
from backoffice.accounts.operations.create_staff import NewMember, create_staff
from backoffice.accounts.operations.end_sessions import end_sessions
from backoffice.accounts.operations.invite_again import invite_again
from backoffice.accounts.queries import staff
from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from tests.backoffice.rows import PASSWORD, brand, member, operator

pytestmark = pytest.mark.django_db
OWN = Scope("thrilltech")
PLATFORM = Scope(None)
Browser = Callable[[StaffUser], Client]


def is_let_in(client: Client) -> bool:
    return client.get(reverse("account_change_password")).status_code == 200


def test_an_invited_member_chooses_a_password_and_comes_in(now: datetime, actor: Actor) -> None:
    brand()
    new = NewMember("New@Thrilltech.example ", "Nina", Role.MANAGER, "thrilltech", ("thrilltech:brand1",))
    user = create_staff(new, scope=OWN, actor=actor, now=now)
    assert (user.email, user.brand_ids, user.has_usable_password()) == (
        "new@thrilltech.example",
        ["thrilltech:brand1"],
        False,
    )
    client = Client()
    path = invitation_path(user)
    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}).status_code == 302
    assert is_let_in(client)
    again = Client().get(path, follow=True)
    assert b'name="password1"' not in again.content, "the link works once"


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewMember("no mail", "", Role.ANALYST, "thrilltech"), "email"),
        (NewMember("analyst@thrilltech.example", "", Role.ANALYST, "thrilltech"), "email"),
        (NewMember("x@x.example", "", "owner", "thrilltech"), "role"),
        (NewMember("x@x.example", "", Role.PLATFORM_ADMIN, "thrilltech"), "role"),
        (NewMember("x@x.example", "", Role.ANALYST, "thrilltech", ("rival:brand1",)), "brand_ids"),
    ],
)
def test_an_invitation_that_is_wrong_names_the_field(new: NewMember, field: str, now: datetime, actor: Actor) -> None:
    brand("rival:brand1")
    member(Role.ANALYST)
    with pytest.raises(Refusal) as refused:
        create_staff(new, scope=OWN, actor=actor, now=now)
    assert (refused.value.code, refused.value.field) == ("INVALID_REQUEST", field)


@pytest.mark.req("B-25")
def test_nobody_invites_or_changes_outside_the_own_operator(now: datetime, actor: Actor) -> None:
    rival = member(owner="rival")
    operator()
    with pytest.raises(Refusal, match="NOT_FOUND"):
        create_staff(NewMember("x@x.example", "", Role.ANALYST, "rival"), scope=OWN, actor=actor, now=now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        create_staff(NewMember("x@x.example", "", Role.PLATFORM_ADMIN, None), scope=OWN, actor=actor, now=now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        change_staff(rival.pk, MemberChange("", Role.ANALYST), scope=OWN, actor=actor, now=now)
    with pytest.raises(Refusal, match="NOT_FOUND"):
        end_sessions(rival.pk, scope=OWN, actor=actor, now=now)
    assert list(staff(OWN)) == []
    assert list(staff(PLATFORM)) == [rival]


@pytest.mark.req("B-25")
def test_an_admin_limited_to_brands_gives_no_more_than_those(now: datetime, actor: Actor) -> None:
    brand()
    brand("thrilltech:brand2")
    limited = Scope("thrilltech", frozenset({"thrilltech:brand1"}))
    member(Role.ANALYST, name="wide")
    for brands in ((), ("thrilltech:brand2",), ("thrilltech:brand1", "thrilltech:brand2")):
        new = NewMember("x@x.example", "", Role.ANALYST, "thrilltech", brands)
        with pytest.raises(Refusal) as refused:
            create_staff(new, scope=limited, actor=actor, now=now)
        assert refused.value.field == "brand_ids"
    assert list(staff(limited)) == []


CHANGES = {
    "another role": MemberChange("", Role.ANALYST),
    "other brands": MemberChange("", Role.MANAGER, ("thrilltech:brand1",)),
    "switched off": MemberChange("", Role.MANAGER, is_active=False),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_another_role_or_limit_ends_the_sessions_at_once(
    change: MemberChange, now: datetime, actor: Actor, browser_of: Browser
) -> None:
    brand()
    member()
    user = member(Role.MANAGER)
    client = browser_of(user)
    assert is_let_in(client)
    change_staff(user.pk, change, scope=OWN, actor=actor, now=now)
    assert not is_let_in(client)
    entry = AuditEntry.objects.get()
    assert entry.before != entry.after


@pytest.mark.req("B-25")
def test_an_admin_limited_to_brands_reaches_no_further_through_others(now: datetime, actor: Actor) -> None:
    brand()
    brand("thrilltech:brand2")
    limited = Scope("thrilltech", frozenset({"thrilltech:brand1"}))
    acts: list[Callable[[int], object]] = [
        lambda pk: invite_again(pk, scope=limited, actor=actor, now=now),
        lambda pk: end_sessions(pk, scope=limited, actor=actor, now=now),
        lambda pk: change_staff(
            pk, MemberChange("N", Role.MANAGER, ("thrilltech:brand1",)), scope=limited, actor=actor, now=now
        ),
    ]
    for brands, code in ((), "NOT_FOUND"), (("thrilltech:brand1", "thrilltech:brand2"), "FORBIDDEN"):
        other = member(Role.MANAGER, name=f"of-{len(brands)}", brands=brands)
        for act in acts:
            with pytest.raises(Refusal) as refused:
                act(other.pk)
            assert refused.value.code == code
    new = NewMember("own@thrilltech.example", "", Role.MANAGER, "thrilltech", ("thrilltech:brand1",))
    own = create_staff(new, scope=limited, actor=actor, now=now)
    assert invite_again(own.pk, scope=limited, actor=actor, now=now) == own


def test_another_name_leaves_the_sessions_alone(now: datetime, actor: Actor, browser_of: Browser) -> None:
    member()
    user = member(Role.MANAGER)
    client = browser_of(user)
    change_staff(user.pk, MemberChange("Mia", Role.MANAGER), scope=OWN, actor=actor, now=now)
    change_preferences(user, name="Mia M", time_zone="Asia/Tokyo", actor=actor, now=now)
    assert is_let_in(client)


def test_logging_out_everywhere_and_an_operators_end_end_the_sessions(
    now: datetime, actor: Actor, browser_of: Browser
) -> None:
    user = member()
    first, second = browser_of(user), browser_of(user)
    end_sessions(user.pk, scope=OWN, actor=actor, now=now)
    assert not is_let_in(first)
    assert not is_let_in(second)
    user.refresh_from_db()
    third = browser_of(user)
    assert is_let_in(third)
    Operator.objects.update(is_active=False)
    assert not is_let_in(third)
    fourth = Client()
    fourth.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in fourth.session


def test_somebody_must_be_left_to_administer(now: datetime, actor: Actor) -> None:
    alone = member()
    for change in (MemberChange("", Role.ANALYST), MemberChange("", Role.OPERATOR_ADMIN, is_active=False)):
        with pytest.raises(Refusal, match="Nobody would be left"):
            change_staff(alone.pk, change, scope=OWN, actor=actor, now=now)
    alone.refresh_from_db()
    assert (alone.role, alone.is_active) == (Role.OPERATOR_ADMIN, True)


def test_nobody_takes_their_own_power_away(now: datetime) -> None:
    first = member()
    member(name="second")
    own = Actor.staff(first)
    with pytest.raises(Refusal, match="their own power"):
        change_staff(first.pk, MemberChange("", Role.ANALYST), scope=OWN, actor=own, now=now)
    change_staff(first.pk, MemberChange("Me", Role.OPERATOR_ADMIN), scope=OWN, actor=own, now=now)


def test_a_time_zone_must_exist(now: datetime, actor: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        change_preferences(member(), name="", time_zone="Mars/Olympus", actor=actor, now=now)
    assert refused.value.field == "time_zone"
