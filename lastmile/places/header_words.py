"""The words by which headers of tables are known, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Tiers = tuple[tuple[str, ...], ...]
"""Words as :func:`lastmile.places.headers.normalised` writes them. Those of the first tier that a
table has any of decide: 常住人口 goes before 人口."""

# fmt: off
MEANINGS: Final[Mapping[str, Tiers]] = MappingProxyType(
    {
        "id": (
            ("订单号", "订单编号", "运单号", "orderid"),
            ("站点编号", "站点编码", "站点代码", "网点编号", "网点编码", "网点代码", "门店编号",
            "门店编码", "点位编号", "点位编码", "服务站编号", "服务屋编号", "仓库编号",
            "stationid", "siteid", "poiid", "pointid", "shopid"),
            ("id", "编号", "编码", "代码", "标识", "标识码", "code", "uid"),
            ("统计用区划代码", "统计用区划代码12位", "区划代码", "行政区划代码", "区划编码",
            "社区代码", "社区编码", "村代码", "村编码", "村居代码", "村社区代码"),
            ("objectid", "fid"),
        ),
        "code": (
            ("统计用区划代码", "统计用区划代码12位", "区划代码", "区划编码", "行政区划代码",
            "行政区代码", "行政区划编码", "xzqdm", "xzqhdm", "qhdm", "zldwdm", "行政代码", "code",
            "单位代码", "坐落单位代码"),
            ("adcode", "pac", "编码", "代码", "编号", "unitcode", "标识码"),
            ("id",),
        ),
        "name": (
            ("名称", "name", "站点名称", "站点名", "网点名称", "门店名称", "点位名称", "单位名称",
            "服务站名称", "服务屋名称", "仓库名称", "店名", "名字", "stationname", "sitename",
            "poiname", "mc", "title", "中文名称"),
            ("社区名称", "社区名", "村名", "村名称", "村居名称", "村社区名称", "村社区",
            "社区村名称", "行政村名称", "小区名称", "社区", "村居", "社区村", "行政村",
            "village", "community", "zldwmc", "xzqmc", "sqmc", "cunmc"),
        ),
        "lon": (
            ("经度", "lon", "lng", "long", "longitude", "东经", "经度坐标", "坐标经度", "位置经度",
            "lontitude", "jd", "地理经度", "中心点经度", "中心经度", "经度e"),
            ("x", "pointx", "xcoord", "x坐标", "坐标x", "东坐标", "横坐标", "easting", "东向坐标",
            "xcoordinate", "coordx"),
        ),
        "lat": (
            ("纬度", "lat", "latitude", "北纬", "纬度坐标", "坐标纬度", "位置纬度",
            "wd", "地理纬度", "中心点纬度", "中心纬度", "纬度n"),
            ("y", "pointy", "ycoord", "y坐标", "坐标y", "北坐标", "纵坐标", "northing", "北向坐标",
            "ycoordinate", "coordy"),
        ),
        "lonlat": (
            ("经纬度", "坐标", "location", "lnglat", "lonlat", "经纬度坐标", "坐标经纬度", "坐标点",
            "地理坐标", "位置坐标", "点位坐标", "coordinates", "coordinate", "latlng", "latlon",
            "纬经度", "经度纬度", "坐标经度纬度", "gps坐标", "定位"),
        ),
        "people": (
            ("常住人口", "常住人口数", "人口常住", "常住人口总数", "人口常住人口",
            "常住人数", "常住", "residents", "residentpopulation"),
            ("人口", "人口数", "总人口", "人口总数", "人口合计", "人口数量", "总人口数", "人数",
            "people", "population", "pop", "npeople", "totalpop", "totalpopulation"),
            ("户籍人口", "户籍人口数", "人口户籍", "户籍人数", "户籍总人口"),
        ),
        "address": (
            ("地址", "详细地址", "address", "addr", "所在地址", "门店地址", "站点地址", "单位地址",
            "通讯地址", "地址详情", "具体地址", "经营地址", "注册地址", "所在位置", "收货地址"),
        ),
        "settlement": (
            ("城乡分类代码", "城乡分类", "城乡代码", "城乡划分代码", "urcode", "城乡类型代码",
            "统计用城乡分类代码", "settlement"),
            ("城乡", "城乡属性", "城乡类型", "城乡类别", "城乡划分", "urbanrural"),
        ),
        "kind": (
            ("kind", "站点类型", "站点类别", "站点种类", "服务站类型", "站点性质", "服务点类型"),
        ),
        "role": (("role", "角色", "候选状态", "选址状态", "选址要求", "是否必选"),),
        "cost_yuan": (
            ("costyuan", "建设成本", "建站成本", "建设费用", "开办费用", "开办成本", "建设投资",
            "cost", "成本", "费用", "投资"),
        ),
        "capacity": (
            ("capacity", "日处理能力", "处理能力", "日均处理能力", "日处理量上限", "最大处理量",
            "日处理件量", "容量", "服务能力", "parcelsperday", "日最大处理量"),
        ),
        "type": (
            ("type", "类型", "大类", "类别", "poi类型", "poitype", "业态", "typename", "分类"),
        ),
        "status": (
            ("status", "状态", "运营状态", "营业状态", "经营状态", "站点状态", "使用状态"),
        ),
        "opened": (
            ("opened", "开业年份", "开业时间", "开业日期", "开办年份", "建成年份", "建站时间",
            "开通时间", "启用时间", "运营时间", "投运时间", "成立时间"),
        ),
        "parcels": (
            ("parcels", "件数", "包裹数", "包裹数量", "快件数", "件量", "nparcels"),
            ("数量", "quantity", "qty"),
        ),
        "weight_kg": (("weightkg", "重量", "重量kg", "weight", "毛重", "重量公斤"),),
        "volume_m3": (("volumem3", "体积", "volume", "体积m3", "体积立方米", "方量"),),
        "window": (("window", "时间窗", "配送时段", "送货时段", "送达时段", "期望时段"),),
        "window_start": (
            ("windowstart", "最早送达", "最早时间", "时间窗开始", "开始时间", "起始时间"),
        ),
        "window_end": (
            ("windowend", "最晚送达", "最晚时间", "时间窗结束", "结束时间", "截止时间", "latest"),
        ),
        "temperature": (("temperature", "温度", "温层", "温区", "储运温度", "温度要求", "冷链"),),
        "station": (
            ("station", "自提点编号", "取件站点", "自提站点", "所属站点", "配送站点"),
        ),
        "service_distance_m": (
            ("servicedistancem", "servicedistance", "服务距离", "服务半径", "覆盖半径"),
        ),
    }
)
# fmt: on
"""What columns may mean, by the key under ``columns`` in the scenario."""

VALUES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "kind": frozenset({"服务屋", "服务站"}),
        "role": frozenset(
            {"candidate", "required", "forbidden", "候选", "必选", "必建", "禁止", "禁选"}
        ),
    }
)
"""Words that cells of a column must mostly be, for its header alone says too little: 站点类型 may
tell a station's kind, or whose brand it carries."""

