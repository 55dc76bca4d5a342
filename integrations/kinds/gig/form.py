"""The part of the form that belongs to GiG."""

from collections.abc import Collection
from typing import Any

from django import forms

from integrations.kinds.base import SettingsForm


def _path(label: str, initial: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, initial=initial, max_length=200, help_text=help_text, required=required)


class GigForm(SettingsForm):
    """The tenant, the identifier, the topics."""

    brand_id = forms.ChoiceField(label="Brand", help_text="Whose customers the messages tell of.")
    tenant_id = forms.CharField(
        label="Tenant ID", max_length=100, help_text="What GiG knows you by. Messages of other tenants are not taken."
    )
    identifier = forms.ChoiceField(
        label="Identifier mapping",
        choices=[("player_id", "Player id"), ("email", "E-mail address"), ("mobile_number", "Mobile number")],
        help_text="What tells whose profile a message belongs to.",
    )
    topics = forms.CharField(
        label="Topics",
        initial="gig.customers",
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "gig.customers", "spellcheck": "false"}),
        help_text="Topics that GiG lets you read, one a line.",
    )
    event_path = _path("Path of the event's name", "event", "Members with dots between them.")
    identifier_path = _path("Path of the identifier", "", "Empty: the identifier's own name.", required=False)
    timestamp_path = _path("Path of the time stamp", "timestamp", "Where there is none the broker's time counts.")
    value_path = _path("Path of the properties", "value")
    preferences_path = _path("Path of the preferences", "preferences")
    tenant_path = _path("Path of the tenant", "tenant_id")

    def __init__(self, *args: Any, brand_ids: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, brand_ids=brand_ids, **kwargs)
        self.fields["brand_id"].choices = [(name, name) for name in brand_ids]  # type: ignore[attr-defined]

    def clean_topics(self) -> list[str]:
        """One a line."""
        return [line.strip() for line in self.cleaned_data["topics"].splitlines() if line.strip()]

    def kind_settings(self) -> dict[str, Any]:
        """As the integration keeps them."""
        return {name: self.cleaned_data[name] for name in GigForm.base_fields}

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """The topics as lines again."""
        initial = {name: settings[name] for name in cls.base_fields if name in settings}
        return initial | {"topics": "\n".join(settings.get("topics", []))}
