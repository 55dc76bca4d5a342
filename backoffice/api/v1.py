"""What the resources of /api/v1/ have in common: Bearer or a session, the viewer's scope, the request's id."""

from datetime import datetime
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from backoffice.accounts.models import ServiceAccount, StaffUser
from backoffice.accounts.viewer import scope_of
from backoffice.api.authentication import BearerAuthentication, StaffSessionAuthentication
from backoffice.api.filters import StrictFilterBackend
from backoffice.api.gateway import address_of, request_id
from backoffice.api.viewer import viewer_of
from backoffice.audit.record import Actor
from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope

UUID_PATTERN: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


class SlashOptional(SimpleRouter):
    """Addresses end with a slash; without it they are understood too."""

    def __init__(self) -> None:
        super().__init__()
        self.trailing_slash = "/?"


class Resource(GenericViewSet[Any]):
    """A resource. `rights` names a right for each method; `ordering` is what the cursor walks along."""

    authentication_classes = [BearerAuthentication, StaffSessionAuthentication]
    filter_backends = [StrictFilterBackend]
    rights: ClassVar[dict[str, str]] = {}
    ordering: str | tuple[str, ...] = "-pk"
    lookup_value_regex = UUID_PATTERN

    @property
    def scope(self) -> Scope:
        """What the viewer may see."""
        return scope_of(self.viewer)

    @property
    def viewer(self) -> StaffUser | ServiceAccount:
        """Who asks; permissions let nobody else in."""
        viewer = viewer_of(self.request)
        if viewer is None:
            raise Refusal("FORBIDDEN", "You have no right to this.")
        return viewer

    @property
    def person(self) -> StaffUser:
        """The member of staff who asks; a machine cannot answer for what needs a person."""
        if not isinstance(self.viewer, StaffUser):
            raise Refusal("FORBIDDEN", "This needs a person.")
        return self.viewer

    @property
    def actor(self) -> Actor:
        """The viewer as the audit log names it."""
        address = address_of(self.request) or None
        if isinstance(self.viewer, StaffUser):
            return Actor.staff(self.viewer, request_id=request_id()[:64], address=address)
        return Actor.service(self.viewer, request_id=request_id()[:64], address=address)

    @property
    def now(self) -> datetime:
        """The instant of the act."""
        return clock.now()

    def rows(self) -> QuerySet[Any]:
        """What the viewer may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """The rows; none while the schema is being made, when there is no viewer."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return self.rows()

    def body(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """What was sent, validated; 400 names the first field that is wrong."""
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        sent: dict[str, Any] = serializer.validated_data
        return sent

    def operator_id_of(self, owner_id: str | None) -> tuple[str, str | None]:
        """(operator, brand) of an owner as it was sent; the viewer's own operator where none was."""
        if owner_id is None:
            if self.scope.operator_id is None:
                raise Refusal("INVALID_REQUEST", "Name the owner.", "owner_id")
            return self.scope.operator_id, None
        operator_id, colon, _ = owner_id.partition(":")
        return operator_id, owner_id if colon else None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Every answer names the request, as the logs do."""
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        finished.headers["X-Request-ID"] = request_id()
        return finished


class ReadResource(ListModelMixin, RetrieveModelMixin, Resource):
    """A resource with a list and its members; what is not in scope does not exist."""
