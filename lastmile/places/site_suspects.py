"""Sites at places that somebody should look at."""

from __future__ import annotations

import numpy as np
import shapely

from lastmile.findings import Suspect
from lastmile.places.notes import Note, listed
from lastmile.places.site_rows import SiteRows

_MOST_TOLD = 1_000
"""Places told of one layer; a note counts all. More would make a map that nobody reads."""

_SHUT = ("暂停营业", "停业", "已关闭", "已搬迁", "装修中", "建设中", "筹建", "未开业")

_STACK = 3
"""More sites than this on exactly one spot were put there by a geocoder that knew no better."""


def outside(rows: SiteRows, margin_m: float) -> list[Suspect]:
    """Tell of sites farther outside the area than they could serve."""
    zh = f"距规划范围超过 {margin_m:.0f} 米，未采用"
    en = f"more than {margin_m:.0f} m outside the area, left out"
    return [
        suspect(rows, k, "outside", (f"{rows.names[k]}：{zh}", f"{rows.names[k]}: {en}"))
        for k in range(min(len(rows), _MOST_TOLD))
    ]


def stacked(rows: SiteRows) -> list[Suspect]:
    """Tell of spots that more than three sites share, to the last digit of their coordinates."""
    if not len(rows):
        return []
    spots = shapely.get_coordinates(rows.points)
    _, first, inverse, count = np.unique(
        spots, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    found = []
    for group in np.flatnonzero(count > _STACK)[:_MOST_TOLD].tolist():
        members = np.flatnonzero(inverse.ravel() == group).tolist()
        zh, en = listed([rows.names[k] for k in members])
        told = (
            f"{len(members)} 处坐标完全相同，多半是按区域中心定位：{zh}",
            f"{len(members)} sites on one spot, as geocoders put what they do not know: {en}",
        )
        found.append(suspect(rows, int(first[group]), "stacked", told))
    return found


def said_closed(rows: SiteRows) -> list[Suspect]:
    """Tell of candidates whose own name says that they are shut: 百色路邮政所(暂停营业)."""
    zh, en = "名称表明已停业或未开业", "its name says that it is shut, or not open yet"
    return [
        suspect(rows, k, "closed", (f"{name}：{zh}", f"{name}: {en}"))
        for k, name in enumerate(rows.names)
        if any(word in name for word in _SHUT)
    ][:_MOST_TOLD]


def suspect(rows: SiteRows, position: int, kind: str, told: tuple[str, str]) -> Suspect:
    """Tell of one site, in Chinese and English."""
    point = rows.points[position]
    return Suspect(
        rows.key, rows.file, rows.where[position], point.x, point.y, kind, told[0], told[1]
    )


def dropped_note(rows: SiteRows, n_dropped: int, margin_m: float) -> Note:
    """Tell how many sites of a source lie too far outside the area to serve it."""
    zh, en = ("现有站点", "existing stations") if rows.is_existing else ("候选点", "candidates")
    return Note(
        zh=f"{zh} {len(rows)} 处中有 {n_dropped} 处距规划范围超过 {margin_m:.0f} 米，未采用",
        en=f"{n_dropped} of {len(rows)} {en} lie more than {margin_m:.0f} m outside the area and "
        "are left out",
    )
