"""What an extract's figures mean for a plan, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from lastmile.extracts.figures import Contents

_OLD_YEARS: Final = 2
_FEW_FOOT: Final = 0.01
_WHOLE: Final = 0.9
_FEW_NAMES: Final = 0.4
_FEW_LIMITS: Final = 0.1
_SOME_ROADS_KM: Final = 50.0
_DAYS_A_YEAR: Final = 365.25


def advise(contents: Contents, today: date) -> tuple[str, ...]:
    """Say what a planner should know before using the extract.

    Parameters
    ----------
    contents
        Its figures.
    today
        From which the age of the data counts.
    """
    if not contents.roads.ways:
        return ("no roads: nobody can walk or drive here; use an extract that holds highways",)
    return (
        *_on_date(contents, today),
        *_on_walkers(contents),
        *_on_pieces(contents),
        *_on_vans(contents),
        *_on_defects(contents),
    )


def _on_date(contents: Contents, today: date) -> Iterator[str]:
    if not contents.data_date:
        yield "of unknown date: neither the header nor a road says when; ask who made the file"
        return
    try:
        day = date.fromisoformat(contents.data_date[:10])
    except ValueError:
        yield f"its header states an impossible date ({contents.data_date[:10]})"
        return
    years = int((today - day).days / _DAYS_A_YEAR)
    if years >= _OLD_YEARS:
        yield f"old data: {years} years ({day}); newer roads and compounds are missing"


def _on_walkers(contents: Contents) -> Iterator[str]:
    foot, roads = contents.foot, contents.roads
    if not foot.ways:
        yield "drive-only extract: no foot ways; people walk on the roads that are there"
    elif foot.km < _FEW_FOOT * roads.km:
        yield f"few foot ways: {foot.km:,.1f} of {roads.km:,.0f} km; people walk on roads mostly"
    if "service" not in contents.classes:
        yield "no service roads: yards and compounds are reached by the streets around them only"


def _on_pieces(contents: Contents) -> Iterator[str]:
    pieces = contents.components
    if pieces.n > 1 and pieces.largest_share < _WHOLE:
        yield (
            f"a fragment: its roads fall into {pieces.n:,} pieces, and the largest holds "
            f"{pieces.largest_share:.0%} of the kilometres; use an extract of the whole area"
        )


def _on_vans(contents: Contents) -> Iterator[str]:
    if not contents.drive.ways:
        yield "no ways for vehicles: vans find no route"
        return
    if not contents.turns.n and contents.drive.km >= _SOME_ROADS_KM:
        yield "no turn restrictions: vans may be sent where turning is forbidden"
    bad = sum(contents.turns.problems.values())
    if bad:
        told = ", ".join(f"{n:,} {what}" for what, n in contents.turns.problems.items())
        yield f"{bad:,} of {contents.turns.n:,} turn restrictions cannot be obeyed: {told}"
    if contents.limited_share < _FEW_LIMITS:
        yield (
            f"speed limits on {contents.limited_share:.0%} of the kilometres for vehicles: "
            "travel times rest on the speeds of road classes"
        )
    if contents.named_share < _FEW_NAMES:
        yield f"names on {contents.named_share:.0%} of the kilometres: driver sheets will lack them"


def _on_defects(contents: Contents) -> Iterator[str]:
    defects = contents.defects
    if defects.n_missing_nodes:
        yield (
            f"{defects.n_missing_nodes:,} nodes of {defects.n_ways_lacking_nodes:,} ways are "
            "missing, and roads break off there; use an extract made with complete ways"
        )
    orders = defects.orders.values()
    if defects.n_types_out_of_order or any(one.n_out_of_order for one in orders):
        yield "out of order: lastmile osm clip writes it in order; readers need nodes before ways"
    repeated = sum(one.n_duplicates for one in orders)
    if repeated:
        yield f"{repeated:,} objects stand twice: lastmile osm clip keeps the newest of each"
    below = sum(one.n_below_one for one in orders)
    if below:
        yield (
            f"{below:,} objects with ids below 1 were never sent to the map: plans read them where "
            "the file is small and the only one; lastmile osm clip leaves them out"
        )
