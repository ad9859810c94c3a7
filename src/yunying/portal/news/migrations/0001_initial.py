import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import wagtail.fields
import yunying.portal.news.models.site
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('wagtailcore', '0098_apitoken'),
        ('wagtailimages', '0027_image_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='ArticlePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('language', models.CharField(choices=[('zh-hans', '中文'), ('en', 'English')], default='zh-hans', max_length=10, verbose_name='language')),
                ('published_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='publication time')),
                ('summary', models.TextField(blank=True, max_length=500, verbose_name='key summary')),
                ('body', wagtail.fields.StreamField([('text', 0), ('picture', 3), ('table', 4), ('video', 7)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['h2', 'h3', 'bold', 'italic', 'ol', 'ul', 'link', 'hr'], 'label': 'A text', 'template': 'news/blocks/text.html'}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Picture'}), 2: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 200, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('image', 1), ('caption', 2)]], {}), 4: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'label': 'A table', 'table_options': {'editor': 'text', 'minSpareRows': 0, 'renderer': 'text', 'startCols': 3, 'startRows': 3}, 'template': 'news/blocks/table.html'}), 5: ('wagtail.blocks.URLBlock', (), {'label': 'Address of the player', 'max_length': 500}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'What it shows', 'max_length': 200}), 7: ('wagtail.blocks.StructBlock', [[('address', 5), ('title', 6)]], {})}, verbose_name='body')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='source')),
                ('source_address', models.CharField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])], verbose_name='address of the source')),
                ('author', models.CharField(blank=True, max_length=120, verbose_name='author')),
                ('licence', models.CharField(choices=[('reserved', 'All rights reserved'), ('permitted', "Reprinted with the author's permission"), ('cc-by-4.0', 'CC BY 4.0'), ('cc-by-sa-4.0', 'CC BY-SA 4.0'), ('cc0-1.0', 'CC0 1.0'), ('public', 'Public domain')], default='reserved', max_length=20, verbose_name='licence')),
                ('keywords', models.CharField(blank=True, help_text='Separated by commas.', max_length=200, verbose_name='keywords')),
                ('is_headline', models.BooleanField(default=False, verbose_name='a head line')),
                ('is_recommended', models.BooleanField(default=False, verbose_name='recommended')),
                ('is_picture_story', models.BooleanField(default=False, verbose_name='a picture story')),
                ('takes_odd_text', models.BooleanField(default=False, help_text='Tick it if the check for broken characters is wrong about this article.', verbose_name='let odd text pass')),
                ('lead_picture', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailimages.image', verbose_name='lead picture')),
            ],
            options={
                'indexes': [models.Index(fields=['language', '-published_at'], name='news_articles_newest')],
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='ColumnPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('title_zh', models.CharField(blank=True, max_length=255, verbose_name='title in Chinese')),
                ('summary', models.CharField(blank=True, max_length=300, verbose_name='what it is about')),
                ('summary_zh', models.CharField(blank=True, max_length=300, verbose_name='what it is about, in Chinese')),
                ('layout', wagtail.fields.StreamField([('notice', 2), ('headlines', 6), ('pictures', 7), ('newest', 8), ('most_read', 9), ('recommended', 10), ('products', 11), ('column', 13)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Words', 'max_length': 300}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Words in Chinese', 'max_length': 300, 'required': False}), 2: ('wagtail.blocks.StructBlock', [[('words', 0), ('words_zh', 1)]], {'label': 'Announcement'}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 60, 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Heading in Chinese', 'max_length': 60, 'required': False}), 5: ('wagtail.blocks.IntegerBlock', (), {'default': 6, 'label': 'How many', 'max_value': 24, 'min_value': 1}), 6: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Head lines'}), 7: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Picture stories'}), 8: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Newest'}), 9: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Most read in 30 days'}), 10: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Recommended'}), 11: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Products of the shop'}), 12: ('wagtail.blocks.PageChooserBlock', (), {'label': 'News column', 'page_type': ['news.ColumnPage']}), 13: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5), ('column', 12)]], {'label': 'A column'})}, verbose_name='layout')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='HomePage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('title_zh', models.CharField(blank=True, max_length=255, verbose_name='title in Chinese')),
                ('layout', wagtail.fields.StreamField([('notice', 2), ('headlines', 6), ('pictures', 7), ('newest', 8), ('most_read', 9), ('recommended', 10), ('products', 11), ('column', 13)], blank=True, block_lookup={0: ('wagtail.blocks.CharBlock', (), {'label': 'Words', 'max_length': 300}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Words in Chinese', 'max_length': 300, 'required': False}), 2: ('wagtail.blocks.StructBlock', [[('words', 0), ('words_zh', 1)]], {'label': 'Announcement'}), 3: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 60, 'required': False}), 4: ('wagtail.blocks.CharBlock', (), {'label': 'Heading in Chinese', 'max_length': 60, 'required': False}), 5: ('wagtail.blocks.IntegerBlock', (), {'default': 6, 'label': 'How many', 'max_value': 24, 'min_value': 1}), 6: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Head lines'}), 7: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Picture stories'}), 8: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Newest'}), 9: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Most read in 30 days'}), 10: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Recommended'}), 11: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5)]], {'label': 'Products of the shop'}), 12: ('wagtail.blocks.PageChooserBlock', (), {'label': 'News column', 'page_type': ['news.ColumnPage']}), 13: ('wagtail.blocks.StructBlock', [[('heading', 3), ('heading_zh', 4), ('count', 5), ('column', 12)]], {'label': 'A column'})}, verbose_name='layout')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='InfoPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('title_zh', models.CharField(blank=True, max_length=255, verbose_name='title in Chinese')),
                ('body', wagtail.fields.StreamField([('text', 0), ('picture', 3), ('table', 4), ('video', 7)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['h2', 'h3', 'bold', 'italic', 'ol', 'ul', 'link', 'hr'], 'label': 'A text', 'template': 'news/blocks/text.html'}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Picture'}), 2: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 200, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('image', 1), ('caption', 2)]], {}), 4: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'label': 'A table', 'table_options': {'editor': 'text', 'minSpareRows': 0, 'renderer': 'text', 'startCols': 3, 'startRows': 3}, 'template': 'news/blocks/table.html'}), 5: ('wagtail.blocks.URLBlock', (), {'label': 'Address of the player', 'max_length': 500}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'What it shows', 'max_length': 200}), 7: ('wagtail.blocks.StructBlock', [[('address', 5), ('title', 6)]], {})}, verbose_name='body')),
                ('body_zh', wagtail.fields.StreamField([('text', 0), ('picture', 3), ('table', 4), ('video', 7)], blank=True, block_lookup={0: ('wagtail.blocks.RichTextBlock', (), {'features': ['h2', 'h3', 'bold', 'italic', 'ol', 'ul', 'link', 'hr'], 'label': 'A text', 'template': 'news/blocks/text.html'}), 1: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Picture'}), 2: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 200, 'required': False}), 3: ('wagtail.blocks.StructBlock', [[('image', 1), ('caption', 2)]], {}), 4: ('wagtail.contrib.table_block.blocks.TableBlock', (), {'label': 'A table', 'table_options': {'editor': 'text', 'minSpareRows': 0, 'renderer': 'text', 'startCols': 3, 'startRows': 3}, 'template': 'news/blocks/table.html'}), 5: ('wagtail.blocks.URLBlock', (), {'label': 'Address of the player', 'max_length': 500}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'What it shows', 'max_length': 200}), 7: ('wagtail.blocks.StructBlock', [[('address', 5), ('title', 6)]], {})}, verbose_name='body in Chinese')),
            ],
            options={
                'abstract': False,
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='SiteChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='ArticleText',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='text', serialize=False, to='news.articlepage')),
                ('words', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='ArticleGram',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gram', models.CharField(max_length=3)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grams', to='news.articlepage')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('gram', 'article'), name='news_gram_once')],
            },
        ),
        migrations.CreateModel(
            name='ArticleFavourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.articlepage')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'article'), name='news_favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='ArticleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('hits', models.BigIntegerField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='news.articlepage')),
            ],
            options={
                'indexes': [models.Index(fields=['date', 'article', 'hits'], name='news_hits_by_day')],
                'constraints': [models.UniqueConstraint(fields=('article', 'date'), name='news_day_once')],
            },
        ),
        migrations.CreateModel(
            name='PortalSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name of the portal')),
                ('name_zh', models.CharField(blank=True, max_length=100, verbose_name='name in Chinese')),
                ('shop', models.SlugField(blank=True, help_text='The shop whose products are shown and whose facts tell of readers; empty: the only one.', max_length=63, verbose_name='shop')),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=60, validators=[yunying.portal.news.models.site.zone_known], verbose_name='time zone')),
                ('record_number', models.CharField(blank=True, max_length=60, verbose_name='record number (ICP)')),
                ('police_number', models.CharField(blank=True, max_length=60, verbose_name='record number of the public security')),
                ('licence', models.CharField(blank=True, max_length=120, verbose_name='licence')),
                ('copyright', models.CharField(blank=True, max_length=500, verbose_name='copyright')),
                ('copyright_zh', models.CharField(blank=True, max_length=500, verbose_name='copyright, in Chinese')),
                ('disclaimer', models.CharField(blank=True, max_length=1000, verbose_name='disclaimer')),
                ('disclaimer_zh', models.CharField(blank=True, max_length=1000, verbose_name='disclaimer, in Chinese')),
                ('site', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, to='wagtailcore.site')),
            ],
            options={
                'verbose_name': 'Portal',
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=20)),
                ('words', models.TextField(blank=True, max_length=2000)),
                ('contact', models.CharField(blank=True, max_length=200)),
                ('reported_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('is_open', models.BooleanField(default=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='news.articlepage')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['is_open', 'reported_at'], name='news_reports_open')],
            },
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True)),
                ('made_at', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.articlepage')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'article'), name='news_share_once')],
            },
        ),
        migrations.CreateModel(
            name='ShareVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=32)),
                ('came_at', models.DateTimeField()),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='news.share')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('share', 'reader'), name='news_share_visit_once')],
            },
        ),
    ]
