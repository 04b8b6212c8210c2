"""What a repair suggestion says to whoever mends the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Repair:
    """One place where two roads almost touch, or cross, and are not joined."""

    kind: str
    way: int
    other_way: int
    node: int | None
    other_node: int | None
    gap_mm: int
    joins_mm: int
    people: float
    doubt: str


def sentence(repair: Repair, language: Language) -> str:
    """Say what was found, what joining would bring, and what speaks against it."""
    if language == "zh":
        return f"{_found_zh(repair)}：{_gain_zh(repair)}请核实并连通，或说明不连通的原因"
    return f"{_found_en(repair)}: join them{_gain_en(repair)}, or tell why not"


_DOUBT_ZH: Final = {
    "levels": "（标签显示两路不在同一层）",
    "unknown": "（也可能是桥梁或隧道）",
    "aside": "（对方在端点侧面而非前方）",
    "closed": "（断头处接有禁止通行的道路）",
}
_DOUBT_EN: Final = {
    "levels": " (by their tags they lie at different levels)",
    "unknown": " (one may be a bridge or a tunnel)",
    "aside": " (which is beside it, not ahead)",
    "closed": " (a road that is closed here goes on from the end)",
}


def _found_zh(repair: Repair) -> str:
    doubt = _DOUBT_ZH.get(repair.doubt, "")
    if repair.kind == "crossing":
        return f"道路 {repair.way} 与道路 {repair.other_way} 相交而未连通{doubt}"
    end = f"道路 {repair.way} 的端点（节点 {repair.node}）"
    other = f"道路 {repair.other_way}"
    if repair.other_node is not None:
        other += f" 的节点 {repair.other_node}"
    detour = "，沿路却须绕行 500 米以上" if repair.kind == "detour" else ""
    return f"{end}距{other} 仅 {_metres(repair.gap_mm)} 米{detour}{doubt}"


def _found_en(repair: Repair) -> str:
    doubt = _DOUBT_EN.get(repair.doubt, "")
    if repair.kind == "crossing":
        return f"way {repair.way} crosses way {repair.other_way} without a junction{doubt}"
    other = f"way {repair.other_way}"
    if repair.other_node is not None:
        other = f"node {repair.other_node} of {other}"
    detour = ", but over 500 m along the roads" if repair.kind == "detour" else ""
    return (
        f"the end of way {repair.way} (node {repair.node}) lies {_metres(repair.gap_mm)} m from "
        f"{other}{detour}{doubt}"
    )


def _gain_zh(repair: Repair) -> str:
    if repair.kind == "detour":
        return ""
    people = f"、{repair.people:,.0f} 人" if repair.people >= 1.0 else ""
    return f"连通后可接入 {_kilometres(repair.joins_mm)} 公里道路{people}，"


def _gain_en(repair: Repair) -> str:
    if repair.kind == "detour":
        return ""
    people = f" and {repair.people:,.0f} people" if repair.people >= 1.0 else ""
    return f", which links {_kilometres(repair.joins_mm)} km of road{people} to the rest"


def _metres(length_mm: int) -> str:
    return f"{length_mm / 1000:.1f}"


def _kilometres(length_mm: int) -> str:
    return f"{length_mm / 1e6:.2f}"
