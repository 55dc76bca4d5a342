"""Words and signs that several parts of the kit share."""

from typing import Final

BLANK: Final = "\N{EN DASH}"  # what stands where there is no value
MINUS: Final = "\N{MINUS SIGN}"
