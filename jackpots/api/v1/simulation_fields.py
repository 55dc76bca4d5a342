"""Simulations as /api/v1/ shows and takes them."""

from rest_framework import serializers

from backoffice.api.fields import StrictSerializer
from jackpots.models import SimulationReport
from jackpots.operations.request_simulation import MOST_A_DAY, MOST_CONTRIBUTIONS


class SimulationBody(StrictSerializer):
    """What is to be played: so many contributions in each run, with the numbers of this seed."""

    contributions = serializers.IntegerField(default=200_000, min_value=1, max_value=MOST_CONTRIBUTIONS)
    contributions_a_day = serializers.IntegerField(allow_null=True, default=None, min_value=1, max_value=MOST_A_DAY)
    seed = serializers.IntegerField(default=1, min_value=0, max_value=2**53)


class SimulationOut(serializers.Serializer[SimulationReport]):
    """A simulation: how far it is, and once complete its figures by formula and as played. Amounts in them are
    micro-units, rates parts per million of what is contributed."""

    id = serializers.UUIDField()
    template_id = serializers.UUIDField()
    state = serializers.CharField()
    contributions = serializers.IntegerField()
    contributions_a_day = serializers.IntegerField(allow_null=True)
    seed = serializers.IntegerField()
    played = serializers.IntegerField()
    to_play = serializers.IntegerField()
    is_within_policy = serializers.BooleanField(allow_null=True)
    objections = serializers.JSONField()
    policy = serializers.JSONField()
    formulas = serializers.JSONField()
    figures = serializers.JSONField()
    error = serializers.CharField()
    requested_by = serializers.CharField()
    requested_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
