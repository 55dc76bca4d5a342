"""The checks of the ledger look into the partition of the lines' month, and keep their plans.

A plan over all months opens 25 partitions to find the lines of one transfer, at every insert and again at the commit.
With the month in hand a plan that is kept opens one. jackpots_claim was made anew without its settings of 0008.
"""

from django.db import migrations

LINES = """
CREATE OR REPLACE FUNCTION jackpots_lines_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
    their_month date;
BEGIN
    SELECT a.transfer_id INTO wrong
    FROM added a
    LEFT JOIN jackpots_transfer t ON t.id = a.transfer_id AND t.operator_id = a.operator_id AND t.occurred_at = a.occurred_at
    LEFT JOIN jackpots_account k ON k.id = a.account_id AND k.operator_id = a.operator_id
          AND k.instance_id = t.instance_id AND k.currency = t.currency
    GROUP BY a.transfer_id
    HAVING sum(a.amount_micros) <> 0 OR count(t.id) <> max(t.line_count) OR count(k.id) <> count(*) OR count(t.id) <> count(*)
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % does not balance with the lines that were added', wrong USING ERRCODE = 'check_violation';
    END IF;
    FOR their_month IN SELECT DISTINCT month FROM added LOOP
        SELECT a.transfer_id INTO wrong
        FROM (SELECT DISTINCT transfer_id FROM added WHERE month = their_month) a
        JOIN jackpots_transfer t ON t.id = a.transfer_id
        JOIN jackpots_line l ON l.transfer_id = a.transfer_id
        WHERE l.month = their_month
        GROUP BY a.transfer_id HAVING count(*) <> max(t.line_count) LIMIT 1;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'transfer % has its lines already', wrong USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- Lines and their transfer occurred at the same instant (above), so that they all lie in one month.
CREATE OR REPLACE FUNCTION jackpots_line_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_month date := date_trunc('month', NEW.occurred_at AT TIME ZONE 'UTC')::date;
    total numeric;
    lines bigint;
BEGIN
    SELECT coalesce(sum(l.amount_micros), 0), count(*) INTO total, lines
    FROM jackpots_line l WHERE l.transfer_id = NEW.id AND l.month = its_month;
    IF total <> 0 OR lines <> NEW.line_count THEN
        RAISE EXCEPTION 'transfer % does not balance: % micros over % of % lines', NEW.id, total, lines, NEW.line_count
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION jackpots_lines_balance() SET enable_seqscan = off;
ALTER FUNCTION jackpots_lines_balance() SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION jackpots_line_balance() SET enable_seqscan = off;
ALTER FUNCTION jackpots_line_balance() SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION jackpots_claim(text, int, int[], bigint[], uuid[]) SET enable_seqscan = off;
ALTER FUNCTION jackpots_claim(text, int, int[], bigint[], uuid[]) SET plan_cache_mode = force_generic_plan;
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0019_ledger_day_sums")]

    operations = [migrations.RunSQL(LINES)]
