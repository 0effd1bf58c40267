"""Where the demo's partners are: fictional counters at real squares and piers, WGS-84."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.wording import Words

OPENING = Words(zh="每天 9:00–21:00", en="Daily 9:00 to 21:00")


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A counter; it accepts whatever its partner serves."""

    city: str
    name_zh: str
    name_en: str
    address_zh: str
    address_en: str
    latitude: float
    longitude: float

    def said(self, scenarios: tuple[str, ...]) -> dict[str, Any]:
        """As an operator would say it."""
        opening = {"opening_zh": OPENING.zh, "opening_en": OPENING.en}
        return {**asdict(self), **opening, "datum": "wgs84", "scenarios": list(scenarios)}


PLACES: Mapping[str, tuple[DemoPlace, ...]] = {
    "hz-library": (
        DemoPlace(
            "hangzhou", "钱江新城馆", "Qianjiang New City branch", "解放东路", "Jiefang East Road", 30.2440, 120.2110
        ),
        DemoPlace("hangzhou", "西湖馆", "West Lake branch", "曙光路", "Shuguang Road", 30.2640, 120.1310),
    ),
    "hz-citycard": (
        DemoPlace("hangzhou", "武林广场服务点", "Wulin Square desk", "武林广场", "Wulin Square", 30.2730, 120.1620),
        DemoPlace("hangzhou", "滨江服务点", "Binjiang desk", "江南大道", "Jiangnan Avenue", 30.2080, 120.2100),
    ),
    "hz-rentals": (
        DemoPlace("hangzhou", "文一路租赁点", "Wenyi Road rentals", "文一路", "Wenyi Road", 30.2880, 120.1290),
    ),
    "zs-mobility": (
        DemoPlace("zhoushan", "定海骑行站", "Dinghai bikes", "人民北路", "Renmin North Road", 30.0190, 122.1060),
        DemoPlace("zhoushan", "普陀骑行站", "Putuo bikes", "东海西路", "Donghai West Road", 29.9490, 122.3010),
    ),
    "zs-islands": (
        DemoPlace("zhoushan", "沈家门服务点", "Shenjiamen desk", "滨港路", "Bingang Road", 29.9430, 122.2950),
    ),
    "xm-commons": (
        DemoPlace("xiamen", "中山路服务点", "Zhongshan Road desk", "中山路", "Zhongshan Road", 24.4560, 118.0780),
        DemoPlace("xiamen", "湖滨服务点", "Hubin desk", "湖滨南路", "Hubin South Road", 24.4740, 118.0980),
        DemoPlace("xiamen", "五缘湾服务点", "Wuyuan Bay desk", "环湾路", "Huanwan Road", 24.5300, 118.1750),
    ),
    "xm-services": (
        DemoPlace("xiamen", "轮渡码头窗口", "Ferry pier window", "鹭江道", "Lujiang Road", 24.4500, 118.0720),
    ),
}
"""By the client of the partner."""
