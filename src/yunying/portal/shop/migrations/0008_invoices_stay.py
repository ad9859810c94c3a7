"""The database itself refuses to change or delete an invoice."""

from django.db import migrations

SQLITE = [
    f"""CREATE TRIGGER shop_invoice_no_{deed} BEFORE {deed.upper()} ON shop_invoice
        BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END"""
    for deed in ("update", "delete")
]
POSTGRES = [
    """CREATE FUNCTION shop_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'an invoice is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER shop_invoice_no_change BEFORE UPDATE OR DELETE ON shop_invoice
       FOR EACH ROW EXECUTE FUNCTION shop_invoice_stays()""",
]


def keep(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement)


def let_go(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER shop_invoice_no_update")
        editor.execute("DROP TRIGGER shop_invoice_no_delete")
    else:
        editor.execute("DROP TRIGGER shop_invoice_no_change ON shop_invoice")
        editor.execute("DROP FUNCTION shop_invoice_stays()")


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_reviews_invoices_conversations")]
    operations = [migrations.RunPython(keep, let_go)]
