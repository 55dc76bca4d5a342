"""What an admin may give to others: never more than the admin's own."""

from collections.abc import Sequence

from backoffice.accounts.models import Role
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope


def check_role(role: str, operator_id: str | None) -> None:
    """Refusal(INVALID_REQUEST): platform admins have no operator, and everybody else has one."""
    if role not in Role.values:
        raise Refusal("INVALID_REQUEST", "There is no such role.", "role")
    if (role == Role.PLATFORM_ADMIN) != (operator_id is None):
        raise Refusal("INVALID_REQUEST", "Platform admins belong to no operator, and everybody else to one.", "role")


def check_operator(operator_id: str | None, scope: Scope) -> None:
    """Refusal(NOT_FOUND) where the operator, or the platform, is not the admin's."""
    if scope.operator_id is not None and scope.operator_id != operator_id:
        raise Refusal("NOT_FOUND", "There is no such operator.")


def checked_brands(brand_ids: Sequence[str], operator_id: str | None, scope: Scope) -> list[str]:
    """The brands, sorted; none means all. Refusal(INVALID_REQUEST) for a foreign one, or for what the admin lacks."""
    wanted = sorted(set(brand_ids))
    if not wanted and scope.brand_ids is not None:
        raise Refusal("INVALID_REQUEST", "You are limited to brands: choose among them.", "brand_ids")
    known = Brand.objects.filter(operator_id=operator_id or "", pk__in=wanted).count()
    if known != len(wanted) or not all(scope.sees_brand(brand_id) for brand_id in wanted):
        raise Refusal("INVALID_REQUEST", "Choose among your own brands.", "brand_ids")
    return wanted


def check_reach(brand_ids: Sequence[str], scope: Scope) -> None:
    """Of an account with these limits, none meaning all: Refusal(NOT_FOUND) where it shares no brand with the admin,
    Refusal(FORBIDDEN) where it reaches further, so that nobody comes to more by way of somebody else's account."""
    if scope.brand_ids is None:
        return
    if not scope.brand_ids.intersection(brand_ids):
        raise Refusal("NOT_FOUND", "There is no such account.")
    if not scope.brand_ids.issuperset(brand_ids):
        raise Refusal("FORBIDDEN", "This account reaches brands that are not yours; ask an admin of all of them.")


def shown_brands(brand_ids: Sequence[str]) -> str:
    """For the audit log."""
    return ", ".join(brand_ids) or "all"
