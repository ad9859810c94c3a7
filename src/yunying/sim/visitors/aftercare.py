"""What buyers do with an order later: cancel it, send something back, write a review, ask."""

from collections import Counter
from datetime import datetime

import numpy as np

from yunying.sim.visitors.browser import Browser
from yunying.sim.visitors.memory import Memory, Plan
from yunying.sim.visitors.reading import Form

REVIEWS = (
    (5, "香气很好，会再来买。", "Lovely, I will come back."), (5, "包装用心，送到很快。", "Well packed and quick."),
    (4, "不错，价格略高。", "Good, a little dear."), (4, "和描述一样。", "As described."),
    (3, "一般，没有想象中好。", "All right, I had hoped for more."), (2, "有点失望。", "A little disappointing."),
)  # fmt: skip
QUESTIONS = (("什么时候能发货？", "When will it be sent?"), ("可以改地址吗？", "Can I change the address?"))


def plan_do(browser: Browser, plan: Plan, memory: Memory, rng: np.random.Generator, now: datetime) -> Counter[str]:
    """Do what somebody meant to do, if the order's page lets him; else he tries again the next day."""
    page = browser.get(plan.path)
    ends = {"cancel": "/cancel/", "return": "/return/", "ask": "/ask/"}
    is_chinese = memory.shoppers[plan.shopper].is_chinese
    if plan.deed == "review":
        form = next((each for each in page.forms if "/review/" in each.action), None)
    else:
        form = page.form(goes_to=ends[plan.deed])
    if form is None:
        return Counter({"later": 1}) if memory.later(plan, now) else Counter({"given_up": 1})
    answer = browser.submit(form, _filled(plan.deed, form, rng, is_chinese))
    return Counter({f"{plan.deed}_refused" if answer.status >= 400 else f"{plan.deed}_done": 1})


def _filled(deed: str, form: Form, rng: np.random.Generator, is_chinese: bool) -> dict[str, str]:
    language = 0 if is_chinese else 1
    if deed == "return":
        lines = [name for name in form.fields if name.startswith("line-")]
        return {str(rng.choice(lines)): "1", "reason": ("不合适", "Not what I need")[language]}
    if deed == "review":
        stars, *texts = REVIEWS[int(rng.integers(len(REVIEWS)))]
        return {"stars": str(stars), "text": str(texts[language]), "name": ""}
    return {"text": QUESTIONS[int(rng.integers(len(QUESTIONS)))][language]} if deed == "ask" else {}
