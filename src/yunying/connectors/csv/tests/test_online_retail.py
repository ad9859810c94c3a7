"""The whole of UCI Online Retail, against figures that were counted from the file by other means."""

import os
from pathlib import Path

import pyarrow.compute as pc
import pytest

from yunying.connectors.csv.importer import read_file

DATA = os.environ.get("YUNYING_DATA")


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="YUNYING_DATA names no folder")
def test_every_line_of_online_retail_is_there():
    path = Path(str(DATA)) / "online_retail" / "online_retail.csv.gz"
    found = read_file(path, store="uci", member_keys=lambda ids: {text: f"m{text}" for text in ids})
    lines = found.batch.tables["order_line"]
    state, amount = lines["state"], lines["amount_minor"]
    assert (found.rows_read, found.currency, found.time_zone) == (541_909, "GBP", "Europe/London")
    assert len(lines.group_by(["order", "line", "state", "occurrence"]).aggregate([])) == 541_909
    assert pc.count_distinct(lines["order"]).as_py() == 25_900
    assert pc.count_distinct(lines["member"], mode="only_valid").as_py() == 4_372
    assert lines["member"].null_count == 135_080
    assert pc.sum(pc.equal(state, "cancelled")).as_py() == 9_288
    paid = pc.sum(amount.filter(pc.equal(state, "paid"))).as_py()
    given_back = pc.sum(amount.filter(pc.not_equal(state, "paid"))).as_py()
    assert paid - given_back == 974_774_793
