"""Norms from which the service distances can be taken, each with its document and clause.

A figure is ``verified`` where the document itself, or an official reprint of it, was read for it;
all others are told as unverified wherever they are used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

NormKey = Literal[
    "changzhou-2014", "gb50180-5min", "gb50180-10min", "gb50180-15min", "circle-15min"
]
Metric = Literal["network", "euclidean"]
Language = Literal["zh", "en"]

DEFAULT_NORM: Final[NormKey] = "changzhou-2014"
WALKING_KPH: Final = 4.0
"""Kilometres per hour, 67 m a minute: the pace by which GB 50180's quarter of an hour is 1 km."""


@dataclass(frozen=True, slots=True)
class Told:
    """A phrase in both languages."""

    zh: str
    en: str

    def text(self, language: Language) -> str:
        """Return the phrase in the language asked for."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Norm:
    """What a document says of how far is near enough."""

    key: NormKey
    document: Told
    """Its title, or what it is where the title is not at hand."""

    number: str
    """The issuing number."""

    clause: Told
    """Where in it the figure stands, and what it says."""

    urban_m: float | None
    """Metres; None where the document states minutes of walking."""

    minutes: float | None
    """Minutes of walking; None where it states metres."""

    rural_m: float
    """Metres. Norms of towns say nothing of villages: then that of the Changzhou plan."""

    is_rural_own: bool
    """Whether the document itself states the rural figure."""

    verified: bool
    remark: Told = Told("", "")
    """What else a reader must know before relying on it."""

    metric: Metric = "network"

    def urban_at(self, walking_kph: float | None) -> float:
        """Return the urban figure in metres: what is stated, or how far its minutes lead.

        Parameters
        ----------
        walking_kph
            Pace in kilometres per hour; None for ``WALKING_KPH``.

        Examples
        --------
        >>> NORMS["circle-15min"].urban_at(None), NORMS["circle-15min"].urban_at(3.6)
        (1000.0, 900.0)
        """
        if self.urban_m is not None:
            return self.urban_m
        return round((self.minutes or 0.0) / 60.0 * (walking_kph or WALKING_KPH) * 1000.0, 3)


_VILLAGES_M: Final = 1000.0
_GB: Final = Told(
    "《城市居住区规划设计标准》", "Standard for urban residential area planning and design"
)
_TOWNS_ONLY: Final = Told(
    "该标准只针对城市居住区；乡村数值沿用常政发〔2014〕77号",
    "it concerns urban residential areas only; the rural figure is that of 常政发〔2014〕77号",
)


def _tier(key: NormKey, metres: float, zh: str, en: str, *, verified: bool) -> Norm:
    return Norm(
        key=key,
        document=_GB,
        number="GB 50180-2018",
        clause=Told(f"第2章 术语：{zh}", f"chapter 2, terms: {en}"),
        urban_m=metres,
        minutes=None,
        rural_m=_VILLAGES_M,
        is_rural_own=False,
        verified=verified,
        remark=_TOWNS_ONLY,
    )


_ALL: Final = (
    Norm(
        key="changzhou-2014",
        document=Told(
            "常州市2014—2016年电子商务三年计划",
            "Changzhou's three-year plan for e-commerce, 2014-2016",
        ),
        number="常政发〔2014〕77号",
        clause=Told(
            "“城区最后500米”、“农村最后1公里”",
            "“the last 500 m in town”, “the last 1 km in the country”",
        ),
        urban_m=500.0,
        minutes=None,
        rural_m=_VILLAGES_M,
        is_rural_own=True,
        verified=True,
        remark=Told(
            "文件未规定距离口径，本工具按步行路网距离计",
            "it does not say how distance is measured; here it is walked over roads",
        ),
    ),
    _tier("gb50180-5min", 300.0, "五分钟生活圈居住区，步行约300米",
          "five-minute neighbourhood, some 300 m on foot", verified=False),
    _tier("gb50180-10min", 500.0, "十分钟生活圈居住区，步行约500米",
          "ten-minute neighbourhood, some 500 m on foot", verified=True),
    _tier("gb50180-15min", 1000.0, "十五分钟生活圈居住区，步行约1公里",
          "fifteen-minute neighbourhood, some 1 km on foot", verified=True),
    Norm(
        key="circle-15min",
        document=Told(
            "《城市一刻钟便民生活圈建设指南》（2021）",
            "Guide to building quarter-of-an-hour circles of daily convenience in towns (2021)",
        ),
        number="商流通函〔2021〕176号",
        clause=Told(
            "一、（一）：服务半径为步行15分钟左右的范围", "part 1 (1): some 15 minutes on foot"
        ),
        urban_m=None,
        minutes=15.0,
        rural_m=_VILLAGES_M,
        is_rural_own=False,
        verified=True,
        remark=Told(
            "指南只规定分钟数，米数 = 15分钟 × 步行速度 walking_kph（默认每小时4公里，为假定值）；"
            "所列文号为指南所依据的《意见》；只针对城市，乡村数值沿用常政发〔2014〕77号",
            "it states minutes alone: metres are 15 minutes times walking_kph (4 km/h unless "
            "stated, an assumption); the number is that of the opinion on which the guide rests; "
            "it concerns towns only, the rural figure is that of 常政发〔2014〕77号",
        ),
    ),
)  # fmt: skip

NORMS: Final[Mapping[NormKey, Norm]] = MappingProxyType({norm.key: norm for norm in _ALL})
