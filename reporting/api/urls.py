"""Addresses of the reports' resources."""

from backoffice.api.v1 import SlashOptional
from reporting.api.liability import LiabilityResource

router = SlashOptional()
router.register("liability", LiabilityResource, basename="api-liability")

urlpatterns = router.urls
