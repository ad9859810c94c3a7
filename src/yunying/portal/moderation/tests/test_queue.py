"""What waits and what is shown, decisions with their traces, reports, appeals, learning."""

from datetime import timedelta

import pytest

from yunying.accounts.people import Person
from yunying.audit.models import AuditEntry
from yunying.kernel.errors import OperatorError
from yunying.portal.moderation.deciding import submission_appeal, submission_report, submissions_decide
from yunying.portal.moderation.learning import model_refit, spam_probability
from yunying.portal.moderation.models import LearnedModel, MemberTrust, Submission
from yunying.portal.moderation.rules import Rule, rule_set
from yunying.portal.moderation.tests.conftest import NOW
from yunying.portal.moderation.tests.test_trust import known, write
from yunying.portal.moderation.words import word_list_set, word_lists
from yunying.portal.shop.members import member_join
from yunying.portal.shop.models import Shop

MINUTE = timedelta(minutes=1)


def codes(written: Submission) -> set[str]:
    return {flag["code"] for flag in written.flags}


def test_a_known_member_is_shown_at_once_unless_the_kind_is_read_first(person: Person) -> None:
    known(person, 1)
    assert write(person, NOW).state == "shown"
    rule_set("town", "comment", Rule("before"), "boss", NOW)
    assert write(person, NOW + MINUTE).state == "waiting"
    assert write(person, NOW + 2 * MINUTE, is_by_staff=True).state == "shown"


@pytest.mark.parametrize(
    ("text", "code", "state"),
    [
        ("我家的茶全网最低价，质量第一", "advertising", "shown"),
        ("招人刷 单，马上联系", "watched", "waiting"),
        ("招人刷·单·日·结", "watched", "waiting"),
        ("公司現(xiàn)在關(guān)注運營", "integrity", "waiting"),
        ("è¿è\x90¥å¾ˆé‡è¦\x81", "integrity", "waiting"),
        (" ".join(f"https://h{number}.example.com" for number in range(6)), "links", "waiting"),
        ("今天天气很好，大家一起去公园散步吧", "", "shown"),
    ],
)
def test_what_a_text_is_told_of(person: Person, text: str, code: str, state: str) -> None:
    known(person, 1)
    written = write(person, NOW, text)
    assert (codes(written), written.state) == ({code} if code else set(), state)


def test_the_operator_s_own_list_counts_and_the_usual_one_no_more(person: Person) -> None:
    known(person, 1)
    word_list_set("town", "watched", "  包子 \n\n包子\n馒头", "boss", NOW)
    assert word_lists("town")["watched"] == "包子\n馒头"
    assert write(person, NOW, "招人刷单了啊各位").state == "shown"
    assert write(person, NOW + MINUTE, "这里的 馒 头 很好").state == "waiting"
    word_list_set("town", "forbidden", "坏词", "boss", NOW)
    with pytest.raises(OperatorError, match="not allowed"):
        write(person, NOW + 2 * MINUTE, "这是壞詞")
    assert AuditEntry.objects.filter(store="town", action="word-list", actor="boss").count() == 2


def test_a_copy_with_another_number_is_found_and_another_text_is_not(person: Person, shop: Shop) -> None:
    other = member_join("other", "a long enough password", NOW)
    known(person, 1)
    known(other, 1)
    first = write(person, NOW, "转让县医院旁早餐店一间，客流稳定，价格面谈，电话 13800001111")
    copy = write(other, NOW, "转让县医院旁早餐店一间， 客流稳定，价格面谈。电话 159-2222-3333")
    assert codes(copy) == {"copy"}
    assert copy.flags[0]["what"] == f"#{first.pk}"
    assert codes(write(other, NOW + MINUTE, "求租县医院附近一间房，预算八百，本人安静不抽烟")) == set()


