"""Sessions end, and leave nothing behind."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from backoffice.accounts.tasks import forget_sessions
from backoffice.core import clock
from tests.cast import Cast


@pytest.mark.django_db
@pytest.mark.req("GEN-01")
def test_expired_sessions_are_forgotten(cast: Cast, browser_of) -> None:
    for user in (cast.admin, cast.manager):
        browser_of(user)
    first = Session.objects.order_by("session_key").first()
    assert first is not None
    Session.objects.filter(pk=first.pk).update(expire_date=clock.now() - timedelta(seconds=1))
    forget_sessions()
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=first.pk).exists()
