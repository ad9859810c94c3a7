"""Whatever writes a row leaves an entry in the audit log, or is declared here with the reason why not."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src" / "yunying"
ROOMS = ("accounts", "org", "inbox", "interventions", "management", "console", "api", "portal")
WRITES = {"create", "bulk_create", "update_or_create", "get_or_create", "bulk_update", "save", "delete", "update"}
TELLS = {"audit_record", "flush"}

EXEMPT = {
    # What the program does by itself stands in the ledger's own history, or is only where its work stands.
    "accounts/guesses.py:guess_begin": "counts guesses",
    "accounts/guesses.py:guess_right": "counts guesses",
    "accounts/member_keys.py:member_keys": "random keys of customers, made by every import",
    "accounts/second_factor.py:factor_begin": "a secret that does not count yet; factor_confirm tells",
    "accounts/sessions.py:session_holds": "when a browser was seen last",
    "accounts/tokens.py:token_of": "when a token was used last",
    "api/limits.py:call_count": "counts calls",
    "inbox/box.py:inbox_receive": "rows of facts, each under its id; what came of them is kept there",
    "inbox/hooks.py:endpoint_end": "below the log's layer; api/routes/webhooks.py tells in the same transaction",
    "interventions/desk_facts.py:report_save": "what the loop worked out; made anew at any time",
    "interventions/effects.py:trial_open": "drawn by the loop, recorded before its first proposal; never changed",
    "api/once.py:once": "what a key was answered; the deed itself tells",
    "inbox/hooks.py:endpoint_make": "below the log's layer; api/routes/webhooks.py tells in the same transaction",
    "interventions/budgets.py:budget_settle": "the ledger's flush writes its entry with that of the step",
    "interventions/budgets.py:budgets_reserve": "the ledger's flush writes its entry with that of the step",
    "portal/shop/catalogue.py:bundle_put": "product_new and variant_new tell",
    "portal/shop/list_counts.py:lists_count": "how many products lists have, made anew every minute",
    "portal/shop/facts/orders.py:refund_done_tell": "how a refund is shared; the refund stands in the order",
    "portal/shop/facts/parts.py:parts_new": "what an order is made of, as it was placed",
    "portal/shop/facts/stock.py:days_close": "which days were told, by the minute's turn",
    "portal/shop/tracking/batches.py:rate_take": "counts events",
    "portal/shop/tracking/bots.py:bot_count": "counts programs",
    "portal/shop/views/tracked.py:cart_tell": "the visit that a basket belongs to, of visitors who agreed",
    **dict.fromkeys(
        (
            "accounts/erasing.py:browsers_forget",
            "accounts/guesses.py:guesses_forget",
            "accounts/member_keys.py:member_drop",
            "accounts/member_keys.py:member_drop_everywhere",
            "portal/shop/erasing.py:order_strip",
            "portal/community/erasing.py:posts_forget",
            "portal/news/erasing.py:reader_forget",
            "portal/shop/erasing.py:person_forget",
        ),
        "parts of one erasure; portal/members/erasing.py tells in the same transaction",
    ),
    "portal/members/inviting.py:invite_link": "a member's own link; who comes by it is told",
    "portal/members/views/kept.py:favourite_drop": "what members keep stands in their own rows",
    "portal/trial_shop.py:trial_shop_clear": "the throw-away shop that a connector's contract is tried on",
    **dict.fromkeys(
        (
            "portal/news/reading.py:article_keep",
            "portal/news/reading.py:article_mail",
            "portal/news/reading.py:article_report",
            "portal/news/shares.py:share_came",
            "portal/news/shares.py:share_make",
        ),
        "what readers do stands in their own rows",
    ),
    "portal/news/listings.py:listings_check": "lists, made anew from the articles at any time",
    "portal/news/models/listing.py:update": "the caller tells what he changed",
    "portal/news/most_read.py:most_read_count": "counts hits, made anew every ten minutes",
    "portal/news/search.py:article_forget": "made anew from the words of articles at any time",
    "portal/news/search.py:article_index": "made anew from the words of articles at any time",
    "portal/news/site_version.py:changes_forget": "forgets marks of changes that were told",
    "portal/news/site_version.py:site_changed": "marks a change that Wagtail's log tells of",
    "portal/news/sample.py:picture_drawn": "a portal to try out",
    "portal/watch/begin.py:editors_told": "watch_begin tells",
    "portal/watch/mails.py:incidents_mail": "that somebody was told of an incident, which has its entry",
    "portal/watch/publishing.py:connect": "listens to deeds of editors, which tell",
    "portal/watch/seals.py:seal_write": "seals what an editor's deed published, which tells",
    "portal/picture_files.py:picture_written": "the bytes of a picture, no row",
    **dict.fromkeys(
        (
            "portal/shop/commands.py:withdrawal_apply",
            "portal/shop/commands.py:withdrawal_undo",
            "portal/shop/goods_commands.py:take_back_apply",
            "portal/shop/purchases.py:purchase_cancel",
            "portal/shop/purchases.py:purchase_order",
            "portal/shop/purchases.py:receipt_take_back",
            "portal/shop/slot_commands.py:clearing_apply",
            "portal/shop/slot_commands.py:clearing_undo",
            "portal/shop/slot_commands.py:feature_apply",
            "portal/shop/slot_commands.py:feature_undo",
            "portal/shop/slot_commands.py:plan_apply",
            "portal/shop/slot_commands.py:plan_undo",
            "portal/shop/slot_commands.py:unfeature_apply",
            "portal/shop/slot_commands.py:unfeature_undo",
        ),
        "portal/facade.py tells of every command in the same transaction",
    ),
    "portal/moderation/deciding.py:submission_appeal": "an author's words, kept in the submission; the decision tells",
    "portal/moderation/rates.py:rate_take": "counts",
    "portal/moderation/rates.py:rates_forget": "forgets counts that are over",
    "portal/moderation/trust.py:trust_of": "an empty row of who begins to write",
    "portal/moderation/trust.py:turn_take": "when a member wrote last",
    "portal/shop/purchases.py:purchase_receive": "portal/facade.py or stock_work.py tells",
    "portal/shop/catalogue.py:product_put": "product_new tells; else the command line fills a shop",
    "portal/shop/catalogue_version.py:changes_forget": "forgets marks of changes that were told",
    "portal/shop/sample.py:sample_open": "a shop to try out",
    "portal/shop/search.py:grams_write": "made anew from the words of products at any time",
    "portal/shop/returns.py:return_answer": "order_work.py tells",
    "portal/shop/returns.py:return_receive": "order_work.py tells",
    "portal/shop/states.py:order_come_back": "order_work.py tells",
    "portal/shop/states.py:order_ship": "order_work.py tells",
    "portal/shop/commands.py:coupon_apply": "portal/facade.py tells of every command in the same transaction",
    "portal/shop/commands.py:coupon_undo": "portal/facade.py tells",
    "portal/shop/commands.py:message_apply": "portal/facade.py tells",
    "portal/shop/commands.py:message_undo": "portal/facade.py tells",
    "portal/shop/catalogue_edit.py:lowest_write": "what lists sort by, made anew from prices at any time",
    "portal/shop/catalogue.py:shop_open": "the command line opens a shop, before anybody works in it",
    "portal/shop/prices.py:price_schedule": "price_plan and the facade tell",
    "portal/shop/prices.py:price_unschedule": "the facade tells",
    "portal/shop/refunds.py:refund_lines": "order_work.py tells; a buyer's return is in the order",
    "portal/shop/states.py:order_deliver": "order_work.py tells",
    "portal/shop/stock.py:stock_write_off": "order_work.py tells",
    **dict.fromkeys(
        (
            "portal/shop/baskets.py:basket_coupon",
            "portal/shop/baskets.py:basket_set",
            "portal/shop/baskets.py:basket_open",
            "portal/shop/baskets.py:basket_owned",
            "portal/shop/conversations.py:conversation_begin",
            "portal/shop/invoices.py:credit_note_of",
            "portal/shop/invoices.py:invoice_of",
            "portal/shop/mails.py:order_mail",
            "portal/shop/members.py:address_drop",
            "portal/shop/members.py:address_keep",
            "portal/shop/members.py:favourite_set",
            "portal/shop/members.py:member_prove",
            "portal/shop/members.py:orders_join",
            "portal/shop/members.py:proof_send",
            "portal/shop/messages.py:messages_send",
            "portal/shop/payments.py:notice_apply",
            "portal/shop/placing.py:order_place",
            "portal/shop/providers/gateway_simulator.py:decline",
            "portal/shop/providers/gateway_simulator.py:pay",
            "portal/shop/refunds.py:refund_end",
            "portal/shop/reviews.py:review_write",
            "portal/shop/states.py:order_accept",
            "portal/shop/states.py:order_cancel",
            "portal/shop/stock.py:stock_add",
            "portal/shop/stock.py:stock_claim",
            "portal/shop/stock.py:stock_put_back",
            "portal/shop/stock.py:stock_take_away",
            "portal/shop/conversations.py:conversation_say",
            "portal/shop/coupons.py:coupon_give_back",
            "portal/shop/coupons.py:coupon_take",
            "portal/shop/coupons.py:coupon_take_again",
            "portal/shop/late.py:late_filled",
            "portal/shop/refunds.py:refund_ask",
            "portal/shop/returns.py:return_ask",
            "portal/shop/stock.py:stock_hold",
            "portal/shop/stock.py:stock_release",
            "portal/shop/stock.py:stock_reserve",
            "portal/shop/providers/gateway_simulator.py:refund",
            "portal/shop/providers/gateway_simulator.py:start",
        ),
        "what buyers and their payments do stands in the order, its payments, refunds and movements",
    ),
    "interventions/ledger.py:step": "collects; flush writes the entry before the transaction ends",
    "management/comments.py:mentions_looked_at": "that somebody has looked",
    "management/tasks.py:tasks_looked_at": "that somebody has looked",
    **dict.fromkeys(
        (
            "interventions/runs.py:run_claim",
            "interventions/runs.py:run_progress",
            "interventions/runs.py:run_fail",
            "interventions/runs.py:run_finish",
            "interventions/runs.py:run_again_later",
            "interventions/runs.py:run_params",
            "interventions/uploads.py:upload_saw",
            "interventions/outbox.py:outbox_begin",
            "interventions/outbox.py:receipt_refused",
            "interventions/outbox.py:receipts_published",
            "interventions/steps.py:steps_published",
            "inbox/box.py:inbox_take",
            "inbox/box.py:inbox_leave",
            "inbox/box.py:inbox_refuse",
            "inbox/box.py:inbox_forget",
            "inbox/hooks.py:deliveries_write",
            "inbox/hooks.py:delivery_claim",
            "inbox/hooks.py:delivery_done",
            "inbox/hooks.py:delivery_failed",
        ),
        "how far the loop is with its own work",
    ),
}
"""Writers that leave no entry, and why."""

Place = tuple[str, str]


def modules() -> dict[str, ast.Module]:
    paths = [path for room in ROOMS for path in sorted((SOURCES / room).rglob("*.py"))
             if not {"tests", "migrations"} & set(path.parts)]  # fmt: skip
    return {str(path.relative_to(SOURCES)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Every function and method; what stands inside of one is part of it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node)


def writes(call: ast.Call) -> bool:
    """Whether a call changes rows, by how Django's methods are called: named fields, or nothing at all."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
        return False
    text = ast.unparse(call.func.value)
    if call.func.attr == "update":
        return bool(call.keywords)
    if call.func.attr in ("save", "delete"):
        return "session" not in text and "form" not in text and "book" not in text
    return "objects" in text


