"""Figures of an extract as rows of text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from lastmile.extracts.box import Box
from lastmile.extracts.figures import Amount, Contents

Rows = list[tuple[str, str]]


def size_text(size_bytes: int) -> str:
    """Write a size in MB, or in kB where it is small.

    Examples
    --------
    >>> size_text(3_170_430), size_text(4_210)
    ('3.2 MB', '4.2 kB')
    """
    if size_bytes >= 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{size_bytes / 1e6:,.1f} MB"
    return f"{size_bytes / 1e3:,.1f} kB"


def overview(contents: Contents) -> Rows:
    """Everything but classes and restrictions."""
    pieces, orders = contents.components, contents.defects.orders
    file = (
        f"{PurePath(contents.file).name}, {size_text(contents.size_bytes)}, {contents.kind}, "
        f"written by {contents.program or 'who knows'}"
    )
    drive = (
        f"{_amount(contents.drive)}; {contents.walked_share:.1%} of the km tell of walkers, "
        f"{contents.limited_share:.1%} have a speed limit"
    )
    hang = (
        f"{pieces.n:,}; the largest holds {pieces.largest_share:.1%} of the km, "
        f"{pieces.n_under_1_km:,} are under 1 km"
    )
    return [
        ("file", file),
        ("date of the data", _date(contents)),
        ("box in the header", _box(contents.header_box)),
        ("box of its roads", _box(contents.roads_box)),
        ("objects", ", ".join(f"{order.n:,} {name}" for name, order in orders.items())),
        ("roads", _amount(contents.roads)),
        ("… for walking", _amount(contents.foot)),
        ("… for driving", drive),
        ("… named", f"{contents.named_share:.1%} of the km"),
        ("one-ways", f"{contents.n_one_way:,}, and {contents.n_implied_one_way:,} implied"),
        ("ferries", _amount(contents.ferries)),
        ("traffic signals", f"{contents.n_signals:,} on roads"),
        ("barriers on roads", _counts(contents.barriers)),
        ("turn restrictions", f"{contents.turns.n:,}"),
        ("pieces", hang),
        ("defects", _defects(contents)),
    ]


def class_rows(contents: Contents) -> list[tuple[str, str, str]]:
    """Classes with ways and kilometres, the longest first."""
    return [
        (name, f"{amount.ways:,}", f"{amount.km:,.1f}") for name, amount in contents.classes.items()
    ]


def turn_rows(contents: Contents) -> Rows:
    """Restrictions by kind, by what they go through, and by what is wrong."""
    turns = contents.turns
    rows = [(kind, f"{n:,}") for kind, n in turns.by_kind.items()]
    rows += [
        ("via a node", f"{turns.n_via_node:,}"),
        ("via ways", f"{turns.n_via_way:,}"),
        ("at some hours only", f"{turns.n_conditional:,}"),
        ("for some vehicles only", f"{turns.n_for_some_vehicles:,}"),
    ]
    return rows + [(f"cannot be obeyed: {what}", f"{n:,}") for what, n in turns.problems.items()]


def _date(contents: Contents) -> str:
    if not contents.data_date:
        return "not said"
    return f"{contents.data_date} ({contents.data_date_from})"


def _box(box: Box | None) -> str:
    return "none" if box is None else f"{box} (west, south, east, north)"


def _amount(amount: Amount) -> str:
    return f"{amount.ways:,} ways, {amount.km:,.1f} km" if amount.ways else "none"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {kind}" for kind, n in counts.items()) or "none"


def _defects(contents: Contents) -> str:
    defects, orders = contents.defects, contents.defects.orders.values()
    told = {
        "nodes missing in roads": defects.n_missing_nodes,
        "nodes following themselves": defects.n_repeated_nodes,
        "segments of length 0": defects.n_zero_segments,
        "roads with fewer than 2 nodes": defects.n_single_node_ways,
        "ids that occur again": sum(order.n_duplicates for order in orders),
        "objects out of order": defects.n_types_out_of_order
        + sum(order.n_out_of_order for order in orders),
        "ids below 1": sum(order.n_below_one for order in orders),
    }
    return ", ".join(f"{n:,} {what}" for what, n in told.items() if n) or "none found"
