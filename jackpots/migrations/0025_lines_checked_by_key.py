"""The check of the lines looks up each transfer and each account by its key alone, whatever the planner believes.

A plan is kept for as long as its connection. One that was made while the ledger was next to empty joined with all
transfers at every batch, until statistics came. A subquery of one key leaves no such choice.
"""

from django.db import migrations

LINES = """
CREATE OR REPLACE FUNCTION jackpots_lines_balance() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    wrong uuid;
    their_month date;
BEGIN
    SELECT a.transfer_id INTO wrong
    FROM added a
    LEFT JOIN LATERAL (SELECT * FROM jackpots_transfer WHERE id = a.transfer_id OFFSET 0) t ON true
    LEFT JOIN LATERAL (SELECT * FROM jackpots_account WHERE id = a.account_id OFFSET 0) k ON true
    GROUP BY a.transfer_id
    HAVING sum(a.amount_micros) <> 0 OR count(t.id) <> max(t.line_count) OR count(k.id) <> count(*) OR count(t.id) <> count(*)
        OR NOT bool_and(t.operator_id = a.operator_id AND t.occurred_at = a.occurred_at AND k.operator_id = a.operator_id
            AND k.instance_id = t.instance_id AND k.currency = t.currency)
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer % does not balance with the lines that were added', wrong USING ERRCODE = 'check_violation';
    END IF;
    FOR their_month IN SELECT DISTINCT month FROM added LOOP
        SELECT a.transfer_id INTO wrong
        FROM (SELECT DISTINCT transfer_id FROM added WHERE month = their_month) a
        WHERE (SELECT count(*) FROM jackpots_line l WHERE l.transfer_id = a.transfer_id AND l.month = their_month)
            <> (SELECT t.line_count FROM jackpots_transfer t WHERE t.id = a.transfer_id)
        LIMIT 1;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'transfer % has its lines already', wrong USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("jackpots", "0024_settlements_stay_as_they_are")]

    operations = [migrations.RunSQL(LINES)]
