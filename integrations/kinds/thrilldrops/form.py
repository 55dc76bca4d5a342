"""The part of the form that belongs to ThrillDrops: whose players' events are taken."""

from typing import Any

from django import forms

from integrations.kinds.base import SettingsForm


class ThrillDropsForm(SettingsForm):
    """Brands are typed one a line."""

    brands = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "operator:brand", "spellcheck": "false"}),
        help_text="One a line. An event of another brand becomes a dead letter, or is refused where it is sent to us.",
    )
    topic = forms.CharField(
        label="Kafka topic",
        required=False,
        max_length=200,
        initial="thrilldrops.events",
        help_text="Where the events stand, if they come over Kafka.",
    )

    def clean_brands(self) -> list[str]:
        """Those of the viewer."""
        typed = [line.strip().rpartition(" ")[2] for line in self.cleaned_data["brands"].splitlines() if line.strip()]
        for brand_id in typed:
            if brand_id not in self.brand_ids:
                there = ", ".join(sorted(self.brand_ids))
                raise forms.ValidationError(f"There is no brand “{brand_id}”. There are: {there}.")
        return typed

    def kind_settings(self) -> dict[str, Any]:
        """As the integration keeps them."""
        topic = self.cleaned_data["topic"]
        return {"brands": self.cleaned_data["brands"]} | ({"topic": topic} if topic else {})

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """The brands as lines again."""
        return {"brands": "\n".join(settings.get("brands", [])), "topic": settings.get("topic", "")}
