"""What the database refuses, whoever writes: transitions, second persons, what is fixed, what does not balance."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jackpots.models import Contribution, Instance, PotCycle, StateChange, Template, TemplatePot
from jackpots.operations.contribute import contribute
from jackpots.operations.create_template import create_template
from jackpots.operations.post_transfer import AccountKind, AccountRef, Posting, post_transfers, transfer_id
from tests.cast import SYSTEM, Cast, quiet_draft, value_pot
from tests.invariants import assert_invariants


def refused(act: Callable[[], Any], match: str | None = None) -> None:
    """The act fails, or what of it waits for the commit."""

    def act_and_commit() -> None:
        with transaction.atomic():
            act()
            connection.check_constraints()

    with pytest.raises(DatabaseError, match=match):
        act_and_commit()


def sql(statement: str, *parameters: UUID) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    return act


@pytest.fixture
def contributed(cast: Cast) -> Contribution:
    contribute([cast.request()], now=cast.now)
    return Contribution.objects.get()


@pytest.mark.req("POT-01", "B-25")
def test_a_template_is_published_by_two(cast: Cast) -> None:
    draft = create_template(quiet_draft(), scope=cast.house.scope, created_by=cast.admin, actor=SYSTEM, now=cast.now)
    rows = Template.objects.filter(pk=draft.pk)
    refused(lambda: rows.update(state="Published", published_at=cast.now), "second person")
    other = cast.template.approval_id
    refused(lambda: rows.update(state="Published", published_at=cast.now, approval=other), "second person")


@pytest.mark.req("POT-01")
def test_a_published_template_never_changes(cast: Cast) -> None:
    rows = Template.objects.filter(pk=cast.template.pk)
    refused(lambda: rows.update(contribution_micros=1), "never changes")
    refused(lambda: rows.update(state="Draft"), "Invalid transition")
    refused(lambda: TemplatePot.objects.filter(template=cast.template).update(share_ppm=1), "never changes")
    refused(lambda: TemplatePot.objects.filter(template=cast.template).delete(), "never changes")
    draft = create_template(
        quiet_draft(pots=(value_pot("other"),)),
        scope=cast.house.scope,
        created_by=cast.admin,
        actor=SYSTEM,
        now=cast.now,
    )
    moved = TemplatePot.objects.filter(template=cast.template, code="mega")
    refused(lambda: moved.update(template=draft), "never changes")
    moved = TemplatePot.objects.filter(template=draft)
    refused(lambda: moved.update(template=cast.template, position=9), "never changes")
    refused(sql("DELETE FROM jackpots_template WHERE id = %s", cast.template.pk))


@pytest.mark.req("POT-06", "POT-02", "B-14", "B-25")
def test_states_of_an_instance(cast: Cast) -> None:
    rows = Instance.objects.filter(pk=cast.instance.pk)
    refused(lambda: rows.update(state="Terminated"), "second person")
    refused(lambda: rows.update(state="Pending"), "Invalid transition")
    refused(lambda: rows.update(state="Nonsense"))
    refused(lambda: rows.update(currency="GBP"))
    refused(lambda: rows.update(state="Terminated", ends_at=cast.now), "Cannot update")
    refused(lambda: rows.update(ends_at=cast.now), "Cannot update")
    refused(lambda: rows.update(template=cast.rival_house.publish()), "second person")
    refused(sql("DELETE FROM jackpots_instance WHERE id = %s", cast.instance.pk))
    rows.update(state="Ended")
    for state in ("Active", "Paused", "Terminated"):
        refused(partial(rows.update, state=state), "Invalid transition|second person")


@pytest.mark.req("B-14")
def test_the_log_of_states_is_append_only(cast: Cast) -> None:
    change = StateChange.objects.filter(instance=cast.instance)
    refused(lambda: change.update(to_state="Paused"))
    refused(sql("DELETE FROM jackpots_statechange"))


@pytest.mark.req("B-12")
def test_the_journal_is_fixed(cast: Cast, contributed: Contribution) -> None:
    rows = Contribution.objects.filter(pk=contributed.pk)
    refused(lambda: rows.update(amount_micros=1))
    refused(lambda: rows.update(draws=[]))
    refused(sql("DELETE FROM jackpots_contribution"))
    assert rows.update(mark="bet_rolled_back") == 1


@pytest.mark.req("B-01")
def test_the_journals_keys_are_unique(contributed: Contribution) -> None:
    columns = "id, operator_id, brand_id, instance_id, template_id, player_id, player_country, target, gameround_id, "
    columns += "payload_digest, currency, contribution_micros, amount_micros, rate, base_wager_micros, draws, "
    columns += "win_micros, mark, accepted_at"
    copied = f"INSERT INTO jackpots_contribution ({columns}) SELECT {columns} FROM jackpots_contribution"
    refused(sql(copied), "unique")
    another_round = "'another'".join(copied.rsplit("gameround_id", 1))
    refused(sql(another_round), "jackpots_contribution_pkey")
    refused(sql(copied.replace("SELECT id", "SELECT gen_random_uuid()")), "contribution_gameround_once")
    foreign = copied.replace("SELECT id, operator_id", "SELECT gen_random_uuid(), 'rival'")
    refused(sql(foreign), "across operators")


@pytest.mark.req("B-10")
def test_commitments_and_secrets_are_fixed(cast: Cast) -> None:
    cycles = PotCycle.objects.filter(pot__instance=cast.instance)
    refused(lambda: PotCycle.objects.filter(pk=cycles[0].pk).update(commitment=b"0" * 32))
    refused(lambda: PotCycle.objects.filter(pk=cycles[0].pk).update(sealed_secret=b"0"))
    refused(sql("DELETE FROM jackpots_potcycle"))


def transfer(cast: Cast, line_count: int = 2) -> str:
    return (
        "INSERT INTO jackpots_transfer (id, operator_id, instance_id, kind, currency, reason, line_count, occurred_at) "
        f"VALUES ('11111111-1111-4111-8111-111111111111', 'thrilltech', '{cast.instance.pk}', 'opening', 'EUR', '', "
        f"{line_count}, '2026-03-14T09:00:00Z')"
    )


def lines(cast: Cast, *amounts: int, table: str = "jackpots_line", at: str = "2026-03-14T09:00:00Z") -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM jackpots_account WHERE instance_id = %s ORDER BY id LIMIT 1", [cast.instance.pk])
        (account,) = cursor.fetchone() or (0,)
    values = ", ".join(
        f"(date_trunc('month', '{at}'::timestamptz AT TIME ZONE 'UTC'), 'thrilltech', "
        f"'11111111-1111-4111-8111-111111111111', {account}, {amount}, '{at}')"
        for amount in amounts
    )
    return (
        f"INSERT INTO {table} (month, operator_id, transfer_id, account_id, amount_micros, occurred_at) VALUES {values}"
    )


@pytest.mark.req("B-12")
def test_a_transfer_balances(cast: Cast) -> None:
    refused(sql(f"{transfer(cast)}; {lines(cast, 5, -4)}"), "does not balance")
    refused(sql(f"{transfer(cast)}; {lines(cast, 5, -4, table='jackpots_line_2026_03')}"), "does not balance")
    refused(sql(f"{transfer(cast)}; {lines(cast, 5, -2, -3)}"), "does not balance")
    refused(sql(transfer(cast)), "does not balance")
    refused(sql(lines(cast, 5, -5)), "does not balance")
    refused(sql(f"{transfer(cast)}; {lines(cast, 5, -5, at='2026-04-14T09:00:00Z')}"), "does not balance")
    sql(f"{transfer(cast)}; {lines(cast, 5, -5)}")()
    connection.check_constraints()
    refused(sql(lines(cast, 5, -5)), "has its lines already")
    refused(sql(lines(cast, 5, -5, table="jackpots_line_2026_03")), "has its lines already")


@pytest.mark.req("B-12")
def test_the_ledger_is_append_only(cast: Cast) -> None:
    assert cast.instance.state == "Active"
    refused(sql("UPDATE jackpots_line SET amount_micros = amount_micros + 1"), "append-only")
    refused(sql("DELETE FROM jackpots_line"), "append-only")
    refused(sql("UPDATE jackpots_transfer SET reason = 'x'"))
    refused(sql("DELETE FROM jackpots_account"))


@pytest.mark.req("B-12")
def test_a_line_is_of_its_transfers_own_instance(cast: Cast) -> None:
    rival = cast.rival_instance
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM jackpots_account WHERE instance_id = %s LIMIT 1", [rival.pk])
        (account,) = cursor.fetchone() or (0,)
    foreign = lines(cast, 5, -5).replace("111111111', ", "111111111', 0*").replace("0*", f"{account} + 0*")
    refused(sql(f"{transfer(cast)}; {foreign}"), "does not balance")
    own = lines(cast, 5, -5)
    refused(sql(f"{transfer(cast)}; {own.replace('thrilltech', 'rival')}"), "does not balance")
    refused(sql(f"{transfer(cast).replace('EUR', 'SEK')}; {own}"), "does not balance")
    other = cast.house.open()
    refused(sql(f"{transfer(cast).replace(str(cast.instance.pk), str(other.pk))}; {own}"), "does not balance")


def transfers_read() -> int:
    """How many rows of transfers this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'jackpots_transfer'"
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


