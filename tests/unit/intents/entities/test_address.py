"""Where an address begins and ends."""

import pytest

from intents.entities.address import address


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("杭州市西湖区文三路5号", "杭州市西湖区文三路5号"),
        ("浙江省杭州市西湖区文三路5号2幢301室", "浙江省杭州市西湖区文三路5号2幢301室"),
        ("改成成都市武侯区科华路9号，谢谢", "成都市武侯区科华路9号"),
        ("把我那两单的地址都改成福州市台江区五一路8号", "福州市台江区五一路8号"),
        ("改到沈阳市和平区太原街15号", "沈阳市和平区太原街15号"),
        ("地址填错了，应该是青岛市市南区香港中路22号的", "青岛市市南区香港中路22号"),
        ("我公司在浦东新区世纪大道100号12楼，能送上去吗", "浦东新区世纪大道100号12楼"),
        ("寄到上海市徐汇区漕溪路88号2单元301", "上海市徐汇区漕溪路88号2单元301"),
        ("北京市海淀区中关村大街1号", "北京市海淀区中关村大街1号"),
        ("杭州西湖区文三路5号天堂软件园a座3楼", "杭州西湖区文三路5号天堂软件园A座3楼"),
        ("收件人王女士,广州市天河区体育西路9号3栋", "广州市天河区体育西路9号3栋"),
        ("文三路5号", "文三路5号"),
        ("发到河北省保定市清苑县张登镇东街村12号", "河北省保定市清苑县张登镇东街村12号"),
        ("送到南京市鼓楼区中山路18号菜鸟驿站", "南京市鼓楼区中山路18号菜鸟驿站"),
        ("拱墅区莫干山路", "拱墅区莫干山路"),
    ],
)
def test_address(text: str, value: str) -> None:
    found = address(text)
    assert found is not None
    assert found.value == value
    assert text[found.start : found.end].upper() == value.upper()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "我们小区门口",
        "中山路店几点开门",
        "知道3号到吗",
        "路上5号能到",
        "这个市场价",
        "地区不发货吗",
        "发杭州吗",
        "一路顺风",
        "改地址",
        "西湖区",
        "订单20261120123456",
        "3号楼",
        "怎么改地址啊",
        "快递到哪了",
    ],
)
def test_no_address(text: str) -> None:
    assert address(text) is None


def test_whole_is_what_a_parcel_can_find() -> None:
    whole = {
        text: found.whole
        for text in ("杭州市西湖区文三路5号", "拱墅区莫干山路", "文三路5号")
        if (found := address(text))
    }
    assert whole == {"杭州市西湖区文三路5号": True, "拱墅区莫干山路": False, "文三路5号": False}