def test_a_decision_changes_state_trust_and_log_together(person: Person) -> None:
    one, two = write(person, NOW), write(person, NOW + MINUTE)
    assert (
        submissions_decide("town", [two.pk, one.pk, 999_999], is_shown=True, reason="fine", actor="boss", now=NOW) == 2
    )
    assert submissions_decide("town", [one.pk], is_shown=True, reason="fine", actor="boss", now=NOW) == 0
    assert submissions_decide("elsewhere", [one.pk], is_shown=False, reason="spam", actor="x", now=NOW) == 0
    assert submissions_decide("town", [one.pk], is_shown=False, reason="spam", actor="boss", now=NOW, note="no") == 1
    trust = MemberTrust.objects.get(person=person)
    assert (trust.shown, trust.hidden) == (1, 1)
    entries = AuditEntry.objects.filter(store="town", action__startswith="submission-").order_by("number")
    assert [(each.action, each.subject, each.reason) for each in entries] == [
        ("submission-show", f"submission/{one.pk}", "fine"), ("submission-show", f"submission/{two.pk}", "fine"),
        ("submission-hide", f"submission/{one.pk}", "spam"),
    ]  # fmt: skip
    for reason, is_shown in (("", False), ("fine", False), ("spam", True)):
        with pytest.raises(OperatorError, match="reason"):
            submissions_decide("town", [two.pk], is_shown=is_shown, reason=reason, actor="boss", now=NOW)


def test_three_reports_take_a_post_away_until_somebody_looked(person: Person) -> None:
    known(person, 1)
    written = write(person, NOW)
    readers = [member_join(f"reader{number}", "a long enough password", NOW) for number in range(3)]
    assert submission_report(written, readers[0], "spam", NOW)
    assert not submission_report(written, readers[0], "spam", NOW), "each reader once"
    assert submission_report(written, readers[1], "spam", NOW)
    written.refresh_from_db()
    assert (written.state, written.reports) == ("shown", 2)
    assert submission_report(written, readers[2], "offensive", NOW)
    written.refresh_from_db()
    assert (written.state, written.reports) == ("waiting", 3)
    assert MemberTrust.objects.get(person=person).silenced_for == "reported"
    submissions_decide("town", [written.pk], is_shown=True, reason="fine", actor="boss", now=NOW)
    written.refresh_from_db()
    assert (written.state, written.reports) == ("shown", 0)


def test_an_author_appeals_once_and_only_for_his_own(person: Person, shop: Shop) -> None:
    written = write(person, NOW)
    other = member_join("other", "a long enough password", NOW)
    with pytest.raises(OperatorError, match="nothing to appeal"):
        submission_appeal(written, person, "it is not hidden", NOW)
    submissions_decide("town", [written.pk], is_shown=False, reason="spam", actor="boss", now=NOW)
    with pytest.raises(OperatorError, match="nothing to appeal"):
        submission_appeal(written, other, "not mine", NOW)
    submission_appeal(written, person, "it is honest", NOW)
    with pytest.raises(OperatorError, match="nothing to appeal"):
        submission_appeal(written, person, "again", NOW)
    submissions_decide("town", [written.pk], is_shown=True, reason="fine", actor="boss", now=NOW)
    written.refresh_from_db()
    assert (written.state, written.appealed_at, written.appeal) == ("shown", None, "it is honest")


def test_what_people_decide_is_learned_by_the_turn_and_used_by_the_next_post(person: Person) -> None:
    """The town's people hide riddles, which no list and no made post knows."""
    known(person, 2)
    riddle, honest = "猜谜语：千条线万条线，掉到水里看不见，谜底是第{}页", "今天第{}次去图书馆，人还是很多"
    assert spam_probability("town", riddle.format(1)) is None
    assert write(person, NOW, riddle.format(0)).state == "shown", "the control: nothing was learned yet"
    assert model_refit("town", NOW)
    before = spam_probability("town", riddle.format(1))
    assert before < 0.5
    for number in range(30):
        for text, is_shown in ((riddle, False), (honest, True)):
            row = Submission.objects.create(
                site="town", kind="comment", place="a/1", text=text.format(number), made_at=NOW
            )
            submissions_decide("town", [row.pk], is_shown=is_shown, reason="fine" if is_shown else "off-topic",
                               actor="boss", now=NOW)  # fmt: skip
    assert model_refit("town", NOW)
    assert not model_refit("town", NOW), "nothing new was decided"
    assert LearnedModel.objects.filter(site="town").count() == 1
    written = write(person, NOW + MINUTE, "猜谜语：千条线，掉到河里就看不见了，谜底在第九页")
    assert written.state == "waiting"
    assert "probability" in codes(written)
    assert write(person, NOW + 2 * MINUTE, "今天又去图书馆借书了").state == "shown"
