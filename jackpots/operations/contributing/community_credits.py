"""Write what a won pot gives to the community: rows owed, their money, what is told of them."""

from collections.abc import Iterable, Iterator

from backoffice.core import json
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact
from jackpots.models import Credit, CreditKind, CreditState, Win
from jackpots.operations.contributing.batch import Accepted
from jackpots.operations.contributing.community import CommunityCredit
from jackpots.operations.post_transfer import AccountKind, AccountRef, Posting, TransferKind, transfer_id
from jackpots.operations.raffles.drawing import TO_BE_WITHHELD, credit_id, paid_values
from jackpots.queries.credits import community_group, payout_record
from jackpots.rules.settled import Community
from jackpots.rules.terms import TemplateTerms
from jackpots.wire.raffle_event import community_payout_error_event


def community_rows(win: Win, accepted: Accepted, community: Community) -> list[Credit]:
    """A credit for each player who was chosen, in the order of the players."""
    terms = accepted.instance.terms
    group_id = community_group(win.pk)
    return [
        Credit(
            id=credit_id(group_id, position),
            operator_id=win.operator_id,
            brand_id=credit.key[0],
            instance_id=win.instance_id,
            pot_id=win.pot_id,
            cycle=win.cycle,
            kind=CreditKind.COMMUNITY,
            group_id=group_id,
            position=position,
            player_id=credit.key[1],
            player_currency=credit.currency,
            detail={"win_id": str(win.pk), "strategies": list(credit.chosen)}
            | ({TO_BE_WITHHELD: True} if _is_withheld(terms, credit) else {}),
            value_micros=credit.value_micros,
            owed_at=win.won_at,
            changed_at=win.won_at,
            **paid_values(credit.paid, is_withheld=_is_withheld(terms, credit)),
        )
        for position, credit in enumerate(_credits(community), 1)
    ]


def community_posting(win: Win, accepted: Accepted, rows: Iterable[Credit]) -> Posting:
    """Pot → Payable and Withheld; what is smaller than the players' coins → the reserve. What has no rate yet is
    payable in full."""
    rows = list(rows)
    withheld = sum(row.cost_micros for row in rows if row.state == CreditState.WITHHELD)
    residual = sum(row.residual_micros for row in rows)
    total = sum(row.value_micros for row in rows)
    group_id = community_group(win.pk)
    return Posting(
        id=transfer_id(TransferKind.COMMUNITY, str(win.pk)),
        operator_id=win.operator_id,
        instance_id=win.instance_id,
        kind=TransferKind.COMMUNITY,
        currency=accepted.instance.currency,
        occurred_at=win.won_at,
        lines={
            AccountRef(AccountKind.POT, win.pot_id): -total,
            AccountRef(AccountKind.PAYABLE): total - residual - withheld,
            AccountRef(AccountKind.WITHHELD): withheld,
            AccountRef(AccountKind.SEED, win.pot_id): residual,
        },
        subject_id=group_id,
    )


def community_errors(win: Win, accepted: Accepted, rows: Iterable[Credit]) -> Iterator[Fact]:
    """CommunityPayoutErrorEvent, where somebody cannot be paid for want of a rate."""
    failed = [payout_record(row) for row in rows if row.state == CreditState.FAILED]
    if not failed:
        return
    gameround_id = accepted.claim.request.gameround_id
    body = community_payout_error_event(str(win.instance_id), gameround_id, str(win.pk), failed)
    yield Fact(
        event_id=derived_id("CommunityPayoutErrorEvent", str(win.pk)),
        kind="CommunityPayoutErrorEvent",
        operator_id=win.operator_id,
        brand_id=win.brand_id,
        object_id=str(win.pk),
        payload=json.encode(body),
        occurred_at=win.won_at,
    )


def _credits(community: Community) -> Iterator[CommunityCredit]:
    for credit in community.credits:
        if not isinstance(credit, CommunityCredit):
            raise TypeError("the community of a batch is shared by Sharing")
        yield credit


def _is_withheld(terms: TemplateTerms, credit: CommunityCredit) -> bool:
    above = terms.withhold_above_micros
    return (above is not None and credit.value_micros > above) or credit.country in terms.withhold_countries
