"""What the database itself does for the shop: an invoice stays as it is, and the catalogue's version moves.

Whatever a page of the catalogue shows bumps that version in the transaction of the change itself, so no writer can
forget it. PostgreSQL appends a row for each statement: appending waits for
nobody, where a counter would make all check-outs wait for each other. SQLite has one writer at a time, so there it is a
counter. Of stock only what a page tells is a change: how many are left when few are, and that there is some or none.
"""

INVOICES_SQLITE = [
    f"""CREATE TRIGGER shop_invoice_no_{deed} BEFORE {deed.upper()} ON shop_invoice
        BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END"""
    for deed in ("update", "delete")
]
INVOICES_POSTGRES = [
    """CREATE FUNCTION shop_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'an invoice is never changed' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER shop_invoice_no_change BEFORE UPDATE OR DELETE ON shop_invoice
       FOR EACH ROW EXECUTE FUNCTION shop_invoice_stays()""",
]


def invoices_stay(apps, editor):
    for statement in INVOICES_SQLITE if editor.connection.vendor == "sqlite" else INVOICES_POSTGRES:
        editor.execute(statement)


def invoices_let_go(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER shop_invoice_no_update")
        editor.execute("DROP TRIGGER shop_invoice_no_delete")
    else:
        editor.execute("DROP TRIGGER shop_invoice_no_change ON shop_invoice")
        editor.execute("DROP FUNCTION shop_invoice_stays()")


SHOWN = (
    "shop", "category", "product", "variant", "bundlepart", "listprice", "feature", "slotplan", "slotchance", "picture",
    "attribute", "productattribute", "review",
)  # fmt: skip
FEW = 6
CATALOGUE_SQLITE = [
    "INSERT INTO shop_cataloguechange (number, at) VALUES (0, CURRENT_TIMESTAMP)",
    *(
        f"""CREATE TRIGGER shop_{table}_shown_{deed} AFTER {deed.upper()} ON shop_{table}
            BEGIN UPDATE shop_cataloguechange SET number = number + 1; END"""
        for table in SHOWN
        for deed in ("insert", "update", "delete")
    ),
    f"""CREATE TRIGGER shop_stock_shown_update AFTER UPDATE ON shop_stock
        WHEN OLD.on_hand - OLD.reserved <> NEW.on_hand - NEW.reserved
        AND min(OLD.on_hand - OLD.reserved, NEW.on_hand - NEW.reserved) <
            {FEW} * (SELECT coalesce(max(quantity), 1) FROM shop_bundlepart WHERE part_id = NEW.variant_id)
        BEGIN UPDATE shop_cataloguechange SET number = number + 1; END""",
    """CREATE TRIGGER shop_stock_shown_insert AFTER INSERT ON shop_stock
       BEGIN UPDATE shop_cataloguechange SET number = number + 1; END""",
]
CATALOGUE_POSTGRES = [
    """CREATE FUNCTION shop_catalogue_changed() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN INSERT INTO shop_cataloguechange (number, at) VALUES (floor(random() * 9007199254740992), clock_timestamp()); RETURN NULL; END $$""",
    f"""CREATE FUNCTION shop_stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF least(OLD.on_hand - OLD.reserved, NEW.on_hand - NEW.reserved) <
             {FEW} * (SELECT coalesce(max(quantity), 1) FROM shop_bundlepart WHERE part_id = NEW.variant_id) THEN
            INSERT INTO shop_cataloguechange (number, at) VALUES (floor(random() * 9007199254740992), clock_timestamp());
          END IF;
          RETURN NULL;
        END $$""",
    *(
        f"""CREATE TRIGGER shop_{table}_shown AFTER INSERT OR UPDATE OR DELETE ON shop_{table}
            FOR EACH STATEMENT EXECUTE FUNCTION shop_catalogue_changed()"""
        for table in SHOWN
    ),
    """CREATE TRIGGER shop_stock_shown AFTER UPDATE ON shop_stock FOR EACH ROW
       WHEN (OLD.on_hand - OLD.reserved <> NEW.on_hand - NEW.reserved) EXECUTE FUNCTION shop_stock_changed()""",
    """CREATE TRIGGER shop_stock_shown_new AFTER INSERT ON shop_stock
       FOR EACH STATEMENT EXECUTE FUNCTION shop_catalogue_changed()""",
]


def catalogue_watched(apps, editor):
    for statement in CATALOGUE_SQLITE if editor.connection.vendor == "sqlite" else CATALOGUE_POSTGRES:
        editor.execute(statement)


def catalogue_let_go(apps, editor):
    if editor.connection.vendor == "sqlite":
        for table in SHOWN:
            for deed in ("insert", "update", "delete"):
                editor.execute(f"DROP TRIGGER shop_{table}_shown_{deed}")
        editor.execute("DROP TRIGGER shop_stock_shown_update")
        editor.execute("DROP TRIGGER shop_stock_shown_insert")
    else:
        editor.execute("DROP FUNCTION shop_catalogue_changed() CASCADE")
        editor.execute("DROP FUNCTION shop_stock_changed() CASCADE")
