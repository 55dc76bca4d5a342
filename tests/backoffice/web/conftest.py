"""The gallery as a site, with two operators and their people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as live_settings
from django.test import Client

from backoffice.accounts.models import Role, StaffUser
from backoffice.tenancy.models import Brand, Operator

HERE = Path(__file__).parent
MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def gallery(settings):
    """The site of these tests."""
    settings.ROOT_URLCONF = "tests.backoffice.web.gallery"
    [engine] = live_settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [live_settings.BASE_DIR / "templates", HERE / "templates"]}]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def operators(db) -> dict[str, Operator]:
    made = {}
    for name in ("thrilltech", "rival"):
        made[name] = Operator.objects.create(id=name, name=name.title(), created_at=MADE)
    return made


@pytest.fixture
def brands(operators) -> Callable[..., list[Brand]]:
    """Makes brands: `brands(3)`, `brands(1, "rival")`."""

    def make(count: int, operator: str = "thrilltech") -> list[Brand]:
        return [
            Brand.objects.create(
                id=f"{operator}:brand{number}",
                operator=operators[operator],
                code=f"brand{number}",
                name=f"Brand {number:03}",
                created_at=MADE + timedelta(hours=number),
            )
            for number in range(1, count + 1)
        ]

    return make


@pytest.fixture
def staff(operators) -> Callable[..., StaffUser]:
    """Makes a member of staff: `staff("analyst")`, `staff("platform_admin")`."""

    def make(role: str = Role.OPERATOR_ADMIN, operator: str = "thrilltech", **fields: object) -> StaffUser:
        owner = None if role == Role.PLATFORM_ADMIN else operators[operator]
        user = StaffUser.objects.create_user(f"{role}@{operator}.example", PASSWORD, role=role, operator=owner)
        for name, value in fields.items():
            setattr(user, name, value)
        user.save()
        return user

    return make


@pytest.fixture
def visit(staff) -> Callable[..., Client]:
    """A browser in which somebody is logged in: `visit("analyst")`."""

    def enter(role: str = Role.OPERATOR_ADMIN, **fields: object) -> Client:
        client = Client()
        client.force_login(staff(role, **fields))
        return client

    return enter
