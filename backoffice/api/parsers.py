"""JSON read without floats."""

from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from backoffice.core import json


class ExactJSONParser(BaseParser):
    """Numbers become int or Decimal."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value; 400 where the body is no JSON."""
        try:
            return json.decode(stream.read())
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