UNIT_NAMES: Final = (
    *("区划名称", "行政区划名称", "行政区名称", "统计用区划名称", "行政区划", "行政区", "地区"),
    *("县市区", "区市县", "市县区"),
)
"""Words that mean a unit's name where a table of units has no better one."""

# fmt: off
UNIT_WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "district": MappingProxyType(
            {
                "code": ("区县代码", "县区代码", "区县编码", "区代码", "县代码", "districtcode"),
                "name": ("区县名称", "区县", "县区", "县区名称", "区名", "区县名", "district",
                "districtname", "qxmc", "county", "辖市区"),
            }
        ),
        "township": MappingProxyType(
            {
                "code": ("街道代码", "乡镇代码", "乡镇街道代码", "街道编码", "镇代码", "towncode"),
                "name": ("街道名称", "乡镇名称", "乡镇街道", "镇街道", "乡镇街道名称", "镇街",
                "街镇",
                "街道", "乡镇", "街道名", "镇名", "镇街名称", "镇街道名称", "township", "town",
                "jdmc", "xzmc", "townname"),
            }
        ),
        "community": MappingProxyType(
            {
                "code": ("社区代码", "社区编码", "村代码", "村编码", "村居代码", "村社区代码"),
                "name": MEANINGS["name"][1],
            }
        ),
    }
)
# fmt: on
"""Words that mean the unit's own code or name in a layer of its level, and a parent's in others."""
