"""Exports as pages give them: to who may, and remembered."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse

from backoffice.accounts.rights import has_right
from backoffice.web.actor import actor_of
from backoffice.web.exports import csv_response
from backoffice.web.operations.record_export import record_export
from backoffice.web.page import OfficeRequest

RIGHT = "exports.run"


def download(
    request: OfficeRequest, name: str, now: datetime, rows: Iterable[Sequence[Any]], right: str = RIGHT
) -> StreamingHttpResponse:
    """The rows as CSV, with an entry in the audit log. PermissionDenied without the right."""
    if not has_right(request.user, right):
        raise PermissionDenied
    asked = {key: values for key, values in request.GET.lists() if key != "export"}
    record_export(actor_of(request), request.path, name, asked, operator_id=request.scope.operator_id, now=now)
    return csv_response(name, now, rows)
