"""Features that a kind may need: switched on for an operator beside the kinds, by flags with slugs of their own."""

from dataclasses import dataclass
from typing import Final

SUBSCRIPTION_PREFERENCES: Final = "subscription_preferences"


@dataclass(frozen=True)
class Feature:
    """A feature; `title` and `summary` are for people."""

    slug: str
    title: str
    summary: str


FEATURES: Final[dict[str, Feature]] = {
    feature.slug: feature
    for feature in (
        Feature(
            SUBSCRIPTION_PREFERENCES,
            "Subscription preferences",
            "Keeps what players want to hear of, by channel and name.",
        ),
    )
}
