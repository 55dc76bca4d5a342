"""Saving and forgetting views of lists."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.web.operations.remove_view import remove_view
from backoffice.web.operations.save_view import kept_part, save_view
from backoffice.web.page import OfficeRequest, office_page


@require_POST
@office_page()
def save(request: OfficeRequest) -> HttpResponse:
    """POST path, query, name."""
    sent = {name: request.POST.get(name, "") for name in ("path", "query", "name")}
    try:
        view = save_view(request.user, sent["path"], sent["query"], sent["name"], now=clock.now())
    except Refusal as refusal:
        if refusal.field != "name":
            raise Http404 from refusal
        messages.error(request, refusal.message)
        return HttpResponseRedirect(f"{sent['path']}?{kept_part(sent['query'])}")
    messages.success(request, f"The view “{view.name}” was saved.")
    return HttpResponseRedirect(view.address)


@require_POST
@office_page()
def remove(request: OfficeRequest, view_id: int) -> HttpResponse:
    """POST, for one's own view."""
    try:
        return HttpResponseRedirect(remove_view(request.user, view_id))
    except Refusal as refusal:
        raise Http404 from refusal


urlpatterns = [
    path("save/", save, name="save_view"),
    path("<int:view_id>/remove/", remove, name="remove_view"),
]