@pytest.mark.req("B-12")
@pytest.mark.parametrize("known", ["DISCARD PLANS", "ANALYZE jackpots_transfer, jackpots_account; DISCARD PLANS"])
def test_what_a_posting_is_checked_by_does_not_grow_with_the_ledger(cast: Cast, known: str) -> None:
    """Plans are kept for as long as their connection, and the first are made while there is next to nothing, whether
    the planner knows that or not."""

    def read_for_one_more() -> int:
        before = transfers_read()
        contribute([cast.request()], now=cast.now)
        connection.check_constraints()
        return transfers_read() - before

    sql(known)()
    first = read_for_one_more()
    for _ in range(40):
        contribute([cast.request()], now=cast.now)
    assert read_for_one_more() <= first


@pytest.mark.req("B-12")
def test_an_act_is_posted_once(cast: Cast) -> None:
    accounts = AccountRef(AccountKind.HOUSE_FUNDING), AccountRef(AccountKind.HOUSE)
    posting = Posting(
        id=transfer_id("opening", "once"), operator_id="thrilltech", instance_id=cast.instance.pk, kind="opening",
        currency="EUR", occurred_at=cast.now, lines={accounts[0]: -7, accounts[1]: 7},
    )  # fmt: skip
    post_transfers([posting])
    with pytest.raises(IntegrityError), transaction.atomic():
        post_transfers([posting])
    assert_invariants()


