"""How the parts of the decoder say that a message cannot be used."""

from integrations.wire.decoded import Fault


class BadMessage(Exception):  # noqa: N818 - carried to the one place that answers with it
    """One reason code, a sentence, the field at fault by its path in the message."""

    def __init__(self, code: str, detail: str, field: str = "", *, is_unsupported: bool = False) -> None:
        super().__init__(detail)
        self.fault = Fault(code, detail, is_unsupported=is_unsupported, field=field)
