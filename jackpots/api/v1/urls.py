"""Addresses of the jackpots' resources."""

from backoffice.api.v1 import SlashOptional
from jackpots.api.opting import OptInResource
from jackpots.api.v1.contributions import ContributionResource
from jackpots.api.v1.instances import InstanceResource, PotResource
from jackpots.api.v1.raffles import CreditResource, RoundResource
from jackpots.api.v1.sources import SourceResource
from jackpots.api.v1.suspensions import SuspensionResource
from jackpots.api.v1.templates import TemplateResource
from jackpots.api.v1.wins import WinResource

router = SlashOptional()
router.register("instances", InstanceResource, basename="api-instance")
router.register("pots", PotResource, basename="api-pot")
router.register("templates", TemplateResource, basename="api-template")
router.register("sources", SourceResource, basename="api-source")
router.register("contributions", ContributionResource, basename="api-contribution")
router.register("rounds", RoundResource, basename="api-round")
router.register("credits", CreditResource, basename="api-credit")
router.register("wins", WinResource, basename="api-win")
router.register("suspensions", SuspensionResource, basename="api-suspension")
router.register("opt-ins", OptInResource, basename="api-opt-in")

urlpatterns = router.urls
