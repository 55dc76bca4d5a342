"""Which configuration it is: a digest that whoever approves can compare."""

import hashlib
from typing import Any

import msgspec


def fingerprint(kind: str, transport: str, settings: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of kind, transport and settings; secrets have no part in it."""
    whole = {"kind": kind, "transport": transport, "settings": settings}
    return hashlib.sha256(msgspec.json.encode(whole, order="deterministic")).hexdigest()


def shown_settings(connection: dict[str, Any]) -> dict[str, Any]:
    """A connection for people: what is empty left out, certificates as their number and digest."""
    shown = {name: value for name, value in connection.items() if value not in {"", None}}
    pem = shown.get("authority")
    if pem:
        number, digest = pem.count("-----BEGIN CERTIFICATE-----"), hashlib.sha256(pem.encode()).hexdigest()
        shown["authority"] = f"{number} certificate{'' if number == 1 else 's'}, SHA-256 {digest[:12]}…"
    return shown
