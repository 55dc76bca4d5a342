"""The part of the form that belongs to IGT Lottery."""

from collections.abc import Collection
from typing import Any, Final

from django import forms

from backoffice.core.zones import time_zones
from integrations.kinds.base import SettingsForm
from integrations.kinds.igtl.settings import EXCLUDED

CREDENTIALS: Final = ("command_username", "command_password")
_LISTS: Final = ("excluded_statuses", "restored_statuses")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _area(rows: int, example: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "placeholder": example, "spellcheck": "false"})


def _name(
    label: str, initial: str, help_text: str = "", *, required: bool = True, is_opened: bool = False
) -> forms.CharField:
    widget = forms.TextInput(attrs={"data-opened": ""} if is_opened else {})
    return forms.CharField(
        label=label, initial=initial, max_length=200, help_text=help_text, required=required, widget=widget
    )


class IgtlForm(SettingsForm):
    """eDraw and Second Chance always; Command and PDP by a tick, with credentials of their own."""

    brand_id = forms.ChoiceField(label="Brand", help_text="Whose players the messages tell of.")
    time_zone = forms.CharField(
        label="Jurisdiction's time zone",
        initial="UTC",
        max_length=60,
        help_text="As America/New_York. Times that name no zone are of this one, and so is the day of a summary.",
    )
    identifier = forms.ChoiceField(
        label="Identifier",
        choices=[("player_id", "Player id"), ("email", "E-mail address"), ("mobile_number", "Mobile number")],
        help_text="What tells whose profile a message belongs to.",
    )
    is_command_connected = forms.BooleanField(
        label="IGT Command settings: read Command and PDP too",
        required=False,
        widget=forms.CheckboxInput(attrs={"data-opens": ""}),
        help_text="Without it winning numbers and link tokens come in, and no events of players.",
    )
    command_username = forms.CharField(
        label="Command user name",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-opened": ""}),
        help_text="Command and PDP are read with credentials of their own. Leave it empty for a replay.",
    )
    command_password = forms.CharField(
        label="Command password",
        required=False,
        strip=False,
        max_length=1_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-opened": ""}),
        help_text="Sealed at once and never shown again, to nobody.",
    )
    respect_hard_optout = forms.BooleanField(
        label="Respect blocks and legal opt-outs",
        required=False,
        initial=True,
        help_text="No preference that arrives subscribes somebody who is excluded, blocked or has opted out by law.",
    )
    excluded_statuses = forms.CharField(
        label="Account statuses that forbid messages",
        required=False,
        initial="\n".join(EXCLUDED),
        widget=_area(3, "SELF_EXCLUDED"),
        help_text="One a line; case does not matter.",
    )
    restored_statuses = forms.CharField(
        label="Account statuses that allow messages again",
        required=False,
        widget=_area(2, "REINSTATED"),
        help_text="One a line. They lift a legal opt-out too: leave it empty where people lift blocks by hand.",
    )
    event_names = forms.CharField(
        label="Events under other names",
        required=False,
        widget=_area(2, "DEPOSIT_COMPLETED = igtl_player_deposit"),
        help_text="One line each: name in the message = event. The prefix igtl_ may be there or not.",
    )
    edraw_topic = _name("Topic of eDraw", "igtl.edraw")
    second_chance_topic = _name("Topic of Second Chance", "igtl.second-chance")
    command_topic = _name("Topic of Command", "igtl.command", is_opened=True)
    pdp_topic = _name("Topic of PDP", "igtl.pdp", is_opened=True)
    event_path = _name("Path of the event's name", "event", "Members with dots between them.")
    identifier_path = _name("Path of the identifier", "", "Empty: the identifier's own name.", required=False)
    timestamp_path = _name("Path of the time stamp", "timestamp", "Where there is none the broker's time counts.")
    value_path = _name("Path of the properties", "value")
    preferences_path = _name("Path of the preferences", "preferences")

    def __init__(self, *args: Any, brand_ids: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, brand_ids=brand_ids, **kwargs)
        self.fields["brand_id"].choices = [(name, name) for name in brand_ids]  # type: ignore[attr-defined]

    def clean_time_zone(self) -> str:
        """A zone that there is."""
        name = str(self.cleaned_data["time_zone"]).strip()
        if name not in time_zones():
            raise forms.ValidationError(f"There is no time zone “{name}”. One is Europe/Malta.")
        return name

    def clean_excluded_statuses(self) -> list[str]:
        """One a line."""
        return _lines(self.cleaned_data["excluded_statuses"])

    def clean_restored_statuses(self) -> list[str]:
        """One a line."""
        return _lines(self.cleaned_data["restored_statuses"])

    def clean_event_names(self) -> list[dict[str, str]]:
        """The table of names."""
        table = []
        for line in _lines(self.cleaned_data["event_names"]):
            sent, equals, event = (part.strip() for part in line.partition("="))
            if not (sent and equals and event):
                raise forms.ValidationError(f"“{line}” is not of the form name = event.")
            table.append({"sent": sent, "event": event})
        return table

    def kind_settings(self) -> dict[str, Any]:
        """As the integration keeps them: everything but the credentials."""
        return {name: self.cleaned_data[name] for name in IgtlForm.base_fields if name not in CREDENTIALS}

    def credentials(self) -> dict[str, str]:
        """Those of Command, where it is ticked."""
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in CREDENTIALS if cleaned["is_command_connected"] and cleaned.get(name)}

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """The tables as lines again."""
        initial = {name: settings[name] for name in cls.base_fields if name in settings}
        initial |= {name: "\n".join(settings.get(name, [])) for name in _LISTS}
        lines = settings.get("event_names", [])
        initial["event_names"] = "\n".join(f"{line['sent']} = {line['event']}" for line in lines)
        return initial
