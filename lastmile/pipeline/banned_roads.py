"""What the restricted areas (限行) close to the vans."""

from __future__ import annotations

from lastmile.network import RoadData, banned_km
from lastmile.pipeline.movement import Movement
from lastmile.places import Note


def banned_roads(movement: Movement, roads: RoadData) -> tuple[Note, ...]:
    """Tell how much road the restricted areas close to the vans, or that they close none.

    Parameters
    ----------
    movement
        The vans, their shifts, and the areas.
    roads
        Of the planning area.
    """
    if not movement.bans:
        return ()
    km = banned_km(roads, movement.bans, movement.van, movement.on_shift)
    name = movement.van.name
    if not km:
        return (
            Note(
                zh=f"限行区（[[bans]]）在配送时段没有对车型 {name} 关闭任何道路："
                "区域内没有道路，或车型、时段不符",
                en=f"[[bans]] close no road to {name} during the shifts: no road lies in them, or "
                "they name other vehicles or hours",
            ),
        )
    return (
        Note(
            zh=f"限行区内 {km:,.1f} 公里道路在配送时段对车型 {name} 关闭，"
            "其中的站点改从限行区外最近的道路停靠，离得太远的不能送达",
            en=f"{km:,.1f} km of road in restricted areas are closed to {name} during the shifts; "
            "stations there are served from the nearest road outside, unless it is too far off",
        ),
    )
