"""What messages are checked against: the brands of an operator, with the attributes that each has."""

from collections.abc import Iterable

from backoffice.tenancy.queries import brands
from backoffice.tenancy.scope import Scope
from campaigns.models import AttributeDefinition
from campaigns.rules.player import SYSTEM_ATTRIBUTES
from campaigns.wire.values import READERS, Reader, read_name

# Attribute -> what reads its values.
Book = dict[str, Reader]


def books(operator_id: str, brand_ids: Iterable[str]) -> dict[str, Book]:
    """The book of each of the brands that is the operator's; every one has the four attributes of the system."""
    own = brands(Scope(operator_id)).filter(pk__in=set(brand_ids)).values_list("pk", flat=True)
    found: dict[str, Book] = {brand_id: dict.fromkeys(SYSTEM_ATTRIBUTES, read_name) for brand_id in own}
    rows = AttributeDefinition.objects.filter(operator_id=operator_id, brand_id__in=list(found))
    for brand_id, name, type_ in rows.values_list("brand_id", "name", "type"):
        found[brand_id].setdefault(name, READERS[type_])
    return found
