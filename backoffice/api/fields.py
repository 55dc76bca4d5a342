"""Fields of the API's own resources: money and rates without floats, and bodies that say exactly what they may."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backoffice.accounts.players import shown_player, shown_players
from backoffice.api.viewer import viewer_of
from backoffice.core import json
from backoffice.core.money import MoneyError, micros_from_decimal


@extend_schema_field({"type": "number", "description": "Units of the currency beside it, exact to six decimals."})
class MoneyField(serializers.Field[int, Any, msgspec.Raw, Any]):
    """Micro-units inside, an exact number of currency units outside."""

    default_error_messages = {"invalid": "This is not an amount with at most six decimals."}

    def to_internal_value(self, data: Any) -> int:
        """The number in micro-units."""
        if isinstance(data, bool) or not isinstance(data, int | Decimal):
            self.fail("invalid")
        try:
            return micros_from_decimal(Decimal(data), field=self.field_name or "amount")
        except MoneyError:
            self.fail("invalid")

    def to_representation(self, value: int) -> msgspec.Raw:
        """The exact number."""
        return json.json_number(value)


@extend_schema_field({"type": "number"})
class ExactField(serializers.ReadOnlyField):
    """A Decimal as its exact number, without trailing zeros."""

    def to_representation(self, value: Decimal) -> msgspec.Raw:
        """The exact number."""
        return json.json_decimal(value)


@extend_schema_field({"type": "string", "description": "Masked for who may not see players."})
class PlayerField(serializers.ReadOnlyField):
    """A player's id as the viewer may see it; masked where nobody is known to ask."""

    def to_representation(self, value: str) -> str:
        """The id."""
        request = self.context.get("request")
        return shown_player(None if request is None else viewer_of(request), value)


@extend_schema_field({})
class PlayersField(serializers.ReadOnlyField):
    """JSON, with the ids of players in it as the viewer may see them."""

    def to_representation(self, value: Any) -> Any:
        """The value."""
        request = self.context.get("request")
        return shown_players(None if request is None else viewer_of(request), value)


class StrictSerializer(serializers.Serializer[Any]):
    """A body with these fields and no others."""

    def to_internal_value(self, data: Any) -> Any:
        """What was sent; 400 for a field that does not exist or that nobody can write."""
        if isinstance(data, Mapping):
            for name in data:
                field = self.fields.get(str(name))
                if field is None:
                    raise serializers.ValidationError({str(name)[:60]: ["There is no such field to write."]})
                if field.read_only:
                    raise serializers.ValidationError({str(name): ["This field cannot be written."]})
        return super().to_internal_value(data)


class ReasonBody(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=300)
