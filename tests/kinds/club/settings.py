"""What an operator sets for the club, and the form it is typed into."""

from collections.abc import Collection
from typing import Annotated, Any

import msgspec
from django import forms

from integrations.kinds.base import SettingsForm
from integrations.wire.connections import convert_settings
from integrations.wire.decoded import SettingsError


class ClubSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose members they are, and the topic that tells of them."""

    brand_id: Annotated[str, msgspec.Meta(max_length=129)]
    topic: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "club.visits"


def read_settings(raw: Any, brand_ids: Collection[str] | None = None) -> ClubSettings:
    """The settings, checked. With `brand_ids` the brand must be one of them. SettingsError names the field."""
    settings: ClubSettings = convert_settings(raw, ClubSettings)
    if brand_ids is not None and settings.brand_id not in brand_ids:
        raise SettingsError("brand_id", f"There is no brand {settings.brand_id!r} here.")
    return settings


class ClubForm(SettingsForm):
    """The same as fields."""

    brand_id = forms.ChoiceField(label="Brand")
    topic = forms.CharField(initial="club.visits", max_length=200, help_text="The topic that the club lets you read.")

    def __init__(self, *args: Any, brand_ids: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, brand_ids=brand_ids, **kwargs)
        self.fields["brand_id"].choices = [(name, name) for name in brand_ids]  # type: ignore[attr-defined]

    def kind_settings(self) -> dict[str, Any]:
        """As the integration keeps them."""
        return {name: self.cleaned_data[name] for name in ("brand_id", "topic")}

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """What "duplicate as new" fills in."""
        return dict(settings)
