"""Operators, brands and people for the kernel's tests."""

from datetime import UTC, datetime

from backoffice.accounts.models import Role, ServiceAccount, StaffUser
from backoffice.tenancy.models import Brand, Operator

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def operator(id: str = "thrilltech") -> Operator:  # noqa: A002 - the field's name
    """An operator that may be there already."""
    return Operator.objects.get_or_create(id=id, defaults={"name": id.title(), "created_at": LONG_AGO})[0]


def brand(id: str = "thrilltech:brand1") -> Brand:  # noqa: A002 - the field's name
    """A brand, and its operator."""
    owner, code = id.split(":")
    defaults = {"operator": operator(owner), "code": code, "name": code.title(), "created_at": LONG_AGO}
    return Brand.objects.get_or_create(id=id, defaults=defaults)[0]


def member(
    role: str = Role.OPERATOR_ADMIN, *, owner: str = "thrilltech", name: str = "", brands: tuple[str, ...] = ()
) -> StaffUser:
    """A member of staff called `role@owner.example`, or `name@…`."""
    is_platform = role == Role.PLATFORM_ADMIN
    user = StaffUser.objects.create_user(
        f"{name or role}@{'potluck' if is_platform else owner}.example",
        PASSWORD,
        role=role,
        operator=None if is_platform else operator(owner),
    )
    if brands:
        user.brand_ids = list(brands)
        user.save(update_fields=["brand_ids"])
    return user


def service_account(username: str = "processor", owner: str = "thrilltech") -> ServiceAccount:
    """A service account whose password nobody knows."""
    return ServiceAccount.objects.create(operator=operator(owner), username=username, password="!", created_at=LONG_AGO)
