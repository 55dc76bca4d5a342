"""One operator at a time: reports of several have no currency and no calendar in common."""

from collections.abc import Sequence

from django.http import Http404

from backoffice.tenancy.models import Operator
from backoffice.web.page import OfficeRequest


def operators_of(request: OfficeRequest) -> Sequence[Operator]:
    """What the viewer may choose from: the viewer's own, or every operator for the platform."""
    if request.scope.operator_id is None:
        return list(Operator.objects.filter(is_active=True).order_by("name", "id"))
    own = request.user.operator
    if own is not None:
        return [own]
    return list(Operator.objects.filter(pk=request.scope.operator_id))


def chosen_operator(request: OfficeRequest, choices: Sequence[Operator]) -> Operator:
    """The one that the address names, else the first; 404 for one that the viewer does not have.

    Brands of one operator that the platform has chosen go before a name that was in the address already.
    """
    asked = request.GET.get("operator", "")
    if request.user.operator_id is None and request.scope.operator_id is not None:
        asked = request.scope.operator_id
    for operator in choices:
        if asked in {operator.pk, ""}:
            return operator
    raise Http404("There is no such operator.")
