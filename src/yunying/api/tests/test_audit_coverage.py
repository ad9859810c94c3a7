"""Every operation that changes rows leaves an entry in the audit log in the same transaction."""

import re

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from yunying.api.tests.conftest import OWN, Call, World
from yunying.api.tests.test_matrix import RULES, sent
from yunying.audit.models import AuditEntry

_WRITTEN = re.compile(r'^(?:INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "(\w+)"')
SILENT = {"api_callcount", "api_keptanswer", "accounts_apitoken", "audit_audithead", "inbox_inboxrow",
          "inbox_inboxtrouble", "inbox_inboxid"}  # fmt: skip
"""Counts, kept answers, when a token was used, and rows of facts, which are kept under their ids."""


def test_no_operation_changes_rows_without_an_entry(call: Call, world: World, without_limits: None) -> None:
    told = []
    for (method, path), rule in RULES.items():
        if method == "get" or rule[4] >= 400:
            continue
        before = AuditEntry.objects.count()
        with transaction.atomic():
            with CaptureQueriesContext(connection) as captured:
                status = sent(call, "coo", method, path, rule, OWN, world.ids[OWN]).status_code
            assert status == rule[4], (method, path)
            found = {match[1] for query in captured if (match := _WRITTEN.match(query["sql"]))} - SILENT
            transaction.set_rollback(True)
        told.append((path, found - {"audit_auditentry"}, "audit_auditentry" in found))
        assert AuditEntry.objects.count() == before
    assert [each for each in told if each[1] and not each[2]] == []
    assert sum(bool(writes) for _path, writes, _tells in told) >= 6
