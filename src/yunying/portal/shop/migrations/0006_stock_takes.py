import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0005_orders_worked_on'),
    ]

    operations = [
        migrations.CreateModel(
            name='StockTake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100)),
                ('state', models.CharField(default='open', max_length=10)),
                ('begun_by', models.CharField(max_length=150)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='StockTakeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expected', models.BigIntegerField(null=True)),
                ('counted', models.PositiveIntegerField(null=True)),
                ('counted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='stocktake',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stock_takes', to='shop.shop'),
        ),
        migrations.AddField(
            model_name='stocktakeline',
            name='take',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.stocktake'),
        ),
        migrations.AddField(
            model_name='stocktakeline',
            name='variant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant'),
        ),
        migrations.AddConstraint(
            model_name='stocktakeline',
            constraint=models.UniqueConstraint(fields=('take', 'variant'), name='shop_counted_variant_once'),
        ),
        migrations.AddConstraint(
            model_name='stocktakeline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted', None), ('expected', None)), models.Q(('counted__isnull', False), ('expected__isnull', False)), _connector='OR'), name='shop_counted_against_what_was_there'),
        ),
    ]
