"""Rows, constraints and states of jackpots; no workflow."""

from jackpots.models.choices import (
    ContributionKind,
    DurationUnit,
    JackpotType,
    LimitedShareTo,
    PotKind,
    TicketMetric,
    TimeRule,
    UnspentTo,
)
from jackpots.models.config import ConfigVersion
from jackpots.models.contribution import Contribution
from jackpots.models.credit import Credit, CreditKind, CreditState
from jackpots.models.currency import Multiplier
from jackpots.models.instance import Instance, InstanceBrand, InstanceLink, InstanceState, StateChange
from jackpots.models.ledger import Account, Line, Transfer
from jackpots.models.ledger_sums import DaySum, LedgerHorizon
from jackpots.models.meter import Meter, Refusals
from jackpots.models.model_switch import ModelSwitch
from jackpots.models.opt_in import OptIn, OptInChange
from jackpots.models.pot import Boost, Pot, PotCycle, PotTrigger
from jackpots.models.raffle import RaffleRound, RoundState, TicketEntry, TicketRange
from jackpots.models.simulation import POLICY_LIMITS, ReportState, SimulationPolicy, SimulationReport
from jackpots.models.source import Source, SourceMapping
from jackpots.models.suspension import Suspension
from jackpots.models.template import Template, TemplatePot, TemplateState
from jackpots.models.template_terms import (
    PrizeKind,
    StrategyKind,
    StrategySplit,
    TemplateAmount,
    TemplatePrize,
    TemplateStrategy,
)
from jackpots.models.win import Win, WinCause, WinState

__all__ = [
    "POLICY_LIMITS",
    "Account",
    "Boost",
    "ConfigVersion",
    "Contribution",
    "ContributionKind",
    "Credit",
    "CreditKind",
    "CreditState",
    "DaySum",
    "DurationUnit",
    "Instance",
    "InstanceBrand",
    "InstanceLink",
    "InstanceState",
    "JackpotType",
    "LedgerHorizon",
    "LimitedShareTo",
    "Line",
    "Meter",
    "ModelSwitch",
    "Multiplier",
    "OptIn",
    "OptInChange",
    "Pot",
    "PotCycle",
    "PotKind",
    "PotTrigger",
    "PrizeKind",
    "RaffleRound",
    "Refusals",
    "ReportState",
    "RoundState",
    "SimulationPolicy",
    "SimulationReport",
    "Source",
    "SourceMapping",
    "StateChange",
    "StrategyKind",
    "StrategySplit",
    "Suspension",
    "Template",
    "TemplateAmount",
    "TemplatePot",
    "TemplatePrize",
    "TemplateState",
    "TemplateStrategy",
    "TicketEntry",
    "TicketMetric",
    "TicketRange",
    "TimeRule",
    "Transfer",
    "UnspentTo",
    "Win",
    "WinCause",
    "WinState",
]