@pytest.mark.req("B-12")
def test_the_writer_refuses_what_does_not_balance(cast: Cast) -> None:
    lines_ = {AccountRef(AccountKind.HOUSE_FUNDING): -7, AccountRef(AccountKind.HOUSE): 6}
    posting = Posting(
        id=transfer_id("opening", "odd"), operator_id="thrilltech", instance_id=cast.instance.pk, kind="opening",
        currency="EUR", occurred_at=cast.now + timedelta(days=1), lines=lines_,
    )  # fmt: skip
    with pytest.raises(ValueError, match="does not balance"):
        post_transfers([posting])


@pytest.mark.req("B-32", "B-14")
@pytest.mark.parametrize(
    "table",
    [
        "jackpots_account", "jackpots_contribution", "jackpots_line", "jackpots_pot", "jackpots_potcycle",
        "jackpots_statechange", "jackpots_transfer", "jackpots_win", "audit_auditentry",
    ],
)  # fmt: skip
def test_what_is_kept_is_not_emptied_either(contributed: Contribution, table: str) -> None:
    connection.check_constraints()
    refused(sql(f"TRUNCATE {table} CASCADE"), "never emptied")


@pytest.mark.req("B-32")
def test_a_month_of_the_ledger_is_not_emptied_by_its_own_name(contributed: Contribution) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'jackpots_line'::regclass")
        months = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT jackpots_ensure_line_partition('2031-05-01')")
    for month in (months[0], "jackpots_line_2031_05"):
        refused(sql(f"TRUNCATE {month}"), "never emptied")
