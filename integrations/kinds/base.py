"""The shape that every kind of integration has."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django import forms

from integrations.wire.decoded import Decoded, Fault
from integrations.wire.players import Definitions
from integrations.wire.raw import RawMessage


class Decoder(Protocol):
    """Reads the messages of one integration."""

    def decode(self, raw: RawMessage) -> Decoded | Fault:
        """What the message says, or why it cannot be used; never an exception."""
        ...


@dataclass(frozen=True)
class Sample:
    """A message to try settings with, or to replay; `topic` is where it would come from, if the kind has topics."""

    type: str | None
    body: bytes
    topic: str = ""


@dataclass(frozen=True)
class SampleRequest:
    """Which samples: `count` of them from the `offset`-th on, dated `instant`, with ids that start with `series`."""

    name: str
    series: str
    settings: dict[str, Any]
    offset: int
    count: int
    instant: datetime
    player_count: int = 200


@dataclass(frozen=True)
class Fact:
    """A line of the catalogue: a field or an event that the kind brings, and what becomes of it."""

    name: str
    form: str
    meaning: str


@dataclass(frozen=True)
class Topic:
    """A topic of Kafka that the kind reads. `stream` is the kind's word for it (`Command`), `credentials` the set that
    may read it: `main` for username and password, another word for `<word>_username` and `<word>_password`."""

    name: str
    stream: str
    credentials: str = "main"


def _no_topics(_settings: dict[str, Any]) -> tuple[Topic, ...]:
    return ()


def _quarter_hour(_settings: dict[str, Any]) -> int:
    return 15


def _always(_settings: dict[str, Any]) -> bool:
    return True


class SettingsForm(forms.Form):
    """The part of the submission form that belongs to a kind. Built with the viewer's brands.

    Fields whose widget has `data-opened` are shown only while the box whose widget has `data-opens` is ticked.
    """

    def __init__(self, *args: Any, brand_ids: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brand_ids = brand_ids

    def kind_settings(self) -> dict[str, Any]:
        """The settings that the valid form stands for."""
        raise NotImplementedError

    def credentials(self) -> dict[str, str]:
        """Secrets that the kind needs beside the connection's own; sealed apart from its settings."""
        return {}

    @classmethod
    def initial_from(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """What the fields hold when the settings of another integration are taken over."""
        raise NotImplementedError


@dataclass(frozen=True)
class Kind:
    """A kind of integration: how it is set up, how its messages are read, and who gives them their effect.

    `clean(settings, brand_ids)` returns the settings as they are stored, or raises SettingsError; `describe` tells
    stored settings to people, as pairs of a label and a text; `brands` are those that they name; `effect` is the
    dotted path of the operation that takes decoded messages; `samples` makes the messages of a replay. `topics` are
    those read over Kafka; `definitions` what an approval creates in the data manager, if anything; `requires` names
    features that must be on for the operator before one can be connected. `is_optout_respected` tells of settings
    whether blocked players stay unsubscribed. A running feed that brings nothing for the
    `quiet_minutes` of its settings is an alarm.
    """

    slug: str
    title: str
    summary: str
    transports: tuple[str, ...]
    form: type[SettingsForm]
    clean: Callable[[Any, Collection[str] | None], dict[str, Any]]
    decoder: Callable[[dict[str, Any]], Decoder]
    describe: Callable[[dict[str, Any]], list[tuple[str, str]]]
    brands: Callable[[dict[str, Any]], frozenset[str]]
    effect: str
    samples: Callable[[SampleRequest], Iterator[Sample]]
    sample_names: tuple[tuple[str, str], ...]
    catalogue: tuple[Fact, ...]
    message_type: str | None = None
    icon: str = "plug-connected"
    notes: tuple[str, ...] = field(default=())
    topics: Callable[[dict[str, Any]], tuple[Topic, ...]] = _no_topics
    definitions: Callable[[dict[str, Any]], Definitions] | None = None
    requires: tuple[str, ...] = ()
    is_optout_respected: Callable[[dict[str, Any]], bool] = _always
    quiet_minutes: Callable[[dict[str, Any]], int] = _quarter_hour
