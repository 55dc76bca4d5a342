"""Who and what the demo holds. Scripts rely on these names (`make demo-contract`)."""

from dataclasses import dataclass

import msgspec

from jackpots.rules.terms import PotTerms, PrizeTerms, StrategyTerms, TemplateTerms

PASSWORD = "potluck-demo"  # noqa: S105 - the demo's, printed at its start
PLAYERS = 200
HISTORY_DAYS = 90
HISTORY_CONTRIBUTIONS = 20_000
UNIT = 1_000_000


@dataclass(frozen=True)
class OperatorDefinition:
    """An operator, its brands (code, name), its staff (local part, role) and its service account (name, password)."""

    id: str
    name: str
    brands: tuple[tuple[str, str], ...]
    staff: tuple[tuple[str, str], ...]
    service_account: tuple[str, str]


OPERATORS = (
    OperatorDefinition(
        "thrilltech",
        "ThrillTech",
        (("brand1", "Brand One"), ("brand2", "Brand Two")),
        (("admin", "operator_admin"), ("approver", "approver"), ("manager", "manager"), ("analyst", "analyst")),
        ("event-processor", "event-processor-demo"),
    ),
    OperatorDefinition(
        "rival",
        "Rival Games",
        (("brand1", "Rival One"),),
        (("manager", "manager"), ("approver", "approver")),
        ("rival-processor", "rival-processor-demo"),
    ),
)
PLATFORM_ADMIN = "root@potluck.example"

MULTIPLIERS = {
    "EUR": "1", "USD": "1.0762", "GBP": "0.8592", "CAD": "1.4753", "PLN": "4.311", "NZD": "1.7921", "AUD": "1.6303",
    "RON": "4.9753", "SGD": "1.4567", "SEK": "11.6761", "JPY": "167.42",
}  # fmt: skip
BRAND_MULTIPLIERS = {"thrilltech:brand2": {"GBP": "0.8601", "SEK": "11.71"}}


def _value(
    code: str, position: int, share: int, seed: int, drops: tuple[int, int], reserve_share: int = 300_000
) -> PotTerms:
    low, high = drops
    return PotTerms(
        code=code, position=position, share_ppm=share, seed_share_ppm=reserve_share, min_reseed_micros=seed * UNIT,
        initial_seed_micros=seed * UNIT, is_progressive=True, kind="value", value_from_micros=low * UNIT,
        value_to_micros=high * UNIT,
    )  # fmt: skip


def _probability(
    code: str, position: int, share: int, seed: int, attempts: tuple[int, int], *, is_progressive: bool = True
) -> PotTerms:
    magic_number, cost_micros = attempts
    return PotTerms(
        code=code, position=position, share_ppm=share, seed_share_ppm=200_000, min_reseed_micros=seed * UNIT,
        initial_seed_micros=seed * UNIT, is_progressive=is_progressive, kind="probability",
        max_magic_number=magic_number, cost_per_attempt_micros=cost_micros,
    )  # fmt: skip


def _weekly(code: str, position: int, share: int, seed: int) -> PotTerms:
    return PotTerms(
        code=code, position=position, share_ppm=share, seed_share_ppm=0, min_reseed_micros=seed * UNIT,
        initial_seed_micros=seed * UNIT, is_progressive=True, kind="time", time_rule="stake_weighted",
        period_seconds=7 * 86_400,
    )  # fmt: skip


@dataclass(frozen=True)
class JackpotDefinition:
    """A template with an instance of it and the source that leads there; `weight` is its part of the traffic."""

    operator_id: str
    name: str
    source_id: str
    source_name: str
    terms: TemplateTerms
    weight: int
    base_wagers_micros: tuple[int, ...]
    games: tuple[str, ...] = ()


def _terms(
    currency: str,
    contribution_micros: int,
    pots: tuple[PotTerms, ...],
    *,
    opt_in: bool = False,
    strategies: tuple[StrategyTerms, ...] = (),
) -> TemplateTerms:
    household = 1_000_000 - sum(pot.share_ppm for pot in pots)
    return TemplateTerms(
        template_id="", currency=currency, contribution_micros=contribution_micros, operator_contribution_ppm=1_000_000,
        household_ppm=household, opt_in_required=opt_in, maximum_base_wager_micros=10_000 * UNIT, pots=pots,
        strategies=strategies,
    )  # fmt: skip


