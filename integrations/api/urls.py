"""Addresses of the integrations' resources."""

from backoffice.api.v1 import SlashOptional
from integrations.api.resources import IntegrationResource

router = SlashOptional()
router.register("integrations", IntegrationResource, basename="api-integration")

urlpatterns = router.urls
