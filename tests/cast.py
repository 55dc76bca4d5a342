"""The cast of most tests: two operators with brands, staff, service accounts and a jackpot, made by the operations."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import msgspec
import pytest
from django.contrib.auth.hashers import make_password

from backoffice.accounts.models import Role, ServiceAccount, ServiceToken, StaffUser
from backoffice.accounts.tokens import digest_of
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, SimulationReport, Source, Template
from jackpots.operations import post_transfer
from jackpots.operations.contributing import settle
from jackpots.operations.create_source import create_source
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.map_source import map_source
from jackpots.operations.open_instance import NewInstance, open_instance
from jackpots.operations.play_simulation import play_simulation
from jackpots.operations.request_policy_change import request_policy_change
from jackpots.operations.request_publication import request_publication
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.operations.set_multipliers import set_multipliers
from jackpots.queries.contribution_config import forget_config
from jackpots.queries.simulations import policy_of
from jackpots.queries.templates import template as template_of
from jackpots.rules.contribution import ContributionRequest
from jackpots.rules.policy import Policy
from jackpots.rules.terms import PotTerms
from tests.snapshot import made_once

PASSWORD = "potluck-demo"
EUR = 1_000_000
SYSTEM = Actor.system("tests")
NO_LIMITS = Policy(maximum_rtp_ppm=None, maximum_pot_rtp_ppm=None)
RATES = {
    "GBP": Decimal("0.8592"),
    "USD": Decimal("1.0762"),
    "SEK": Decimal("11.6761"),
    "JPY": Decimal("163.5"),
}


@lru_cache(maxsize=1)
def hashed_password() -> str:
    """Hashing takes a third of a second, so it is done once."""
    return make_password(PASSWORD)


def value_pot(code: str = "minor", *, start: int = 1_000, end: int = 2_000, **terms: Any) -> PotTerms:
    """A pot that drops between two amounts of units; a quarter of each contribution unless told otherwise."""
    values: dict[str, Any] = {
        "code": code, "position": 0, "share_ppm": 250_000, "seed_share_ppm": 850_000, "min_reseed_micros": 10 * EUR,
        "initial_seed_micros": 10 * EUR, "is_progressive": True, "kind": "value", "value_from_micros": start * EUR,
        "value_to_micros": end * EUR,
    }  # fmt: skip
    return PotTerms(**(values | terms))


def probability_pot(code: str = "mega", *, one_in: int = 10**9, **terms: Any) -> PotTerms:
    """A pot with odds; with one in 1 and a contribution of 0.10, every contribution hits it."""
    values: dict[str, Any] = {
        "code": code, "position": 1, "share_ppm": 450_000, "seed_share_ppm": 500_000, "min_reseed_micros": 100 * EUR,
        "initial_seed_micros": 100 * EUR, "is_progressive": True, "kind": "probability", "max_magic_number": one_in,
        "cost_per_attempt_micros": EUR // 10,
    }  # fmt: skip
    return PotTerms(**(values | terms))


def quiet_draft(operator_id: str = "thrilltech", **values: Any) -> TemplateDraft:
    """Operator-funded, EUR 0.10 a contribution, no opt-in, and pots that no test waits for."""
    draft: dict[str, Any] = {
        "operator_id": operator_id, "name": "Sitewide", "currency": "EUR", "contribution_micros": EUR // 10,
        "household_ppm": 300_000, "opt_in_required": False, "pots": (value_pot(), probability_pot()),
    }  # fmt: skip
    return TemplateDraft(**(draft | values))


def sure_draft(operator_id: str = "thrilltech", **values: Any) -> TemplateDraft:
    """Like quiet_draft, with one pot that every contribution wins."""
    pot = probability_pot("main", one_in=1, position=0, share_ppm=700_000)
    return quiet_draft(operator_id, **({"name": "Sure", "pots": (pot,)} | values))


class Numbers:
    """1, 2, 3, … for names that must differ."""

    def __init__(self) -> None:
        self.last = 0

    def __next__(self) -> int:
        self.last += 1
        return self.last


@dataclass
class House:
    """An operator with its people, and acts in its name."""

    operator: Operator
    now: datetime
    brands: list[Brand] = field(default_factory=list)
    staff: dict[str, StaffUser] = field(default_factory=dict)
    service: ServiceAccount = field(init=False)
    token: str = field(init=False)
    _numbers: Numbers = field(default_factory=Numbers)

    @property
    def scope(self) -> Scope:
        return Scope(self.operator.pk)

    def person(self, role: str, name: str | None = None, **values: Any) -> StaffUser:
        """A member of staff with the password of all."""
        email = f"{name or role.removeprefix('operator_')}@{self.operator.pk}.example"
        user = StaffUser.objects.create(
            email=email, role=role, operator=self.operator, password=hashed_password(), joined_at=self.now, **values
        )
        self.staff[email.partition("@")[0]] = user
        return user

    def approve(self, approval: Approval, by: str = "approver", at: datetime | None = None) -> Approval:
        """A second person says yes."""
        person = self.staff[by]
        decision = Decision(is_approved=True, reason="Looks right.")
        return decide_approval(
            approval.pk, decision, decided_by=person, scope=self.scope, actor=Actor.staff(person), now=at or self.now
        )

    def allow(self, policy: Policy) -> None:
        """What templates may return and cost, agreed by two people."""
        if policy_of(self.operator.pk) == policy:
            return
        person = self.staff["admin"]
        asked = request_policy_change(
            policy, reason="Odds of tests", requested_by=person, scope=self.scope, actor=Actor.staff(person),
            now=self.now,
        )  # fmt: skip
        self.approve(asked)

    def simulate(self, template: Template, contributions: int = 20, **plan: Any) -> SimulationReport:
        """A report of so few contributions that no test waits for it, unless told otherwise."""
        report = request_simulation(
            template.pk, SimulationPlan(contributions=contributions, **plan), scope=self.scope,
            actor=Actor.staff(self.staff["admin"]), now=self.now,
        )  # fmt: skip
        while play_simulation(report.pk, now=self.now):
            pass
        report.refresh_from_db()
        return report

    def publish(self, draft: TemplateDraft | None = None) -> Template:
        """Draft, simulate, ask, approve; odds that no policy would let through are allowed first."""
        person = self.staff["admin"]
        actor = Actor.staff(person)
        made = create_template(
            draft or quiet_draft(self.operator.pk), scope=self.scope, created_by=person, actor=actor, now=self.now
        )
        if self.simulate(made).objections:
            self.allow(NO_LIMITS)
        request = request_publication(
            made.pk, reason="New season", requested_by=person, scope=self.scope, actor=actor, now=self.now
        )
        self.approve(request)
        return template_of(self.scope, made.pk)

    def open(self, draft: TemplateDraft | Template | None = None, **values: Any) -> Instance:
        """An instance of a template, or of a draft that is published first; values are those of NewInstance."""
        template = draft if isinstance(draft, Template) else self.publish(draft)
        new: dict[str, Any] = {
            "template_id": template.pk, "operator_id": self.operator.pk,
            "name": f"{template.name} {next(self._numbers)}",
        }  # fmt: skip
        return open_instance(
            NewInstance(**(new | values)),
            scope=self.scope,
            created_by=self.staff["admin"],
            actor=Actor.staff(self.staff["admin"]),
            now=self.now,
        )

    def source_for(self, *instances: Instance, source_id: str | None = None, brand_id: str | None = None) -> Source:
        """A source with these instances behind it, the first first."""
        source = create_source(
            source_id or f"source-{next(self._numbers)}",
            operator_id=self.operator.pk,
            brand_id=brand_id,
            name="",
            scope=self.scope,
            actor=SYSTEM,
            now=self.now,
        )
        for priority, instance in enumerate(instances):
            map_source(source.pk, instance.pk, priority=priority, scope=self.scope, actor=SYSTEM, now=self.now)
        return source

    def request(
        self, target: Source | Instance | str, player_id: str = "player_00001", **values: Any
    ) -> ContributionRequest:
        """A contribution of the first brand; each has a game round of its own unless it is named."""
        is_direct = isinstance(target, Instance)
        target_id = str(target.pk) if isinstance(target, Instance) else getattr(target, "source_id", str(target))
        request: dict[str, Any] = {
            "operator_id": self.operator.pk, "brand_id": self.brands[0].pk, "player_id": player_id,
            "player_country": "MT", "target_type": "instance" if is_direct else "source", "target_id": target_id,
            "gameround_id": f"round-{next(self._numbers)}", "currency": "EUR", "base_wager_micros": EUR,
        }  # fmt: skip
        return ContributionRequest(**(request | values))


@dataclass
class Cast:
    """Everybody. `token` and `rival_token` are the live tokens of the two service accounts.

    `sessions` are the keys of open sessions by role, where somebody is logged in already.
    """

    now: datetime
    house: House
    rival_house: House
    root: StaffUser
    owner_brand_id: str | None = None
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def operator(self) -> Operator:
        return self.house.operator

    @property
    def rival(self) -> Operator:
        return self.rival_house.operator

    @property
    def brand1(self) -> Brand:
        return self.house.brands[0]

    @property
    def brand2(self) -> Brand:
        return self.house.brands[1]

    @property
    def rival_brand(self) -> Brand:
        return self.rival_house.brands[0]

    @property
    def admin(self) -> StaffUser:
        return self.house.staff["admin"]

    @property
    def approver(self) -> StaffUser:
        return self.house.staff["approver"]

    @property
    def manager(self) -> StaffUser:
        return self.house.staff["manager"]

    @property
    def analyst(self) -> StaffUser:
        return self.house.staff["analyst"]

    @property
    def rival_manager(self) -> StaffUser:
        return self.rival_house.staff["manager"]

    @property
    def service(self) -> ServiceAccount:
        return self.house.service

    @property
    def token(self) -> str:
        return self.house.token

    @property
    def rival_service(self) -> ServiceAccount:
        return self.rival_house.service

    @property
    def rival_token(self) -> str:
        return self.rival_house.token

    @cached_property
    def instance(self) -> Instance:
        """Active, operator-funded, quiet; open to both brands, unless it is made for `owner_brand_id`."""
        brand_id = self.owner_brand_id
        return self.house.open(quiet_draft(brand_id=brand_id), brand_id=brand_id)

    @property
    def template(self) -> Template:
        return self.instance.template

    @cached_property
    def source(self) -> Source:
        """`sitewide-casino`, with the instance behind it."""
        return self.house.source_for(self.instance, source_id="sitewide-casino", brand_id=self.owner_brand_id)

    @cached_property
    def rival_instance(self) -> Instance:
        return self.rival_house.open()

    @cached_property
    def rival_source(self) -> Source:
        """The rival's own `sitewide-casino`."""
        return self.rival_house.source_for(self.rival_instance, source_id="sitewide-casino")

    def request(self, player_id: str = "player_00001", **values: Any) -> ContributionRequest:
        """A contribution to the cast's source."""
        return self.house.request(self.source, player_id, **values)


