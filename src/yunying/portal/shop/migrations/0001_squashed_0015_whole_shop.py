"""The whole shop in one step, for an empty database: every table with its indexes and constraints at once.

Django draws all models anew at each step of a migration, so the fifteen that this one stands for cost a new home three
times as long. A home that has run some of them goes on with them; nothing is lost by either way.
"""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from yunying.portal.shop.migrations._triggers import (
    catalogue_let_go,
    catalogue_watched,
    invoices_let_go,
    invoices_stay,
)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("shop", "0001_initial"),
        ("shop", "0002_commands"),
        ("shop", "0003_pictures_attributes_search"),
        ("shop", "0004_members"),
        ("shop", "0005_orders_worked_on"),
        ("shop", "0006_stock_takes"),
        ("shop", "0007_reviews_invoices_conversations"),
        ("shop", "0008_invoices_stay"),
        ("shop", "0009_indexes_of_what_is_listed"),
        ("shop", "0010_facts"),
        ("shop", "0011_slots"),
        ("shop", "0012_tracking"),
        ("shop", "0013_refunds_of_shipping"),
        ("shop", "0014_counts_of_long_lists"),
        ("shop", "0015_catalogue_version"),
    ]
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=63, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('currency', models.CharField(max_length=3)),
                ('time_zone', models.CharField(max_length=60)),
                ('tax_rate', models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ('prices_hold_tax', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('tax_rate__gte', 0), ('tax_rate__lt', 1)), name='shop_tax_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('phone', models.CharField(max_length=40)),
                ('email', models.EmailField(blank=True, db_index=True, max_length=254)),
                ('country', models.CharField(max_length=2)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('city', models.CharField(max_length=100)),
                ('district', models.CharField(blank=True, max_length=100)),
                ('street', models.CharField(max_length=300)),
                ('postcode', models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='PaymentNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=30)),
                ('identity', models.CharField(max_length=120)),
                ('reference', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=10)),
                ('charge', models.CharField(blank=True, max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('received_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'identity'), name='shop_notice_counts_once')],
            },
        ),
        migrations.CreateModel(
            name='MoneyToReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=30)),
                ('charge', models.CharField(max_length=80)),
                ('reference', models.CharField(max_length=40)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(max_length=20)),
                ('noticed_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'charge'), name='shop_charge_goes_back_once')],
            },
        ),
        migrations.CreateModel(
            name='SimulatedCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=40, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(default='open', max_length=10)),
                ('charges', models.JSONField(default=list)),
                ('refunds', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='CatalogueChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('email', models.EmailField(max_length=254, null=True, unique=True)),
                ('proven_at', models.DateTimeField(null=True)),
                ('joined_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SavedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(max_length=100)),
                ('phone', models.CharField(max_length=40)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('country', models.CharField(max_length=2)),
                ('region', models.CharField(blank=True, max_length=100)),
                ('city', models.CharField(max_length=100)),
                ('district', models.CharField(blank=True, max_length=100)),
                ('street', models.CharField(max_length=300)),
                ('postcode', models.CharField(blank=True, max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name='EventCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('minute', models.DateTimeField()),
                ('count', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'minute'), name='shop_event_minute_once')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='shop.shop')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='shop.category')),
                ('slug', models.SlugField(max_length=63)),
                ('title', models.CharField(max_length=100)),
                ('title_zh', models.CharField(blank=True, max_length=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'slug'), name='shop_category_once'), models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='shop_category_not_in_itself')],
            },
        ),
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('token', models.CharField(max_length=43, unique=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('coupon_code', models.CharField(blank=True, max_length=40)),
                ('is_open', models.BooleanField(default=True)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ShippingMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipping_methods', to='shop.shop')),
                ('title', models.CharField(max_length=100)),
                ('title_zh', models.CharField(blank=True, max_length=100)),
                ('fee_minor', models.BigIntegerField()),
                ('free_from_minor', models.BigIntegerField(null=True)),
                ('cost_minor', models.BigIntegerField(null=True)),
                ('countries', models.CharField(blank=True, max_length=800)),
                ('is_offered', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0)), name='shop_fee_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coupons', to='shop.shop')),
                ('code', models.CharField(max_length=40)),
                ('off_minor', models.BigIntegerField(default=0)),
                ('off_rate', models.DecimalField(decimal_places=4, default=0, max_digits=5)),
                ('minimum_minor', models.BigIntegerField(default=0)),
                ('most_uses', models.PositiveIntegerField()),
                ('most_each', models.PositiveIntegerField(null=True)),
                ('used', models.IntegerField(default=0)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'code'), name='shop_coupon_once'), models.CheckConstraint(condition=models.Q(('used__gte', 0), ('used__lte', models.F('most_uses'))), name='shop_coupon_limit'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='shop_coupon_holds_a_while'), models.CheckConstraint(condition=models.Q(models.Q(('off_minor__gt', 0), ('off_rate', 0)), models.Q(('off_minor', 0), ('off_rate__gt', 0), ('off_rate__lt', 1)), _connector='OR'), name='shop_coupon_amount_or_share')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shop')),
                ('year', models.PositiveIntegerField()),
                ('last', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'year'), name='shop_one_count_a_year')],
            },
        ),
        migrations.CreateModel(
            name='ClosedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('date', models.DateField()),
                ('closed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'date'), name='shop_day_closes_once')],
            },
        ),
        migrations.CreateModel(
            name='BooksHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('problems', models.JSONField()),
                ('begun_at', models.DateTimeField()),
                ('checked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('shop',), name='shop_one_open_hold')],
            },
        ),
        migrations.CreateModel(
            name='AppliedCommand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shop')),
                ('key', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=30)),
                ('params', models.JSONField()),
                ('result', models.JSONField(default=dict)),
                ('what', models.CharField(max_length=300)),
                ('applied_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'key'), name='shop_command_once')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('to', models.EmailField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField()),
                ('about', models.CharField(blank=True, max_length=60)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('made_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'id'], name='shop_messages_to_send')],
            },
        ),
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='shop.shop')),
                ('slug', models.SlugField(max_length=40)),
                ('title', models.CharField(max_length=60)),
                ('title_zh', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'slug'), name='shop_attribute_once')],
            },
        ),
        migrations.CreateModel(
            name='PurchaseOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shop')),
                ('number', models.CharField(max_length=60)),
                ('supplier', models.CharField(blank=True, max_length=100)),
                ('promised_date', models.DateField(null=True)),
                ('ordered_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'number'), name='shop_purchase_once')],
            },
        ),
        migrations.CreateModel(
            name='SlotPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('slot', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=64)),
                ('explore_rate', models.FloatField(default=0.0)),
                ('set_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'slot', '-id'], name='shop_slot_plans')],
                'constraints': [models.CheckConstraint(condition=models.Q(('explore_rate__gte', 0), ('explore_rate__lte', 1)), name='shop_explore_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='StockTake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stock_takes', to='shop.shop')),
                ('title', models.CharField(max_length=100)),
                ('state', models.CharField(default='open', max_length=10)),
                ('begun_by', models.CharField(max_length=150)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='BotCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('date', models.DateField()),
                ('name', models.CharField(max_length=120)),
                ('count', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'date', 'name'), name='shop_bot_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='products', to='shop.shop')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='shop.category')),
                ('slug', models.SlugField(max_length=80)),
                ('title', models.CharField(max_length=200)),
                ('title_zh', models.CharField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('description_zh', models.TextField(blank=True)),
                ('style', models.CharField(blank=True, max_length=60)),
                ('brand', models.CharField(blank=True, max_length=100)),
                ('supplier', models.CharField(blank=True, max_length=100)),
                ('is_listed', models.BooleanField(default=True)),
                ('listed_at', models.DateTimeField()),
                ('lowest_minor', models.BigIntegerField(null=True)),
                ('stars_sum', models.PositiveIntegerField(default=0)),
                ('stars_count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('is_listed', True)), fields=['shop', '-listed_at', '-id'], name='shop_newest_products'), models.Index(condition=models.Q(('is_listed', True)), fields=['shop', 'lowest_minor', 'id'], name='shop_cheapest_products'), models.Index(condition=models.Q(('is_listed', True)), fields=['category', '-listed_at', '-id'], name='shop_newest_of_a_category'), models.Index(condition=models.Q(('is_listed', True)), fields=['shop', 'brand', 'style', 'id'], name='shop_products_by_brand'), models.Index(condition=models.Q(('is_listed', True)), fields=['shop', 'style', 'brand', 'id'], name='shop_products_by_style')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'slug'), name='shop_product_once')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='shop.shop')),
                ('number', models.CharField(max_length=20)),
                ('token', models.CharField(max_length=43, unique=True)),
                ('key', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('basket', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='order', to='shop.basket')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(default='placed', max_length=10)),
                ('currency', models.CharField(max_length=3)),
                ('goods_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('shipping_minor', models.BigIntegerField(default=0)),
                ('tax_minor', models.BigIntegerField(default=0)),
                ('total_minor', models.BigIntegerField()),
                ('paid_minor', models.BigIntegerField(default=0)),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('address', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.address')),
                ('shipping_method', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shippingmethod')),
                ('coupon_code', models.CharField(blank=True, max_length=40)),
                ('provider', models.CharField(max_length=30)),
                ('language', models.CharField(default='en', max_length=10)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('carrier', models.CharField(blank=True, max_length=60)),
                ('tracking', models.CharField(blank=True, max_length=100)),
                ('cancel_reason', models.CharField(blank=True, max_length=30)),
                ('placed_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(null=True)),
                ('shipped_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'state', '-placed_at'], name='shop_orders_by_state'), models.Index(fields=['shop', '-placed_at'], name='shop_newest_orders'), models.Index(fields=['person', '-placed_at'], name='shop_orders_of_a_member')],
                'constraints': [models.UniqueConstraint(fields=('shop', 'key'), name='shop_key_places_one_order'), models.UniqueConstraint(fields=('shop', 'number'), name='shop_order_number_once'), models.CheckConstraint(condition=models.Q(('total_minor__gte', 0)), name='shop_total_not_negative'), models.CheckConstraint(condition=models.Q(('discount_minor__gte', 0), ('discount_minor__lte', models.F('goods_minor'))), name='shop_discount_in_goods'), models.CheckConstraint(condition=models.Q(('paid_minor', 0), ('paid_minor', models.F('total_minor')), _connector='OR'), name='shop_paid_whole_or_not'), models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('paid_minor'))), name='shop_no_more_refunded_than_paid')],
            },
        ),
        migrations.CreateModel(
            name='ListCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.category')),
                ('products', models.PositiveIntegerField()),
                ('facets', models.JSONField()),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'category'), name='shop_list_counted_once')],
            },
        ),
        migrations.CreateModel(
            name='BasketVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basket', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='visit', to='shop.basket')),
                ('visitor', models.CharField(max_length=32)),
                ('session', models.CharField(max_length=32)),
                ('channel', models.CharField(blank=True, max_length=60)),
                ('campaign', models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shop')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='shop.product')),
                ('sku', models.CharField(max_length=60)),
                ('title', models.CharField(blank=True, max_length=100)),
                ('title_zh', models.CharField(blank=True, max_length=100)),
                ('cost_minor', models.BigIntegerField(default=0)),
                ('is_listed', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'sku'), name='shop_sku_once'), models.CheckConstraint(condition=models.Q(('cost_minor__gte', 0)), name='shop_cost_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='features', to='shop.shop')),
                ('slot', models.SlugField(max_length=40)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.product')),
                ('position', models.PositiveIntegerField()),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'slot', 'product'), name='shop_feature_once')],
            },
        ),
        migrations.CreateModel(
            name='CouponUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('coupon', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='shop.coupon')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='coupon_use', to='shop.order')),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('given_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='shop.order')),
                ('key', models.CharField(max_length=64)),
                ('state', models.CharField(default='asked', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'key'), name='shop_return_once')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='shop.order')),
                ('provider', models.CharField(max_length=30)),
                ('reference', models.CharField(max_length=40, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(default='begun', max_length=10)),
                ('charge', models.CharField(blank=True, max_length=80)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('begun', 'paid'))), fields=('order',), name='shop_one_payment_counts'), models.UniqueConstraint(condition=models.Q(('charge', ''), _negated=True), fields=('provider', 'charge'), name='shop_charge_pays_once')],
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='shop.shop')),
                ('token', models.CharField(max_length=43, unique=True)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conversations', to='shop.order')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('language', models.CharField(default='en', max_length=10)),
                ('state', models.CharField(default='open', max_length=10)),
                ('begun_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['shop', 'state', 'changed_at'], name='shop_conversations_by_state')],
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pictures', to='shop.product')),
                ('digest', models.CharField(max_length=64)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('position', models.PositiveIntegerField()),
                ('words', models.CharField(blank=True, max_length=200)),
                ('words_zh', models.CharField(blank=True, max_length=200)),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('product', 'digest'), name='shop_picture_once')],
            },
        ),
        migrations.CreateModel(
            name='ProductAttribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='shop.product')),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='shop.attribute')),
                ('value', models.CharField(max_length=60)),
                ('value_zh', models.CharField(blank=True, max_length=60)),
            ],
            options={
                'indexes': [models.Index(fields=['attribute', 'value', 'product'], name='shop_products_by_value'), models.Index(fields=['product', 'attribute', 'value', 'value_zh'], name='shop_values_of_a_product')],
                'constraints': [models.UniqueConstraint(fields=('product', 'attribute'), name='shop_one_value_of_an_attribute'), models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='shop_attribute_has_a_value')],
            },
        ),
        migrations.CreateModel(
            name='SearchGram',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('gram', models.CharField(max_length=3)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grams', to='shop.product')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'gram', 'product'), name='shop_gram_once')],
            },
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.shop')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.product')),
                ('kept_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'product'), name='shop_favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='SlotChance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chances', to='shop.slotplan')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.product')),
                ('weight', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('plan', 'product'), name='shop_slot_chance_once'), models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='shop_slot_weight_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reservation', to='shop.order')),
                ('state', models.CharField(default='held', max_length=10)),
                ('expires_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'expires_at'], name='shop_reservations_to_end')],
            },
        ),
        migrations.CreateModel(
            name='BundlePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='shop.variant')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
                ('quantity', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bundle', 'part'), name='shop_part_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shop_part_has_quantity'), models.CheckConstraint(condition=models.Q(('bundle', models.F('part')), _negated=True), name='shop_bundle_not_in_itself')],
            },
        ),
        migrations.CreateModel(
            name='ListPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='shop.variant')),
                ('price_minor', models.BigIntegerField()),
                ('crossed_out_minor', models.BigIntegerField(null=True)),
                ('starts_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'starts_at'), name='shop_one_price_at_a_time'), models.CheckConstraint(condition=models.Q(('price_minor__gt', 0)), name='shop_price_above_zero'), models.CheckConstraint(condition=models.Q(('crossed_out_minor', None), ('crossed_out_minor__gt', models.F('price_minor')), _connector='OR'), name='shop_crossed_out_above_price')],
            },
        ),
        migrations.CreateModel(
            name='BasketLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.basket')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shop.variant')),
                ('quantity', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('basket', 'variant'), name='shop_basket_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('quantity__lte', 999)), name='shop_basket_quantity')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='shop.order')),
                ('position', models.PositiveIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
                ('sku', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=310)),
                ('title_zh', models.CharField(blank=True, max_length=310)),
                ('quantity', models.PositiveIntegerField()),
                ('unit_price_minor', models.BigIntegerField()),
                ('unit_cost_minor', models.BigIntegerField()),
                ('due_minor', models.BigIntegerField()),
                ('returned', models.PositiveIntegerField(default=0)),
                ('refunded_minor', models.BigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['variant', 'unit_price_minor'], name='shop_prices_charged')],
                'constraints': [models.UniqueConstraint(fields=('order', 'position'), name='shop_order_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shop_line_has_quantity'), models.CheckConstraint(condition=models.Q(('returned__lte', models.F('quantity'))), name='shop_no_more_returned_than_bought'), models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('due_minor'))), name='shop_line_refund_in_due')],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='shop.payment')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('shipping_minor', models.BigIntegerField(default=0)),
                ('state', models.CharField(default='asked', max_length=10)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'asked_at'], name='shop_refunds_to_do')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='shop_refund_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='shop.conversation')),
                ('by', models.CharField(blank=True, max_length=150)),
                ('text', models.TextField()),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PurchaseOrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purchase', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.purchaseorder')),
                ('position', models.PositiveIntegerField()),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
                ('quantity', models.PositiveIntegerField()),
                ('unit_cost', models.DecimalField(decimal_places=6, max_digits=18)),
                ('received', models.PositiveIntegerField(default=0)),
                ('cancelled', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('purchase', 'position'), name='shop_purchase_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_cost__gte', 0)), name='shop_purchase_has_quantity'), models.CheckConstraint(condition=models.Q(('received__lte', django.db.models.expressions.CombinedExpression(models.F('quantity'), '-', models.F('cancelled')))), name='shop_no_more_received_than_ordered')],
            },
        ),
        migrations.CreateModel(
            name='Stock',
            fields=[
                ('variant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stock', serialize=False, to='shop.variant')),
                ('on_hand', models.BigIntegerField(default=0)),
                ('reserved', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('on_hand__gte', 0)), name='shop_stock_not_negative'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0), ('reserved__lte', models.F('on_hand'))), name='shop_no_more_reserved_than_there_is')],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='shop.variant')),
                ('change', models.BigIntegerField()),
                ('reason', models.CharField(max_length=20)),
                ('reference', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('variant', 'reason', 'reference'), name='shop_movement_once'), models.CheckConstraint(condition=models.Q(('change', 0), _negated=True), name='shop_movement_moves')],
            },
        ),
        migrations.CreateModel(
            name='ReservationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reservation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.reservation')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
                ('quantity', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reservation', 'variant'), name='shop_reserved_item_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shop_reserved_quantity')],
            },
        ),
        migrations.CreateModel(
            name='StockTakeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('take', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.stocktake')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.variant')),
                ('expected', models.BigIntegerField(null=True)),
                ('counted', models.PositiveIntegerField(null=True)),
                ('counted_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('take', 'variant'), name='shop_counted_variant_once'), models.CheckConstraint(condition=models.Q(models.Q(('counted', None), ('expected', None)), models.Q(('counted__isnull', False), ('expected__isnull', False)), _connector='OR'), name='shop_counted_against_what_was_there')],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_back', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.return')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.orderline')),
                ('quantity', models.PositiveIntegerField()),
                ('amount_minor', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sent_back', 'line'), name='shop_return_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shop_return_has_quantity')],
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='shop.refund')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.orderline')),
                ('amount_minor', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('refund', 'line'), name='shop_refund_line_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='shop_refund_line_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='shop.shop')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='shop.product')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='shop.orderline')),
                ('stars', models.PositiveSmallIntegerField()),
                ('text', models.CharField(blank=True, max_length=2000)),
                ('name', models.CharField(blank=True, max_length=40)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=1000)),
                ('written_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['product', 'state', '-written_at'], name='shop_reviews_of_a_product'), models.Index(fields=['shop', 'state', 'written_at'], name='shop_reviews_to_read')],
                'constraints': [models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='shop_one_to_five_stars')],
            },
        ),
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('shop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shop.shop')),
                ('year', models.PositiveIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='shop.order')),
                ('refund', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='credit_note', to='shop.refund')),
                ('total_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('content', models.JSONField()),
                ('issued_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shop', 'year', 'number'), name='shop_invoice_number_once'), models.UniqueConstraint(condition=models.Q(('refund', None)), fields=('order',), name='shop_one_invoice_an_order')],
            },
        ),
        migrations.CreateModel(
            name='OrderPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='shop.order')),
                ('order_line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='shop.orderline')),
                ('line', models.CharField(max_length=20)),
                ('kind', models.CharField(max_length=10)),
                ('product', models.CharField(max_length=60)),
                ('quantity', models.PositiveIntegerField()),
                ('goods_minor', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('unit_cost_minor', models.BigIntegerField()),
                ('refunded_minor', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('order', 'line'), name='shop_order_part_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='shop_part_has_units'), models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('amount_minor'))), name='shop_part_not_refunded_above_its_amount')],
            },
        ),
        migrations.RunPython(invoices_stay, invoices_let_go),
        migrations.RunPython(catalogue_watched, catalogue_let_go),
    ]
