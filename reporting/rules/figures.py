"""Which lines of the ledger a figure of the liability report is the sum of."""

from typing import Literal

import msgspec

from jackpots.rules.liability import INTERNAL_KINDS, LIABILITY_ACCOUNTS

Basis = Literal["flow", "balance"]

_EVERY = tuple(sorted(LIABILITY_ACCOUNTS))
_NAMED = ("contributions", "opening", "reseed", "prize_funding", "boost", "boost_refund", "settlement")
INTERNAL = tuple(sorted(INTERNAL_KINDS))


class FigureLines(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of these kinds of accounts and transfers; a balance takes them from the beginning on.

    `transfer_kinds` None is every kind; `but_not` is left out. `sign` turns the sum into the figure.
    """

    label: str
    basis: Basis = "flow"
    account_kinds: tuple[str, ...] = _EVERY
    transfer_kinds: tuple[str, ...] | None = None
    but_not: tuple[str, ...] = ()
    sign: int = 1


FLOWS: dict[str, FigureLines] = {
    "contributions_to_pots": FigureLines(
        label="Contributions to pots", account_kinds=("pot",), transfer_kinds=("contributions",)
    ),
    "contributions_to_seeds": FigureLines(
        label="Contributions to seeds",
        account_kinds=tuple(kind for kind in _EVERY if kind != "pot"),
        transfer_kinds=("contributions",),
    ),
    "house_funding": FigureLines(label="House funding", transfer_kinds=("opening", "reseed", "prize_funding")),
    "boosts": FigureLines(label="Boosts", transfer_kinds=("boost", "boost_refund")),
    "payouts": FigureLines(label="Payouts", transfer_kinds=("settlement",), sign=-1),
    "transfers": FigureLines(label="Transfers", but_not=(*_NAMED, *INTERNAL)),
}
BALANCES: dict[str, FigureLines] = {
    "opening": FigureLines(label="Opening", basis="balance"),
    "closing": FigureLines(label="Closing", basis="balance"),
    "pots": FigureLines(label="Pots", basis="balance", account_kinds=("pot",)),
    "seeds": FigureLines(label="Seed reserves", basis="balance", account_kinds=("seed",)),
    "boosts_held": FigureLines(label="Boosts held", basis="balance", account_kinds=("boost",)),
    "payable": FigureLines(label="Payable", basis="balance", account_kinds=("payable",)),
    "withheld": FigureLines(label="Withheld", basis="balance", account_kinds=("withheld",)),
}
FIGURES: dict[str, FigureLines] = FLOWS | BALANCES


def of_brands(figure: FigureLines) -> FigureLines:
    """The same flow where the ledger knows it by brand: on the accounts that paid for it or were paid."""
    return msgspec.structs.replace(figure, account_kinds=("house_funding", "player_clearing"), sign=-figure.sign)
