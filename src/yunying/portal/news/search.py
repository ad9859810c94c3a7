"""Finding articles by their words, two characters of Chinese too; and what to offer while somebody types."""

from collections import Counter
from collections.abc import Iterable

from bs4 import BeautifulSoup
from django.db import transaction
from django.db.models import QuerySet

from yunying.portal.grams import folded, grams_of, grams_sought
from yunying.portal.news.models import ArticleGram, ArticlePage, ArticleText

MOST_FOUND, MOST_WORDS, MOST_CHARS = 500, 8, 20_000


def articles_found(articles: QuerySet[ArticlePage], words: str) -> tuple[list[int], bool]:
    """Of some articles those with all the words, newest first, and whether there are more than are shown."""
    wanted = folded(words).split()[:MOST_WORDS]
    grams = sorted({gram for word in wanted for gram in grams_sought(word)}, key=len, reverse=True)
    if not grams:
        return [], False
    for gram in grams[:24]:
        articles = articles.filter(pk__in=ArticleGram.objects.filter(gram=gram).values("article"))
    rows = articles.order_by("-published_at", "-pk").values_list("pk", "text__words")[: MOST_FOUND + 1]
    # Grams that stand in another order are sorted out here, by the same folding on every database.
    found = [(pk, text or "") for pk, text in rows]
    return [pk for pk, text in found[:MOST_FOUND] if all(word in text for word in wanted)], len(found) > MOST_FOUND


def words_offered(articles: QuerySet[ArticlePage], begun: str) -> list[str]:
    """Keywords and titles that go on as somebody began; the most used first."""
    begun = folded(begun).strip()[:40]
    if not begun:
        return []
    found = articles_found(articles, begun)[0][:60]
    rows = ArticlePage.objects.filter(pk__in=found).values_list("title", "keywords")
    offered: Counter[str] = Counter()
    for title, keywords in rows:
        offered.update(word for word in keywords_of(keywords) if begun in folded(word))
        offered.update([title] if begun in folded(title) else [])
    return [word for word, _count in sorted(offered.items(), key=lambda each: (-each[1], len(each[0]), each[0]))][:8]


def keywords_of(text: str) -> list[str]:
    """The keywords of a field, by either comma."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return [part.strip() for part in parts if part.strip()]


def article_index(article: ArticlePage) -> None:
    """Write the words of an article anew, so that it is found by what it says now."""
    words = folded(article_words(article))
    with transaction.atomic():
        article_forget(article)
        ArticleText.objects.create(article=article, words=words)
        ArticleGram.objects.bulk_create(
            [ArticleGram(article=article, gram=gram) for gram in sorted(grams_of(words))], batch_size=2_000
        )


def article_forget(article: ArticlePage) -> None:
    """Let search find an article no more."""
    ArticleGram.objects.filter(article=article).delete()
    ArticleText.objects.filter(article=article).delete()


def article_words(article: ArticlePage) -> str:
    """All that an article says, as plain text."""
    head = [article.title, article.summary, article.keywords, article.author, article.source]
    return "\n".join([*head, *_body_words(article)])[:MOST_CHARS]


def _body_words(article: ArticlePage) -> Iterable[str]:
    for block in article.body:
        if block.block_type == "text":
            yield BeautifulSoup(block.value.source, "html.parser").get_text(" ")
        elif block.block_type == "picture":
            yield block.value["caption"]
        elif block.block_type == "video":
            yield block.value["title"]
        elif block.block_type == "table":
            yield " ".join(str(cell or "") for row in block.value.get("data", []) for cell in row)
