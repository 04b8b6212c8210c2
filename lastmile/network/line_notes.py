"""What is to be told of a road layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lastmile.network.line_source import LineSource
from lastmile.places.notes import Note

_SHOWN: Final = 5


def layer_notes(source: LineSource, n_loose: int, odd_limits: Sequence[str]) -> Iterator[Note]:
    """Tell what a road layer does not say, and what it says in vain.

    Parameters
    ----------
    source
        How it was read.
    n_loose
        Ends of roads beside another road that they do not meet.
    odd_limits
        Cells that state no speed limit that can be read.
    """
    if not source.columns.highway:
        yield Note(
            zh="道路图层未指定等级字段（roads.columns.highway），全部道路按未分级道路处理，机动车与行人均可通行",
            en="no column of road classes is named (roads.columns.highway): every line is a road "
            "of unknown class, open to everybody",
        )
    if not source.columns.oneway:
        yield Note(
            zh="道路图层未指定单行字段（roads.columns.oneway），全部道路按双向通行处理",
            en="no column of one-ways is named (roads.columns.oneway): every road is open both "
            "ways",
        )
    if n_loose:
        remedy_zh = "如应相接，请设 roads.noded = false" if source.noded else "层级不同，未予连接"
        remedy = (
            "if they should meet, set roads.noded = false"
            if source.noded
            else "their levels differ, so they were not joined"
        )
        yield Note(
            zh=f"道路图层中有 {n_loose:,} 个路段端点落在另一条路的中间而未相接；{remedy_zh}",
            en=f"{n_loose:,} ends of roads lie beside another road without meeting it; {remedy}",
        )
    yield from _odd_limits(odd_limits)


def _odd_limits(cells: Sequence[str]) -> Iterator[Note]:
    if cells:
        some = list(dict.fromkeys(cells))[:_SHOWN]
        shown, shown_en = "、".join(some), ", ".join(map(repr, some))
        yield Note(
            zh=f"道路图层限速字段（roads.columns.maxspeed）有 {len(cells):,} 行无法识别"
            f"（如 {shown}），这些道路按等级车速计算",
            en=f"{len(cells):,} rows of the road layer state speed limits that cannot be read, "
            f"such as {shown_en}; the speeds of their classes hold there",
        )
