# ruff: noqa: E501 - rows of exports are as long as they are
import pytest

from yunying.kernel.errors import FactError

EBAY = (
    "\n"
    "Sales Record Number,Order Number,Buyer Username,Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Total Price,Sale Date,Paid On Date,Transaction ID\n"
    "101,12-1,ann,,,3,$50.00,$5.00,$55.00,Mar-14-24,Mar-14-24,\n"
    "101,12-1,ann,Mug,MUG,2,$20.00,,,Mar-14-24,Mar-14-24,\n"
    "102,12-1,ann,Plate,PLATE,1,$10.00,,,Mar-14-24,Mar-14-24,\n"
    "103,12-2,bob,Plate,PLATE,1,$10.00,$0.00,$10.00,Mar-16-24,Mar-16-24,\n"
    "4,record(s) downloaded,\n"
    "Seller ID : me\n"
)


def paid(found, rows) -> dict:
    return {(row["order"], row["product"]): (row["quantity"], row["amount_minor"]) for row in rows(found, state="paid")}


def test_an_ebay_orders_own_row_gives_its_total_and_its_last_words_are_left_out(read, rows):
    found = read(EBAY, currency="USD", time_zone="America/New_York")
    assert paid(found, rows) == {
        ("12-1", "MUG"): (2, 4000), ("12-1", "PLATE"): (1, 1000), ("12-1", "shipping"): (1, 500), ("12-2", "PLATE"): (1, 1000),
    }  # fmt: skip
    assert {str(row["date"]) for row in rows(found)} == {"2024-03-14", "2024-03-16"}
    assert sum("joined to its first item" in note or "below the table" in note for note in found.notes) == 2


def test_a_row_cut_off_at_the_end_is_no_last_word(read):
    with pytest.raises(FactError) as error:
        read(
            EBAY.replace("4,record(s) downloaded,\nSeller ID : me\n", "104,12-3,cid\n"), currency="USD", time_zone="UTC"
        )
    assert "3 cells where the header has 12" in str(error.value)


def test_an_item_without_a_name_among_two_is_not_taken_for_the_order(read):
    text = "order no,date,sku,quantity,price\nN1,2024-03-01,,1,5\nN1,2024-03-01,CUP,1,5\n"
    with pytest.raises(FactError) as error:
        read(text, currency="USD", time_zone="UTC")
    assert [problem.column for problem in error.value.problems] == ["sku"]


AMAZON = "amazon-order-id\tpurchase-date\torder-status\tproduct-name\tsku\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\titem-promotion-discount\tship-promotion-discount\n"


def test_amazons_promotions_come_off_its_prices(read, rows):
    line = "1-1\t2024-03-10T09:00:00+00:00\tShipped\tMug\tMUG\t2\tUSD\t40.00\t\t5.99\t4.00\t5.99\n"
    assert paid(read(AMAZON + line, time_zone="UTC"), rows) == {("1-1", "MUG"): (2, 3600)}


def test_a_line_that_was_never_paid_may_come_without_a_price_and_is_left_out(read, rows):
    day = "2024-03-10T09:00:00+00:00"
    shipped = f"1-1\t{day}\tShipped\tMug\tMUG\t2\tUSD\t40.00\t\t\t\t\n"
    found = read(AMAZON + shipped + f"1-2\t{day}\tPending\tMug\tMUG\t1\t\t\t\t\t\t\n", time_zone="UTC")
    assert {row["order"] for row in rows(found)} == {"1-1"}
    assert "1 lines that were never paid and have no price were left out." in found.notes
    with pytest.raises(FactError):
        read(AMAZON + shipped + f"1-2\t{day}\tShipped\tMug\tMUG\t1\t\t\t\t\t\t\n", time_zone="UTC")
