"""JSON read without floats."""

from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from backoffice.core import json
from backoffice.core.errors import Refusal


class ExactJSONParser(BaseParser):
    """Numbers become int or Decimal."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The value; 400 where the body is no JSON, 413 where it has more than 64 KiB."""
        body = stream.read(json.MAX_BYTES + 1)
        if len(body) > json.MAX_BYTES:
            raise Refusal("PAYLOAD_TOO_LARGE", f"The body has more than {json.MAX_BYTES} bytes.")
        try:
            return json.decode(body)
        except RecursionError:
            raise ParseError("The body is not valid JSON: it is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The body is not valid JSON: {error}") from error