JACKPOTS = (
    JackpotDefinition(
        "thrilltech", "Mega Lucky", "sitewide-casino", "Casino sitewide",
        _terms("EUR", 100_000, (
            _value("mini", 0, 400_000, 5, (10, 25)),
            _probability("minor", 1, 200_000, 50, (20_000, 100_000)),
            _value("mega", 2, 300_000, 1_000, (2_500, 7_500)),
        )),
        12, (200_000, 500_000, 1_000_000, 1_000_000, 2_000_000, 5_000_000, 20_000_000),
    ),
    JackpotDefinition(
        "thrilltech", "Deposit Drop", "deposit", "Successful deposits",
        _terms("EUR", 500_000, (
            _probability("bronze", 0, 500_000, 10, (400, 500_000)),
            _probability("gold", 1, 400_000, 500, (9_000, 500_000)),
            _weekly("weekly", 2, 20_000, 25),
        )),
        2, (10_000_000, 20_000_000, 50_000_000, 100_000_000, 250_000_000),
    ),
    JackpotDefinition(
        "thrilltech", "Valley of the Kings", "egyptian-games", "Egyptian games",
        _terms("EUR", 200_000, (
            msgspec.structs.replace(_value("scarab", 0, 500_000, 10, (20, 60)), segments=(10, 20, 50)),
            _probability("pharaoh", 1, 400_000, 250, (8_000, 200_000)),
        ), opt_in=True, strategies=(
            StrategyTerms(position=0, kind="active", share_ppm=100_000, count=5, hours=24),
            StrategyTerms(position=1, kind="per_win", share_ppm=100_000, count=3, split="proportional"),
        )),
        3, (200_000, 400_000, 1_000_000, 2_000_000), ("book-of-ra", "dead-or-alive", "pyramid-gold"),
    ),
    JackpotDefinition(
        "thrilltech", "Starlight Single", "provider-game-code", "One game: Starlight",
        _terms("GBP", 100_000, (
            _probability("spark", 0, 300_000, 5, (500, 100_000), is_progressive=False),
            _value("nova", 1, 600_000, 20, (60, 180)),
        )),
        3, (100_000, 250_000, 500_000, 1_000_000), ("starlight",),
    ),
    JackpotDefinition(
        "rival", "Rival Rush", "rival-casino", "Rival casino",
        _terms("EUR", 100_000, (
            _value("bolt", 0, 500_000, 10, (20, 40)),
            _probability("storm", 1, 400_000, 100, (15_000, 100_000)),
        )),
        1, (500_000, 1_000_000, 3_000_000),
    ),
)  # fmt: skip


# A raffle of every day: a ticket for each EUR 2.00 of bets, half of the pot to one player, the rest to five more.
RAFFLE = JackpotDefinition(
    "thrilltech", "Daily Bonanza", "daily-raffle", "Daily raffle",
    TemplateTerms(
        template_id="", jackpot_type="Raffle", currency="EUR", contribution_micros=100_000,
        operator_contribution_ppm=1_000_000, household_ppm=300_000, opt_in_required=False,
        ticket_price_micros=2 * UNIT, ticket_metric="base_wager", duration_count=22, duration_unit="hours",
        pots=(
            PotTerms(
                code="bonanza", position=0, share_ppm=700_000, seed_share_ppm=0, min_reseed_micros=0,
                initial_seed_micros=0, is_progressive=True, kind="raffle",
            ),
        ),
        prizes=(
            PrizeTerms(rank=1, kind="share", share_ppm=500_000),
            PrizeTerms(rank=2, kind="share", share_ppm=100_000, count=5),
        ),
    ),
    1, (200_000, 500_000, 1_000_000, 2_000_000, 5_000_000),
)  # fmt: skip


def brand_ids(operator_id: str) -> list[str]:
    """The brands of an operator of the demo, as pairs."""
    operator = next(one for one in OPERATORS if one.id == operator_id)
    return [f"{operator.id}:{code}" for code, _ in operator.brands]


def player(number: int) -> str:
    """`player_00001` …"""
    return f"player_{number:05d}"


def brand_of_player(operator_id: str, number: int) -> str:
    """A player has one brand: two of three play at the first."""
    brands = brand_ids(operator_id)
    return brands[0] if len(brands) == 1 or number % 3 else brands[1]


CURRENCY_OF_PLAYER = ("EUR", "EUR", "EUR", "EUR", "GBP", "SEK", "USD")
COUNTRY_OF_PLAYER = ("MT", "MT", "DE", "FI", "UK", "SE", "CA")
