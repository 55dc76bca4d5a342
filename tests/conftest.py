"""What every test stands on: a fixed instant, an empty cache, browsers of members of staff, a relay that is done."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from backoffice.accounts.models import StaffUser
from backoffice.api.token_cache import token_cache
from backoffice.audit.record import Actor
from jackpots.queries import contribution_config
from tests.cast import cast  # noqa: F401 - a fixture for all
from tests.outbox import relay_all

# A busy machine is no fault of a test. The long run looks further each time, the others try the same examples.
settings.register_profile(
    "potluck",
    deadline=None,
    derandomize=os.environ.get("POTLUCK_LONG") != "1",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("potluck")

KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}


def empty_the_tables(_case: TransactionTestCase) -> None:
    """After a test with `transaction=True`. Django's flush stumbles over tables that no model has, and takes half a
    second; with triggers asleep this takes milliseconds, and append-only rows go too."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT_TABLES)
    deletions = [f'DELETE FROM "{table}"' for table in tables]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(["BEGIN", "SET LOCAL session_replication_role = replica", *deletions, "COMMIT"]))


TransactionTestCase._fixture_teardown = empty_the_tables  # type: ignore[attr-defined]


class KeptAtOnce:
    """`transaction`, for who keeps something once it is committed: the transaction of a test never is."""

    @staticmethod
    def on_commit(act: Callable[[], None]) -> None:
        """At once in the transaction of a test, else when it is committed."""
        if any(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            act()
        else:
            transaction.on_commit(act)


# Without it each contribution would read all of its configuration anew, twice.
pytest.MonkeyPatch().setattr(contribution_config, "transaction", KeptAtOnce)


@pytest.fixture
def now() -> datetime:
    """The instant of tests that need one: a Saturday morning."""
    return datetime(2026, 3, 14, 9, 26, 53, 589_793, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Sessions, rate limits, known tokens and configurations of one test are none of the next."""
    yield
    cache.clear()
    token_cache.forget()
    contribution_config._kept.clear()


@pytest.fixture(scope="session", autouse=True)
def _closed_token_cache() -> Iterator[None]:
    """Redis ends with the run; nothing listens to it any more then."""
    yield
    token_cache.close()


@pytest.fixture
def browser_of() -> Callable[[StaffUser], Client]:
    """A client in which this member of staff is logged in."""

    def logged_in(user: StaffUser) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return logged_in


@pytest.fixture
def actor() -> Actor:
    """Who acts where it does not matter who."""
    return Actor.system("test")


@pytest.fixture
def relay_everything() -> Callable[[], None]:
    """Numbers and relays all events that are committed; needs a test with `transaction=True`."""
    return relay_all
