"""Which jackpots a contribution to one feeds as well."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, InstanceLink
from jackpots.queries.instances import RUNNING, in_scope


def links_from(scope: Scope, instance_id: UUID) -> QuerySet[InstanceLink]:
    """What the instance feeds, the oldest link first. The caller has asked for the instance in its scope."""
    rows = scope.rows(InstanceLink.objects.select_related("linked")).filter(instance_id=instance_id)
    return rows.filter(linked__in=in_scope(Instance.objects.all(), scope)).order_by("created_at", "id")


def links_to(scope: Scope, instance_id: UUID) -> QuerySet[InstanceLink]:
    """What feeds the instance."""
    rows = scope.rows(InstanceLink.objects.select_related("instance")).filter(linked_id=instance_id)
    return rows.filter(instance__in=in_scope(Instance.objects.all(), scope)).order_by("created_at", "id")


def linkable(scope: Scope, instance: Instance) -> QuerySet[Instance]:
    """The running instances of the operator that it does not feed yet."""
    rows = in_scope(Instance.objects.all(), scope).filter(operator_id=instance.operator_id, state__in=RUNNING)
    fed = InstanceLink.objects.filter(instance=instance).values("linked_id")
    return rows.exclude(pk=instance.pk).exclude(pk__in=fed).order_by("name", "created_at")
