"""What a feed brings points to nothing of another operator, and what it points to stays."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from integrations.models import FeedMessage, GameActivity, GameRound, Integration
from tests.cast import Cast
from tests.integrations.support import Feeds, bet, raw

pytestmark = [pytest.mark.django_db, pytest.mark.req("B-31")]


def refused(act: Callable[[], object], words: str) -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        act()


def copy_of(table: str, **changes: str) -> Callable[[], None]:
    """Inserts the table's first row once more, with some columns changed."""

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(column_name::text) FROM information_schema.columns WHERE table_name = %s", [table]
            )
            (columns,) = cursor.fetchone() or ([],)
            names = [column for column in columns if column != "id"]
            values = ", ".join(f"'{changes[name]}'" if name in changes else name for name in names)
            cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} LIMIT 1")

    return insert


def test_rows_of_another_operator_are_refused(feeds: Feeds) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1")))
    foreign = {"operator_id": "rival"}
    for table in ("integrations_feedmessage", "integrations_gameactivity", "integrations_gameround"):
        refused(copy_of(table, **foreign), "points across operators")
    other = {"activity_id": "a2", "round_id": "r2", "brand_id": "rival:brand1"}
    for table in ("integrations_gameactivity", "integrations_gameround"):
        refused(copy_of(table, **other), "points across operators")
    for rows in (GameActivity.objects.all(), GameRound.objects.all()):
        refused(lambda rows=rows: rows.update(brand_id="rival:brand1"), "points across operators")  # type: ignore[misc]


def test_what_they_point_to_stays(feeds: Feeds, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1")))
    assert FeedMessage.objects.exists()
    table = Integration._meta.db_table
    for statement, words in (
        (f"DELETE FROM {table} WHERE id = '{integration.pk}'", "has brought messages"),
        (f"DELETE FROM tenancy_brand WHERE id = '{cast.brand1.pk}'", "has (game rounds|events of players)"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
