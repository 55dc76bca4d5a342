"""The gateway's routes of jackpots, and the public reads."""

from django.urls import path

from jackpots.api.contribute import ContributeBatch, ContributeToInstance, ContributeToSource
from jackpots.api.draws import PublishedCycle, PublishedRound, PublishedTickets
from jackpots.api.opting import OptInPlayer
from jackpots.api.player_rules import PlayerRules
from jackpots.api.public import PublicSources
from jackpots.api.raffles import TicketsInRaffle, TicketsInRaffles
from jackpots.api.reads import Currencies, InstanceBySource, LatestWinners, PotWinners, Sources
from jackpots.api.triggering import TriggerPot

TICKETS = "instances/raffle/<str:instance_id>/tickets/<str:player_id>/brand/<str:brand_id>"

urlpatterns = [
    path("jackpots/contribute/source", ContributeToSource.as_view(), name="gateway-contribute-source"),
    path("jackpots/contribute/instance", ContributeToInstance.as_view(), name="gateway-contribute-instance"),
    path("jackpots/contribute/batch", ContributeBatch.as_view(), name="gateway-contribute-batch"),
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
    path(
        "jackpots/instances/raffle/tickets/brand/<str:brand_id>/<str:player_id>",
        TicketsInRaffles.as_view(),
        name="gateway-raffle-tickets",
    ),
    path(f"jackpots/{TICKETS}", TicketsInRaffle.as_view(), name="gateway-raffle-tickets-in-instance"),
    path(TICKETS, TicketsInRaffle.as_view(), name="gateway-raffle-tickets-in-instance-bare"),
    path(
        "jackpots/instances/jackpot/<str:instance_id>/pots/<str:pot_id>/trigger",
        TriggerPot.as_view(),
        name="gateway-trigger-pot",
    ),
    path("sources", Sources.as_view(), name="gateway-sources"),
    path("currencies", Currencies.as_view(), name="gateway-currencies"),
    path(
        "v1/draws/cycles/<uuid:instance_id>/<slug:pot>/<int:cycle>", PublishedCycle.as_view(), name="public-draws-cycle"
    ),
    path("v1/draws/rounds/<uuid:instance_id>/<int:number>", PublishedRound.as_view(), name="public-draws-round"),
    path(
        "v1/draws/rounds/<uuid:instance_id>/<int:number>/tickets.txt",
        PublishedTickets.as_view(),
        name="public-draws-tickets",
    ),
    path("v1/rules/<uuid:instance_id>", PlayerRules.as_view(), name="public-rules"),
    path("v1/thrillpots/sources", PublicSources.as_view(), name="public-sources"),
]
