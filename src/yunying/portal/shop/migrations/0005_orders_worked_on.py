import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('shop', '0004_members'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='message',
            name='about',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='moneytoreturn',
            name='sent_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='carrier',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='order',
            name='language',
            field=models.CharField(default='en', max_length=10),
        ),
        migrations.AddField(
            model_name='orderline',
            name='refunded_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='return',
            name='answer',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['shop', '-placed_at'], name='shop_newest_orders'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['person', '-placed_at'], name='shop_orders_of_a_member'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('due_minor'))), name='shop_line_refund_in_due'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.orderline'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.refund'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.UniqueConstraint(fields=('refund', 'line'), name='shop_refund_line_once'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='shop_refund_line_above_zero'),
        ),
    ]
