"""One dead letter: its bytes, and why it lies here."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec
from django.urls import reverse

from backoffice.accounts.rights import has_right
from backoffice.web import render
from backoffice.web.found import found_or_404
from backoffice.web.objects import Fact, HistoryPanel, ObjectPage, Tab
from backoffice.web.page import Action
from integrations.kinds.registry import kinds
from integrations.models import DeadLetter
from integrations.operations.dry_run import DryRunLine, dry_run
from integrations.queries.dead_letters import dead_letter, message_of
from integrations.queries.integrations import brands_of
from integrations.web.dead_letters import acts
from integrations.web.looks import address_of

MOST_SHOWN = 20_000


class LetterBase(ObjectPage):
    """What both tabs have."""

    right = "dead_letters.view"

    @cached_property
    def letter(self) -> DeadLetter:
        """The one of the address."""
        return found_or_404(lambda: dead_letter(self.request.scope, self.kwargs["key"]))

    def check_change(self) -> None:
        """The brands of its integration."""
        self.request.scope.check_change_of(brands_of(self.letter.integration))

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [("Dead letters", reverse("dead_letters"))]

    def name(self) -> str:
        """Its reason."""
        return self.letter.reason

    def object_state(self) -> str:
        """Waiting, replayed or set aside."""
        return self.letter.state

    def facts(self) -> Sequence[Fact]:
        """Where it came from, and what was tried."""
        row = self.letter
        place = f"{row.topic}, partition {row.partition}" if row.is_positioned else row.topic
        facts = [Fact("Received", render.when(row.received_at)), Fact("Topic", place)]
        if row.integration is not None:
            facts.insert(0, Fact("Integration", row.integration.name, url=address_of(row.integration)))
        facts += [
            Fact("Position", row.offset if len(row.offset) < 20 else f"{row.offset[:16]}…", copy=row.offset),
            Fact("Attempts", str(row.attempts)),
        ]
        if row.replay_code:
            facts.append(Fact("Became", row.replay_code))
        return facts

    def tabs(self) -> Sequence[Tab]:
        """The message, the history."""
        key = [self.letter.pk]
        return [
            Tab("Message", reverse("dead_letter", args=key)),
            Tab("History", reverse("dead_letter_history", args=key)),
        ]

    def primary(self) -> Action | None:
        """Replay."""
        found = acts(self.letter)
        return found[0] if found else None

    def menu(self) -> Sequence[Action]:
        """Set aside."""
        return acts(self.letter)[1:]


class DeadLetterPage(LetterBase):
    """`/office/dead-letters/<id>/`."""

    template_name = "integrations/dead_letter.html"

    @property
    def sees_players(self) -> bool:
        """Bytes that could not be read may hold anybody's id, and cannot be masked."""
        return has_right(self.request.user, "players.view")

    def tried(self) -> list[DryRunLine]:
        """What would become of it if it were replayed now, by the mapping that it came in by."""
        row = self.letter.integration
        kind = kinds().get(row.kind) if row is not None else None
        if row is None or kind is None:
            return []
        return dry_run(kind, row.settings["kind"], None, [message_of(self.letter)])

    def context(self) -> dict[str, Any]:
        """The bytes as text, and as numbers where they are none; the headers."""
        raw = bytes(self.letter.raw)
        text, is_text = shown_bytes(raw)
        lines = self.tried() if self.sees_players else []
        return {
            **super().context(),
            "letter": self.letter,
            "body": text if self.sees_players else "",
            "sees_players": self.sees_players,
            "hexadecimal": hex_lines(raw) if self.sees_players and is_text else "",
            "lines": lines,
            "is_text": is_text,
            "size": len(raw),
            "digest": bytes(self.letter.digest).hex(),
            "headers": sorted((name, shown_header(value)) for name, value in self.letter.headers.items()),
        }


class DeadLetterHistory(HistoryPanel, LetterBase):
    """`/office/dead-letters/<id>/history/`."""

    object_type = "dead_letter"

    def object_id(self) -> str:
        """The letter's."""
        return str(self.letter.pk)


def shown_bytes(raw: bytes) -> tuple[str, bool]:
    """The bytes for people, indented where they are JSON; else as hexadecimal lines, and False."""
    part = raw[:MOST_SHOWN]
    try:
        text = part.decode()
    except UnicodeDecodeError:
        return hex_lines(part), False
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        return hex_lines(part), False
    try:
        return msgspec.json.format(part, indent=2).decode(), True
    except (msgspec.DecodeError, RecursionError):
        return text, True


def hex_lines(raw: bytes) -> str:
    """Sixteen bytes a line: position, numbers, letters."""
    lines = []
    for start in range(0, min(len(raw), 4_096), 16):
        part = raw[start : start + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<47}  {letters}")
    return "\n".join(lines)


def shown_header(value: Any) -> str:
    """A header as text."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {inner}" for name, inner in value.items())
    return "not set" if value is None else str(value)
