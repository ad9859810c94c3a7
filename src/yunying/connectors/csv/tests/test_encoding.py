# ruff: noqa: E501 - rows of exports are as long as they are
import numpy as np
import pytest

from yunying.connectors.csv.encoding import decide_encoding
from yunying.kernel.errors import OperatorError

SIMPLIFIED = [
    "连衣裙夏季新款",
    "纯棉短袖T恤",
    "男士牛仔裤",
    "女童运动鞋",
    "保温杯500ml",
    "加厚毛巾",
    "红茶礼盒",
    "蓝牙耳机",
    "手机壳透明",
    "儿童绘本",
    "护手霜",
    "洗面奶",
    "坚果大礼包",
    "钢化膜",
    "折叠雨伞",
    "瑜伽垫",
    "不锈钢炒锅",
    "竹纤维袜子",
    "电动牙刷",
    "无线鼠标",
    "羊毛围巾",
    "双肩背包",
    "陶瓷马克杯",
    "香薰蜡烛",
    "宠物猫粮",
    "榨汁机",
    "雪纺衬衫",
    "收纳箱",
    "台灯护眼",
    "水彩笔套装",
]
TRADITIONAL = [
    "連衣裙夏季新款",
    "純棉短袖T恤",
    "男士牛仔褲",
    "女童運動鞋",
    "保溫杯500ml",
    "加厚毛巾",
    "紅茶禮盒",
    "藍牙耳機",
    "手機殼透明",
    "兒童繪本",
    "護手霜",
    "洗面乳",
    "堅果大禮包",
    "鋼化膜",
    "折疊雨傘",
    "瑜珈墊",
    "不鏽鋼炒鍋",
    "竹纖維襪子",
    "電動牙刷",
    "無線滑鼠",
    "羊毛圍巾",
    "後背包",
    "陶瓷馬克杯",
    "香氛蠟燭",
    "寵物貓糧",
    "果汁機",
    "雪紡襯衫",
    "收納箱",
    "護眼檯燈",
    "水彩筆套裝",
]
WESTERN = [
    "Café au lait £4.50",
    "Müsli für Kinder",
    "Crème brûlée",
    "Jalapeño sauce",
    "Gift Voucher £20.00",
    "Naïve résumé",
    "Straße Größe M",
    "Piñata azul",
    "Überraschung",
    "Ångström lamp",
    "Smørrebrød",
    "Pâté",
    "Señora blouse",
    "5° cooler",
    "Déjà vu",
    "Fiancée ring",
]
HEADERS = {
    "zh": (
        "订单编号,商品标题,数量,单价,日期",
        "商品编码,名称,价格",
        "id,name,price",
        "编号,品名,数,价",
        "订单号;标题;数量;价格",
    ),
    "tw": (
        "訂單編號,商品名稱,數量,單價,日期",
        "商品編號,名稱,價格",
        "id,name,price",
        "編號,品名,數,價",
        "訂單號碼;名稱;數量;價格",
    ),
    "western": ("order id,product,quantity,price", "sku;title;price", "Name,Description,Amount"),
}
CASES = {
    "utf-8": ("zh", SIMPLIFIED), "utf-8-sig": ("zh", SIMPLIFIED), "gbk": ("zh", SIMPLIFIED), "gb18030": ("zh", SIMPLIFIED),
    "utf-16": ("zh", SIMPLIFIED), "utf-16-le": ("zh", SIMPLIFIED), "utf-16-be": ("zh", SIMPLIFIED), "big5": ("tw", TRADITIONAL),
    "utf-8 tw": ("tw", TRADITIONAL), "utf-8 western": ("western", WESTERN), "cp1252": ("western", WESTERN),
}  # fmt: skip


def short_file(rng: np.random.Generator, language: str, words: list[str]) -> str:
    header = str(rng.choice(HEADERS[language]))
    mark = ";" if ";" in header else ","
    width = header.count(mark)
    lines = [header]
    for number in range(int(rng.integers(1, 9))):
        cells = [str(rng.choice(words)), *(f"{rng.integers(1, 500)}.{rng.integers(10, 99)}" for _ in range(width - 1))]
        lines.append(mark.join([f"A{number}", *cells]))
    return "\n".join(lines) + "\n"


def read_or_ask(text: str, codec: str) -> str:
    """right, asked or garbled."""
    data = text.encode(codec)
    try:
        found = data.decode(decide_encoding(data))
    except OperatorError:
        return "asked"
    return "right" if found.lstrip("\ufeff") == text else "garbled"


def count_outcomes(case: str, files: int, seed: int) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    language, words = CASES[case]
    outcomes = {"right": 0, "asked": 0, "garbled": 0}
    for _ in range(files):
        outcomes[read_or_ask(short_file(rng, language, words), case.split(" ")[0])] += 1
    return outcomes


@pytest.mark.parametrize("case", CASES)
def test_no_short_file_is_read_in_the_wrong_encoding(case):
    outcomes = count_outcomes(case, 300, seed=7)
    assert outcomes["garbled"] == 0, outcomes
    assert outcomes["right"] >= 285, outcomes


def test_characters_of_four_bytes_are_read():
    text = "商品编码,名称\nA1,㐀㐁茶叶礼盒\n"
    assert "茶叶礼盒" in text.encode("gb18030").decode(decide_encoding(text.encode("gb18030")))


def test_a_file_of_two_encodings_is_refused():
    data = "订单编号,商品标题\n1,连衣裙夏季新款\n2,男士牛仔裤加厚\n".encode() + "3,纯棉短袖\n".encode("gbk")
    with pytest.raises(OperatorError) as error:
        decide_encoding(data)
    assert error.value.code in ("mixed-encodings", "unknown-encoding")


def test_a_declared_encoding_is_believed_if_it_decodes():
    assert decide_encoding("數量\n".encode("big5"), "big5") == "big5"
    with pytest.raises(OperatorError, match="big5"):
        decide_encoding(b"\xff\xff\xff", "big5")


def test_bytes_without_sense_are_asked_about():
    with pytest.raises(OperatorError) as error:
        decide_encoding(b"a,b\n" + bytes(range(0xA1, 0xFF)) + b"\n")
    assert error.value.code == "unknown-encoding"


def test_nul_bytes_are_refused():
    with pytest.raises(OperatorError) as error:
        decide_encoding(b"a,b\n1,\x002\n")
    assert error.value.code == "nul-bytes"
