"""Answers are JSON, whatever is asked for."""

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONUnlessOffered(DefaultContentNegotiation):
    """The first renderer, unless another of the view's fits: nobody gets 406, and problem+json can be asked for."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """The renderer and its media type."""
        offered = list(renderers)
        try:
            chosen: tuple[Any, str] = super().select_renderer(request, offered, format_suffix)
        except NotAcceptable:
            return offered[0], offered[0].media_type or ""
        return chosen
