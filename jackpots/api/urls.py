"""The gateway's routes of jackpots, and the public reads."""

from django.urls import path

from jackpots.api.contribute import ContributeToInstance, ContributeToSource
from jackpots.api.opting import OptInPlayer
from jackpots.api.public import PublicSources
from jackpots.api.reads import Currencies, InstanceBySource, LatestWinners, PotWinners, Sources

urlpatterns = [
    path("jackpots/contribute/source", ContributeToSource.as_view(), name="gateway-contribute-source"),
    path("jackpots/contribute/instance", ContributeToInstance.as_view(), name="gateway-contribute-instance"),
    path("jackpots/optin", OptInPlayer.as_view(), name="gateway-opt-in"),
    path(
        "jackpots/instances/source/<path:source_id>/brand/<str:brand_id>",
        InstanceBySource.as_view(),
        name="gateway-instance-by-source",
    ),
    path("jackpots/instances/jackpot/<str:instance_id>/pot_winners", PotWinners.as_view(), name="gateway-pot-winners"),
    path(
        "jackpots/instances/jackpot/<str:instance_id>/latest_winners",
        LatestWinners.as_view(),
        name="gateway-latest-winners",
    ),
    path("sources", Sources.as_view(), name="gateway-sources"),
    path("currencies", Currencies.as_view(), name="gateway-currencies"),
    path("v1/thrillpots/sources", PublicSources.as_view(), name="public-sources"),
]
