"""The transaction of a process that reads a feed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import InternalError, OperationalError, connection, transaction
from psycopg.errors import IdleInTransactionSessionTimeout


@contextmanager
def feed_transaction() -> Iterator[None]:
    """An atomic block: who is frozen within it holds what others wait for no longer than it may own a feed.

    OperationalError where the server has ended it: no message did that, the process stood still.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                patience = f"{settings.FEED_LEASE_SECONDS}s"
                cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [patience])
            yield
    except InternalError as error:
        if isinstance(error.__cause__, IdleInTransactionSessionTimeout):
            raise OperationalError(str(error)) from error
        raise
