"""Phones, addresses, tax numbers, titles and free words as customers type them. All of them are made up."""

import pytest

from handlers.guided import values
from handlers.guided.values import Bad, Good


@pytest.mark.parametrize(
    "text",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+86 138 0000 1234",
        "8613800001234",
        "１３８００００１２３４",
        "手机号换成13800001234，谢谢",
        "王女士 13800001234",
    ],
)
def test_a_mobile_number_in_any_writing(text: str) -> None:
    assert values.phone(text) == Good("13800001234")


@pytest.mark.parametrize(
    ("text", "digits"), [("1380000123", 10), ("138000012345", 12), ("手机是 138 0000 123", 10)]
)
def test_a_number_too_short_or_long_is_told_its_length(text: str, digits: int) -> None:
    assert values.phone(text) == Bad(values.PHONE_LENGTH.format(digits=digits))


@pytest.mark.parametrize("text", ["12800001234", "没有手机", "", "尾号1234"])
def test_what_is_no_mobile_number(text: str) -> None:
    assert values.phone(text) == Bad(values.PHONE)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("浙江省杭州市西湖区文三路5号", "浙江省杭州市西湖区文三路5号"),
        ("新地址是：上海市徐汇区漕溪路88号2单元301", "上海市徐汇区漕溪路88号2单元301"),
        ("地址写错了，是上海市徐汇区漕溪路88号", "上海市徐汇区漕溪路88号"),
        ("浦东新区世纪大道１００号１２楼", "浦东新区世纪大道100号12楼"),
        ("广东深圳南山科技园科苑路15号", "广东深圳南山科技园科苑路15号"),
        ("山东省潍坊市青州市某某镇三里村二组12号", "山东省潍坊市青州市某某镇三里村二组12号"),
        ("北京朝阳望京SOHO塔1 2301", "北京朝阳望京SOHO塔1 2301"),
        ("南京市鼓楼区中山路18号 李先生 13800001234", "南京市鼓楼区中山路18号 李先生"),
        ("南京市鼓楼区中山路18号，电话：138 0000 1234", "南京市鼓楼区中山路18号"),
    ],
)
def test_a_whole_address(text: str, kept: str) -> None:
    assert values.address(text) == Good(kept)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("文三路5号", "省市或区县"),
        ("浙江省杭州市西湖区", "街道或小区、门牌号"),
        ("浙江省杭州市西湖区文三路", "门牌号"),
        ("杭州市西湖区5号", "街道或小区"),
        ("不知道", "省市或区县、街道或小区、门牌号"),
        ("13800001234", "省市或区县、街道或小区、门牌号"),
    ],
)
def test_what_an_address_lacks_is_said(text: str, parts: str) -> None:
    assert values.address(text) == Bad(values.ADDRESS.format(parts=parts))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("fapiao@example.com", "fapiao@example.com"),
        ("发到Fapiao@Example.com谢谢", "fapiao@example.com"),
        ("ｆａｐｉａｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "fapiao@example.com"),
        ("fapiao@example。com", "fapiao@example.com"),
        ("fapiao@example点com", "fapiao@example.com"),
        ("a.b-c_1@mail.example.com.cn", "a.b-c_1@mail.example.com.cn"),
    ],
)
def test_an_email_address(text: str, kept: str) -> None:
    assert values.email(text) == Good(kept)


@pytest.mark.parametrize("text", ["fapiao@example", "example.com", "@example.com", "没有邮箱"])
def test_what_is_no_email_address(text: str) -> None:
    assert values.email(text) == Bad(values.EMAIL)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("91990000MA00000M11", "91990000MA00000M11"),
        ("税号是 91990100xq7y2k9m4u", "91990100XQ7Y2K9M4U"),
        ("9299 0200 LWDK 4R7T 01", "92990200LWDK4R7T01"),
        ("禾野测试有限公司 ９１９９００００MA00000M11", "91990000MA00000M11"),
        ("990106123456789", "990106123456789"),
        ("99010619900101123401", "99010619900101123401"),
    ],
)
def test_a_tax_number(text: str, kept: str) -> None:
    assert values.tax_no(text) == Good(kept)


@pytest.mark.parametrize(
    "text", ["91990000MA00000M12", "91990000MA00000M1I", "91990000MB00000M11", "91990000AM00000M11"]
)
def test_a_code_with_a_place_miscopied_or_swapped(text: str) -> None:
    assert values.tax_no(text) == Bad(values.TAX_CHECK)


@pytest.mark.parametrize("text", ["12345678901234", "919900001234567890123", "没有税号", ""])
def test_what_is_no_tax_number(text: str) -> None:
    assert values.tax_no(text) == Bad(values.TAX_NO)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("个人", "个人"),
        ("我自己用的", "个人"),
        ("公司", "公司"),
        ("开单位的", "公司"),
        ("要专票", "公司"),
        ("不要公司的，个人", "个人"),
        ("不开个人，开公司", "公司"),
        ("不是公司", "个人"),
    ],
)
def test_whose_invoice(text: str, kind: str) -> None:
    assert values.title_kind(text) == Good(kind)


def test_whose_invoice_is_left_open() -> None:
    assert values.title_kind("随便") == Bad(values.TITLE_KIND)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("抬头是禾野测试有限公司", "禾野测试有限公司"),
        ("公司名称：禾野测试有限公司", "禾野测试有限公司"),
        ("我们公司叫禾野测试有限公司", "禾野测试有限公司"),
        ("禾野测试有限公司 91990000MA00000M11", "禾野测试有限公司"),
        ("王小明", "王小明"),
        ("个人", "个人"),
    ],
)
def test_a_title(text: str, kept: str) -> None:
    assert values.title(text) == Good(kept)


@pytest.mark.parametrize(
    "text", ["", "好", "不知道", "没有", "12345", "91990000MA00000M11", "长" * 61, "。。。"]
)
def test_what_is_no_title(text: str) -> None:
    assert values.title(text) == Bad(values.TITLE)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("不喜欢", "不喜欢"),
        ("原因是尺码不对", "尺码不对"),
        ("改成蓝色的", "蓝色的"),
        ("破了\n漏了一箱", "破了 漏了一箱"),
    ],
)
def test_free_words(text: str, kept: str) -> None:
    assert values.free_words(text) == Good(kept)


@pytest.mark.parametrize("text", ["", "。。", "😅", "  "])
def test_no_words_at_all(text: str) -> None:
    assert values.free_words(text) == Bad(values.NO_WORDS)


@pytest.mark.parametrize("text", ["嗯", "好的", "是的", "没有", "不知道", "OK", "嗯嗯好的"])
def test_words_that_say_nothing(text: str) -> None:
    assert values.free_words(text) == Bad(values.TOO_LITTLE)


def test_long_words_are_cut() -> None:
    judged = values.free_words("坏了" * 300)
    assert isinstance(judged, Good)
    assert len(judged.value) == values.LONGEST_WORDS
