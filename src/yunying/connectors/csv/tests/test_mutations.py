# ruff: noqa: E501 - rows of exports are as long as they are
"""Damaged files: whatever is done to a file, it is read, set aside row by row, or refused with a reason."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from yunying.connectors.csv.importer import read_file
from yunying.connectors.csv.limits import Limits
from yunying.kernel.errors import FactError, OperatorError

ORDERS = "order id,date,sku,product name,quantity,price,status,note\n" + "".join(
    f'A{n // 2},2024-0{n % 9 + 1}-1{n % 10},S{n % 3},"Cup, {n}",{n % 5 + 1},{n}.{n:02d},completed,"a ""note"""\n'
    for n in range(12)
)
TAOBAO = "订单编号,商家编码,商品标题,数量,单价,下单时间,付款时间,订单状态,备注\n" + "".join(
    f"{2024 * 10**14 + n},货{n % 3},连衣裙{n},{n % 4 + 1},￥{n + 1}.50,2024-01-{n + 1:02d} 10:00:00,2024-01-{n + 1:02d} 10:05:00,交易成功,\n"
    for n in range(10)
)
STOCK = "sku,date,stock\n" + "".join(f"S{n},2024-01-01,{n * 3}\n" for n in range(12))
SUPPLIERS = "supplier;sku;unit cost;lead time;moq\n" + "".join(f"acme;S{n};{n},25;14;{n + 1}\n" for n in range(12))
SEEDS = [ORDERS.encode(), TAOBAO.encode(), TAOBAO.encode("gb18030"), TAOBAO.encode("utf-16"), STOCK.encode(), SUPPLIERS.encode(),
         gzip.compress(STOCK.encode())]  # fmt: skip
BITS = [
    b'"',
    b",",
    b"\n",
    b"\r\n",
    b"\x00",
    b"\xff",
    b"'",
    b"=",
    b"-",
    b"1e99",
    b";",
    b"\t",
    b"9" * 30,
    "－".encode(),
    b"\xa3",
    b"\xef\xbb\xbf",
]


def packed_seeds() -> list[bytes]:
    """The stock file as a zip, a workbook and a Parquet file."""
    zipped, parquet, workbook = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("stock.csv", STOCK)
    pq.write_table(pa_csv.read_csv(io.BytesIO(STOCK.encode())), parquet)
    book = openpyxl.Workbook()
    for line in STOCK.splitlines():
        book.active.append(line.split(","))
    book.save(workbook)
    return [zipped.getvalue(), parquet.getvalue(), workbook.getvalue()]


def mutated(rng: np.random.Generator, data: bytes) -> bytes:
    """One to four bytes or spans changed, inserted, doubled, cut or moved."""
    body = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(body) + 1))
        to = min(len(body), at + int(rng.integers(1, 40)))
        choice = int(rng.integers(0, 7))
        if choice == 0 and at < len(body):
            body[at] = int(rng.integers(0, 256))
        elif choice == 1:
            body[at:at] = BITS[int(rng.integers(0, len(BITS)))]
        elif choice == 2:
            del body[at:to]
        elif choice == 3:
            body[at:at] = body[at:to]
        elif choice == 4:
            del body[max(at, 8) :]
        elif choice == 5:
            body[at:to] = bytes(rng.integers(0, 256, to - at, dtype=np.uint8))
        else:
            body[at:to] = body[at:to][::-1]
    return bytes(body)


def outcome(path: Path, aside: Path | None) -> str:
    """What became of a file: read, set aside in part, or refused; anything else is raised."""
    try:
        found = read_file(
            path, store="shop", member_keys=lambda ids: dict(zip(ids, ids, strict=True)), currency="CNY",
            time_zone="Asia/Shanghai", set_aside=aside, limits=Limits(expanded_bytes=10**7),
        )  # fmt: skip
    except OperatorError:
        return "refused"
    except FactError as refusal:
        return "refused" if refusal.problems else "refused without a reason"
    primary = found.batch.tables[found.batch.primary]
    accepted = len(set(primary.column("_source_row").to_pylist()))
    assert accepted + found.rows_set_aside == found.rows_read
    assert all(table.num_rows for table in found.batch.tables.values())
    return "set aside" if found.rows_set_aside else "read"


def run_mutations(folder: Path, seeds: list[bytes], count: int, seed: int) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    outcomes = {"read": 0, "set aside": 0, "refused": 0}
    path, aside = folder / "mutated.csv", folder / "aside.csv"
    for number in range(count):
        data = mutated(rng, seeds[number % len(seeds)])
        path.write_bytes(data)
        try:
            outcomes[outcome(path, aside if number % 2 else None)] += 1
        except Exception as error:
            raise AssertionError(f"mutation {number} of seed {seed} escaped: {data!r}") from error
    return outcomes


def test_the_unharmed_files_are_read(tmp_path):
    for data in SEEDS:
        (tmp_path / "file.csv").write_bytes(data)
        assert outcome(tmp_path / "file.csv", None) == "read"


@pytest.mark.parametrize("seed", [1, 2])
def test_no_damage_of_text_escapes_as_another_error(tmp_path, seed):
    outcomes = run_mutations(tmp_path, SEEDS, int(os.environ.get("YUNYING_MUTATIONS", "800")), seed)
    assert min(outcomes.values()) > 0, outcomes


def test_no_damage_of_a_packed_file_escapes_as_another_error(tmp_path):
    outcomes = run_mutations(tmp_path, packed_seeds(), int(os.environ.get("YUNYING_MUTATIONS", "300")), 3)
    assert outcomes["refused"] > 0, outcomes
