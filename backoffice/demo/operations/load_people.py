"""Operators, brands, staff and service accounts of the demo."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from backoffice.accounts.models import Role, ServiceAccount, StaffUser
from backoffice.demo.definitions import OPERATORS, PASSWORD, PLATFORM_ADMIN, OperatorDefinition
from backoffice.tenancy.models import Brand, Operator


def load_people(*, now: datetime) -> None:
    """Make whoever is missing; what is there stays as it is."""
    with transaction.atomic():
        for definition in OPERATORS:
            _load(definition, now)
        if not StaffUser.objects.filter(email=PLATFORM_ADMIN).exists():
            StaffUser.objects.create_user(PLATFORM_ADMIN, PASSWORD, role=Role.PLATFORM_ADMIN)


def _load(definition: OperatorDefinition, now: datetime) -> None:
    operator, _ = Operator.objects.get_or_create(
        id=definition.id, defaults={"name": definition.name, "base_currency": "EUR", "created_at": now}
    )
    for code, name in definition.brands:
        Brand.objects.get_or_create(
            id=f"{operator.id}:{code}", defaults={"operator": operator, "code": code, "name": name, "created_at": now}
        )
    for local_part, role in definition.staff:
        email = f"{local_part}@{definition.id}.example"
        if not StaffUser.objects.filter(email=email).exists():
            StaffUser.objects.create_user(email, PASSWORD, role=role, operator=operator)
    username, password = definition.service_account
    ServiceAccount.objects.get_or_create(
        username=username,
        defaults={"operator": operator, "password": make_password(password), "created_at": now},
    )
