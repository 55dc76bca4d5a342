"""Tokens of service accounts: 256 random bits, kept as a digest, revocable at once."""

import hashlib

from backoffice.accounts.models import ServiceAccount, ServiceToken


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def account_of_token(token: str) -> ServiceAccount | None:
    """The account whose live token this is."""
    found = ServiceToken.objects.filter(digest=digest_of(token), revoked_at__isnull=True).select_related("account").first()
    return found.account if found is not None and found.account.is_active else None
