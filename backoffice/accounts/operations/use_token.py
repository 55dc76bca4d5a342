"""Let a token in, and note that it was used."""

from datetime import timedelta
from typing import Final

from django.db.models import Q

from backoffice.accounts.models import ServiceAccount, ServiceToken
from backoffice.accounts.tokens import account_of_token, digest_of
from backoffice.core import clock

NOTED_EVERY: Final = timedelta(minutes=1)


def use_token(token: str) -> ServiceAccount | None:
    """The account whose live token this is. Its last use is written down once a minute, not at every request."""
    account = account_of_token(token)
    if account is not None:
        now = clock.now()
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
        ServiceToken.objects.filter(stale, digest=digest_of(token)).update(last_used_at=now)
    return account