def build_house(operator_id: str, brands: list[str], now: datetime) -> House:
    """An operator with brands, staff of every role, a service account with a token, and currencies."""
    operator = Operator.objects.create(id=operator_id, name=operator_id.title(), created_at=now)
    house = House(operator, now)
    for code in brands:
        brand = Brand(id=f"{operator_id}:{code}", operator=operator, code=code, name=code.title(), created_at=now)
        brand.save()
        house.brands.append(brand)
    for role in (Role.OPERATOR_ADMIN, Role.APPROVER, Role.MANAGER, Role.ANALYST):
        house.person(role)
    username = "event-processor" if operator_id == "thrilltech" else f"{operator_id}-processor"
    house.service = ServiceAccount.objects.create(
        operator=operator, username=username, password=hashed_password(), created_at=now
    )
    house.token = f"token-of-{operator_id}"
    ServiceToken.objects.create(
        operator=operator,
        account=house.service,
        prefix=house.token[:12],
        digest=digest_of(house.token),
        created_at=now,
    )
    set_multipliers(RATES, operator_id=operator_id, brand_id=None, scope=house.scope, actor=SYSTEM, now=now)
    return house


def build_cast(now: datetime) -> Cast:
    """Both operators, and the platform's admin. Jackpots are made when a test first names them."""
    house = build_house("thrilltech", ["brand1", "brand2"], now)
    rival = build_house("rival", ["brand1"], now)
    root = StaffUser.objects.create(
        email="root@potluck.example", role=Role.PLATFORM_ADMIN, password=hashed_password(), joined_at=now
    )
    return Cast(now, house, rival, root)


def settled_cast(now: datetime) -> Cast:
    """The cast with its jackpot and source in place."""
    everybody = build_cast(now)
    assert everybody.source.source_id
    return everybody


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    """The cast at the tests' instant, with its jackpot and source in place."""
    forget_what_ids_stand_for()
    return made_once(("cast", now), lambda: settled_cast(now))


def forget_what_ids_stand_for() -> None:
    """Ids come back from test to test, and what this process remembers of them was another test's."""
    for operator_id in ("thrilltech", "rival"):
        forget_config(operator_id)
    post_transfer._account_ids.clear()
    settle._secrets.clear()


def again(request: ContributionRequest, **changes: Any) -> ContributionRequest:
    """The same request with some of its fields changed."""
    return msgspec.structs.replace(request, **changes)
