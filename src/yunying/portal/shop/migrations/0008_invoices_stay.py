"""The database itself refuses to change or delete an invoice."""

from django.db import migrations

from yunying.portal.shop.migrations._triggers import invoices_let_go, invoices_stay


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_reviews_invoices_conversations")]
    operations = [migrations.RunPython(invoices_stay, invoices_let_go)]
