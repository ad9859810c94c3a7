"""Whoever is erased leaves his invoices: the database lets their ``to`` become empty, and nothing else of them change."""

from django.db import migrations

SQLITE = [
    "DROP TRIGGER shop_invoice_no_update",
    """CREATE TRIGGER shop_invoice_no_update BEFORE UPDATE ON shop_invoice
       WHEN NEW.id IS NOT OLD.id OR NEW.shop_id IS NOT OLD.shop_id OR NEW.year IS NOT OLD.year
         OR NEW.number IS NOT OLD.number OR NEW.order_id IS NOT OLD.order_id OR NEW.refund_id IS NOT OLD.refund_id
         OR NEW.total_minor IS NOT OLD.total_minor OR NEW.tax_minor IS NOT OLD.tax_minor
         OR NEW.issued_at IS NOT OLD.issued_at
         OR json_extract(NEW.content, '$.to') IS NOT '[]'
         OR json_remove(NEW.content, '$.to') IS NOT json_remove(OLD.content, '$.to')
       BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER shop_invoice_no_update",
    """CREATE TRIGGER shop_invoice_no_update BEFORE UPDATE ON shop_invoice
       BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END""",
]
POSTGRES = [
    """CREATE OR REPLACE FUNCTION shop_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' AND NEW.content->'to' = '[]'::jsonb
            AND NEW.content - 'to' = OLD.content - 'to'
            AND to_jsonb(NEW) - 'content' = to_jsonb(OLD) - 'content' THEN
           RETURN NEW;
         END IF;
         RAISE EXCEPTION 'an invoice is never changed' USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
]
POSTGRES_BACK = [
    """CREATE OR REPLACE FUNCTION shop_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'an invoice is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
]


def names_may_go(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement)


def names_stay(apps, editor):
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRES_BACK:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_squashed_0015_whole_shop")]
    operations = [migrations.RunPython(names_may_go, names_stay)]
