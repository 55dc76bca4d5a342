"""The kernel's own routes for machines."""

from django.urls import include, path

from backoffice.api.approvals import ApprovalResource
from backoffice.api.authenticate import AuthenticateService
from backoffice.api.docs import Description, Reference
from backoffice.api.v1 import SlashOptional

router = SlashOptional()
router.register("approvals", ApprovalResource, basename="api-approval")

urlpatterns = [
    path("authenticate/service", AuthenticateService.as_view(), name="authenticate-service"),
    path("api/v1/schema/", Description.as_view(), name="api-schema"),
    path("api/v1/docs/", Reference.as_view(), name="api-docs"),
    path("api/v1/", include(router.urls)),
]
