"""JSON with exact numbers."""

from typing import Any

from rest_framework.renderers import BaseRenderer

from backoffice.core import json


class ExactJSONRenderer(BaseRenderer):
    """Decimals are written as JSON numbers with their exact text."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """The body; nothing at all for no data."""
        return b"" if data is None else json.encode(data)
