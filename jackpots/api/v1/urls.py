"""Addresses of the jackpots' resources."""

from backoffice.api.v1 import SlashOptional
from jackpots.api.v1.contributions import ContributionResource
from jackpots.api.v1.instances import InstanceResource, PotResource
from jackpots.api.v1.sources import SourceResource
from jackpots.api.v1.templates import TemplateResource

router = SlashOptional()
router.register("instances", InstanceResource, basename="api-instance")
router.register("pots", PotResource, basename="api-pot")
router.register("templates", TemplateResource, basename="api-template")
router.register("sources", SourceResource, basename="api-source")
router.register("contributions", ContributionResource, basename="api-contribution")

urlpatterns = router.urls
