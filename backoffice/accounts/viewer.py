"""From a person or a machine to the scope of what it may see."""

from backoffice.accounts.models import ServiceAccount, StaffUser
from backoffice.tenancy.scope import Scope


def scope_of(viewer: StaffUser | ServiceAccount) -> Scope:
    """The viewer's operator and brands; the platform's own staff see every operator."""
    brands = frozenset(viewer.brand_ids) or None
    return Scope(operator_id=viewer.operator_id, brand_ids=brands)