def called(node: ast.FunctionDef) -> set[str]:
    """Names of functions that are used; of methods only those that tell. What is given or set here is no function."""
    own = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    own |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - own
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute) and each.attr in TELLS}


def silent_writers(trees: dict[str, ast.Module]) -> set[str]:
    """Functions that write rows, themselves or by a private one of their file, and from which no entry is reached."""
    every = {(path, node.name): node for path, tree in trees.items() for node in functions(tree)}
    by_name: dict[str, list[Place]] = {}
    for place in every:
        by_name.setdefault(place[1], []).append(place)
    tells = {place for place, node in every.items() if called(node) & TELLS}
    writers = {place for place, node in every.items()
               if any(isinstance(each, ast.Call) and writes(each) for each in ast.walk(node))}  # fmt: skip
    grown = True
    while grown:
        before = len(tells) + len(writers)
        for place, node in every.items():
            near = [(place[0], name) for name in called(node) if (place[0], name) in every]
            if any(other in tells for other in near) or any(
                len(by_name[name]) == 1 and by_name[name][0] in tells for name in called(node) if name in by_name
            ):
                tells.add(place)
            if any(other in writers and other[1].startswith("_") for other in near):
                writers.add(place)
        grown = len(tells) + len(writers) > before
    # A private writer is judged by those who call it.
    return {f"{path}:{name}" for path, name in writers - tells if not name.startswith("_")}


def test_every_writer_tells_or_is_declared() -> None:
    assert silent_writers(modules()) == set(EXEMPT)


def test_a_writer_that_says_nothing_is_found() -> None:
    """The control: a service without its entry is seen, directly, by a private part, and as a method."""
    text = """
def thing_make(name): Thing.objects.create(name=name)
def thing_end(pk): _end(pk)
def _end(pk): Thing.objects.filter(pk=pk).update(ended=True)
def thing_told(pk):
    _end(pk)
    audit_record("shop", "me", now, [])
def thing_read(pk): return Thing.objects.get(pk=pk)
"""
    assert silent_writers({"things.py": ast.parse(text)}) == {"things.py:thing_make", "things.py:thing_end"}
