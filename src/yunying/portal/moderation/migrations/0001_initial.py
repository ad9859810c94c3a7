import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='KindRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('kind', models.CharField(max_length=20)),
                ('mode', models.CharField(max_length=10)),
                ('hold_from', models.FloatField(default=0.5)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'kind'), name='moderation_rule_once'), models.CheckConstraint(condition=models.Q(('mode__in', ('before', 'after'))), name='moderation_known_mode'), models.CheckConstraint(condition=models.Q(('hold_from__gte', 0), ('hold_from__lte', 1)), name='moderation_hold_share')],
            },
        ),
        migrations.CreateModel(
            name='LearnedModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('content', models.BinaryField()),
                ('decisions', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['site', '-id'], name='moderation_newest_model')],
            },
        ),
        migrations.CreateModel(
            name='RateCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('window', models.DateTimeField()),
                ('count', models.IntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['window'], name='moderation_rate_windows')],
                'constraints': [models.UniqueConstraint(fields=('key', 'window'), name='moderation_rate_once')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('kind', models.CharField(max_length=20)),
                ('place', models.CharField(max_length=100)),
                ('name', models.CharField(blank=True, max_length=150)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('text', models.TextField()),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('flags', models.JSONField(default=list)),
                ('probability', models.FloatField(null=True)),
                ('made_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('reason', models.CharField(blank=True, max_length=40)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('appeal', models.CharField(blank=True, max_length=1000)),
                ('appealed_at', models.DateTimeField(null=True)),
                ('reports', models.PositiveIntegerField(default=0)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['site', 'state', '-made_at'], name='moderation_queue'), models.Index(fields=['person', '-made_at'], name='moderation_of_a_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'shown', 'hidden'))), name='moderation_known_state'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('decided_at__isnull', False), _connector='OR'), name='moderation_decided_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='SketchHash',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('value', models.BigIntegerField()),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sketch', to='moderation.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['site', 'value'], name='moderation_sketch_values')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=40)),
                ('made_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='moderation.submission')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('submission', 'person'), name='moderation_report_once')],
            },
        ),
        migrations.CreateModel(
            name='LinkedHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('host', models.CharField(max_length=253)),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hosts', to='moderation.submission')),
            ],
            options={
                'indexes': [models.Index(fields=['site', 'host'], name='moderation_hosts')],
            },
        ),
        migrations.CreateModel(
            name='WordList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('kind', models.CharField(max_length=20)),
                ('words', models.TextField(blank=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'kind'), name='moderation_list_once'), models.CheckConstraint(condition=models.Q(('kind__in', ('advertising', 'watched', 'forbidden'))), name='moderation_known_list')],
            },
        ),
        migrations.CreateModel(
            name='MemberTrust',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.SlugField(max_length=63)),
                ('since', models.DateTimeField()),
                ('given_level', models.PositiveSmallIntegerField(null=True)),
                ('shown', models.PositiveIntegerField(default=0)),
                ('hidden', models.PositiveIntegerField(default=0)),
                ('first_day_threads', models.PositiveIntegerField(default=0)),
                ('first_day_replies', models.PositiveIntegerField(default=0)),
                ('last_post_at', models.DateTimeField()),
                ('last_thread_at', models.DateTimeField()),
                ('silenced_at', models.DateTimeField(null=True)),
                ('silenced_for', models.CharField(blank=True, max_length=40)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('site', 'person'), name='moderation_trust_once'), models.CheckConstraint(condition=models.Q(('given_level', None), ('given_level__lte', 4), _connector='OR'), name='moderation_level_to_four')],
            },
        ),
    ]
