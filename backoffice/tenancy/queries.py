"""Reads of operators and brands."""

from django.db.models import Count, Q, QuerySet

from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope


def operators(scope: Scope) -> QuerySet[Operator]:
    """The operators in scope by id, with `brand_count`, the number of their active brands."""
    found = Operator.objects.annotate(brand_count=Count("brands", filter=Q(brands__is_active=True)))
    if scope.operator_id is not None:
        found = found.filter(pk=scope.operator_id)
    return found.order_by("pk")


def brands(scope: Scope) -> QuerySet[Brand]:
    """The brands in scope by id, with their operators."""
    return scope.rows(Brand.objects.select_related("operator"), brand_field="id").order_by("pk")
