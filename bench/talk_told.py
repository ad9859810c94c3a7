"""After a site was killed: compares what people heard with the database and the facts; talk_told.py FILE."""

import json
import os
import sys
from collections import Counter
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "yunying.config.settings"

import django

django.setup()

from django.utils import timezone  # noqa: E402

from yunying.accounts.people import Person  # noqa: E402
from yunying.inbox.box import inbox_state  # noqa: E402
from yunying.loop.home import Home  # noqa: E402
from yunying.loop.inbox_drain import inbox_drain  # noqa: E402
from yunying.portal.community.models import Post  # noqa: E402
from yunying.portal.moderation.models import Submission  # noqa: E402
from yunying.portal.shop.models import Member  # noqa: E402

HOME, SITE = Home(Path(os.environ["YUNYING_HOME"])), "teahouse"


def told(heard: dict) -> dict[str, object]:
    """Texts and names as they were acknowledged, against what stands there."""
    HOME.facts.recover()
    while inbox_state(SITE)[0]:
        inbox_drain(HOME, SITE, now=timezone.now())
    with HOME.facts.read() as reader:
        events = Counter(reader.to_arrow(reader.table("event").event).to_pylist())
        items = reader.to_arrow(reader.table("content_item")["item"]).to_pylist()
    posts = list(Post.objects.values_list("pk", "text", "submission_id"))
    texts = Counter(text for _pk, text, _submission in posts)
    people = Counter(Person.objects.filter(username__in=heard["names"]).values_list("username", flat=True))
    whole = set(Member.objects.filter(person__username__in=heard["names"]).values_list("person__username", flat=True))
    return {
        "posts_acknowledged": len(heard["shown"]),
        "posts_lost": sum(text not in texts for text in heard["shown"]),
        "posts_twice": sum(count > 1 for count in texts.values()),
        "posts_nobody_sent": len(set(texts) - set(heard["texts"])),
        "posts_without_submission": len(posts) - Submission.objects.filter(post__isnull=False).count(),
        "posts_missing_in_facts": sum(
            f"guestbook/{submission}" not in items or not events[f"post-{pk}"] for pk, _text, submission in posts
        ),
        "posts_twice_in_facts": sum(count > 1 for count in events.values()) + len(items) - len(set(items)),
        "members_acknowledged": len(heard["joined"]),
        "members_lost": sum(name not in people for name in heard["joined"]),
        "members_twice": sum(count > 1 for count in people.values()),
        "members_by_halves": len(set(people) - whole),
        "set_aside": inbox_state(SITE)[1],
    }


if __name__ == "__main__":
    print(json.dumps(told(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
