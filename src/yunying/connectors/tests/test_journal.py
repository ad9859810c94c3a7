"""A journal keeps what was acknowledged, leaves out what was not finished, and does not pass damage over."""

from pathlib import Path

import pytest

from yunying.connectors.journal import START, Journal, Place
from yunying.kernel.errors import OperatorError


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "a" / "b" / "journal.jsonl")


def write(journal: Journal, count: int, place: Place = START) -> Place:
    for _ in range(count):
        place = journal.append(place, {"n": place.lines, "text": "进货\n" * 20})
    return place


def numbers(journal: Journal, after: Place = START) -> list[int]:
    return [entry["n"] for _, entry in journal.read(after)]


def test_what_was_appended_is_read_from_any_place_on(journal: Journal) -> None:
    assert journal.read() == []
    third = write(journal, 3)
    end = write(journal, 2, third)
    assert numbers(journal) == [0, 1, 2, 3, 4]
    assert numbers(journal, third) == [3, 4]
    assert numbers(journal, end) == []
    assert journal.read()[-1][0] == end
    assert journal.read_one(third.offset)["n"] == 3


def test_a_line_that_was_not_finished_is_left_out_and_written_over(journal: Journal) -> None:
    write(journal, 3)
    whole = journal.path.read_bytes()
    ends = [place.offset for place, _ in journal.read()]
    for cut in sorted({*range(0, len(whole), 11), *(end + step for end in ends for step in (-1, 0)), *range(40)}):
        journal.path.write_bytes(whole[:cut])
        found = journal.read()
        assert len(found) == sum(end <= cut for end in ends)
        place = found[-1][0] if found else START
        write(journal, 3 - len(found), place)
        assert journal.path.read_bytes() == whole


def test_a_last_line_of_which_a_part_never_reached_the_disk_is_left_out(journal: Journal) -> None:
    place = write(journal, 2)
    write(journal, 1, place)
    content = bytearray(journal.path.read_bytes())
    content[place.offset : place.offset + 50] = bytes(50)
    journal.path.write_bytes(content)
    assert numbers(journal) == [0, 1]


def test_damage_before_the_last_line_is_refused(journal: Journal) -> None:
    write(journal, 4)
    whole = journal.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    flipped = bytearray(whole)
    flipped[60] ^= 1
    for damaged in (bytes(flipped), b"".join(lines[1:]), b"".join([lines[0], *lines[2:]]),
                    b"".join([lines[1], lines[0], *lines[2:]]), b"".join([lines[0], *lines])):  # fmt: skip
        journal.path.write_bytes(damaged)
        with pytest.raises(OperatorError) as caught:
            journal.read()
        assert caught.value.code == "journal-damaged"


def test_a_journal_that_became_shorter_than_it_was_known_is_refused(journal: Journal) -> None:
    first = write(journal, 1)
    end = write(journal, 2, first)
    journal.path.write_bytes(journal.path.read_bytes()[: first.offset])
    with pytest.raises(OperatorError) as caught:
        journal.read(end)
    assert caught.value.code == "journal-damaged"
    journal.path.unlink()
    with pytest.raises(OperatorError):
        journal.read(end)


def test_a_full_disk_leaves_the_journal_as_it_was(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write(journal, 2)
    before = journal.path.read_bytes()

    def half(descriptor: int, content: bytes, offset: int) -> int:
        with journal.path.open("r+b") as handle:
            handle.seek(offset)
            handle.write(content[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.pwrite", half)
        with pytest.raises(OSError, match="No space"):
            journal.append(place, {"n": 2})
    assert numbers(journal) == [0, 1]
    journal.append(place, {"n": 2})
    assert numbers(journal) == [0, 1, 2]
    assert journal.path.read_bytes().startswith(before)
