"""`manage.py demo_contract`: what a script needs to know about the demo, as one JSON object."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backoffice.accounts.models import Role
from backoffice.core import clock
from backoffice.demo.definitions import OPERATORS, PASSWORD, PLATFORM_ADMIN, brand_ids
from backoffice.tenancy.scope import Scope
from jackpots.queries.gateway import values_of
from jackpots.queries.instances import instances
from jackpots.queries.sources import sources

EVERYTHING = Scope(operator_id=None)
SOCKETS = ["/ws/v1/staff/instances/"]


class Command(BaseCommand):
    """Prints the addresses, the logins and the ids of the demo."""

    help = "Print the demo's contract for scripts: one JSON object on standard output."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it."""
        if settings.ENVIRONMENT == "production":
            raise CommandError("The demo does not run with production settings.")
        self.stdout.write(json.dumps(contract(), indent=2))


def contract() -> dict[str, object]:
    """The object: strings, lists and nulls only; ids of instances are UUIDs as text."""
    return {
        "web_url": settings.WEB_URL,
        "edge_url": settings.EDGE_URL,
        "staff": _staff(),
        "service_accounts": _service_accounts(),
        "brands": [brand for operator in OPERATORS for brand in brand_ids(operator.id)],
        "sources": _sources(),
        "instances": _instances(),
        "sockets": SOCKETS,
        "database_url": settings.DATABASE_URL,
        "redis_url": settings.REDIS_URL,
    }


def _staff() -> list[dict[str, str | None]]:
    members: list[dict[str, str | None]] = [
        {"email": f"{name}@{operator.id}.example", "password": PASSWORD, "role": role, "operator_id": operator.id}
        for operator in OPERATORS
        for name, role in operator.staff
    ]
    platform = {"email": PLATFORM_ADMIN, "password": PASSWORD, "role": str(Role.PLATFORM_ADMIN), "operator_id": None}
    return [*members, platform]


def _service_accounts() -> list[dict[str, str]]:
    return [
        {
            "username": operator.service_account[0],
            "password": operator.service_account[1],
            "operator_id": operator.id,
        }
        for operator in OPERATORS
    ]


def _sources() -> list[dict[str, object]]:
    return [
        {
            "source_id": row.source_id,
            "owner_id": row.brand_id or row.operator_id,
            "instance_ids": [str(mapping.instance_id) for mapping in row.mappings.all()],
        }
        for row in sources(EVERYTHING).order_by("operator_id", "source_id")
    ]


def _instances() -> list[dict[str, object]]:
    now = clock.now()
    rows = instances(EVERYTHING).order_by("operator_id", "name", "created_at")
    return [
        {
            "instance_id": values.id,
            "name": values.name,
            "owner_id": row.brand_id or row.operator_id,
            "state": values.status,
            "currency": values.currency,
            "pot_ids": [pot.id for pot in values.pots],
        }
        for row in rows
        for values in [values_of(row, now)]
    ]
