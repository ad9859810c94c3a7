"""Whatever a page of the catalogue shows bumps the catalogue's version; the statements tell how."""

from django.db import migrations, models

from yunying.portal.shop.migrations._triggers import catalogue_let_go, catalogue_watched


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_counts_of_long_lists")]
    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(catalogue_watched, catalogue_let_go),
    ]
