"""Tokens of service accounts: 256 random bits, kept as a digest, revocable at once."""

import hashlib

from backoffice.accounts.models import ServiceAccount, ServiceToken

# Whoever revokes a token or switches an account off says so here (Redis), so that no process keeps what it knew.
REVOCATIONS_CHANNEL = "potluck:revoked-tokens"


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def account_of_token(token: str) -> ServiceAccount | None:
    """The account whose live token this is."""
    live = ServiceToken.objects.filter(digest=digest_of(token), revoked_at__isnull=True)
    found = live.select_related("account__operator").first()
    if found is None or not found.account.is_active or not found.account.operator.is_active:
        return None
    return found.account
