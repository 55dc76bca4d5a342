"""Rows, constraints and states of jackpots; no workflow."""

from jackpots.models.config import ConfigVersion
from jackpots.models.contribution import Contribution
from jackpots.models.currency import Multiplier
from jackpots.models.instance import Instance, InstanceBrand, InstanceState, JackpotType, StateChange
from jackpots.models.ledger import Account, Line, Transfer
from jackpots.models.meter import Meter, Refusals
from jackpots.models.opt_in import OptIn, OptInChange
from jackpots.models.pot import Pot, PotCycle
from jackpots.models.source import Source, SourceMapping
from jackpots.models.template import PotKind, Template, TemplatePot, TemplateState
from jackpots.models.win import Win, WinState

__all__ = [
    "Account",
    "ConfigVersion",
    "Contribution",
    "Instance",
    "InstanceBrand",
    "InstanceState",
    "JackpotType",
    "Line",
    "Meter",
    "Multiplier",
    "OptIn",
    "OptInChange",
    "Pot",
    "PotCycle",
    "PotKind",
    "Refusals",
    "Source",
    "SourceMapping",
    "StateChange",
    "Template",
    "TemplatePot",
    "TemplateState",
    "Transfer",
    "Win",
    "WinState",
]
