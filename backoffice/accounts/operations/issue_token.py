"""Give a service account a token of its own."""

import secrets
from datetime import datetime

from backoffice.accounts.models import ServiceAccount, ServiceToken
from backoffice.accounts.tokens import digest_of

TOKEN_PREFIX = "ptl_"  # noqa: S105 - tells people and secret scanners what they look at
SHOWN_CHARACTERS = 12


def issue_token(account: ServiceAccount, *, now: datetime) -> str:
    """A new token that does not expire. This is the only time that it is seen: its digest is what is stored."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    ServiceToken.objects.create(
        operator_id=account.operator_id,
        account=account,
        prefix=token[:SHOWN_CHARACTERS],
        digest=digest_of(token),
        created_at=now,
    )
    return token
