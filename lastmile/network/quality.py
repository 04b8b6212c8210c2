"""How well places meet the roads: access legs, places off the network, places beside islands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lastmile.costs import UNREACHABLE
from lastmile.network.components import linked_parts
from lastmile.network.feet import feet_on_edges
from lastmile.network.geodesy import geodesic_mm, to_plane
from lastmile.network.grid import grid_of_edges, nearest_segments
from lastmile.network.model import Network
from lastmile.network.snapping import Snaps

_BANDS_M: Final = (0, 25, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000)
_P90: Final = 0.9


@dataclass(frozen=True, slots=True)
class Tally:
    """Some of the places."""

    n: int
    weight: float
    """Sum of their weights, such as people."""


@dataclass(frozen=True, slots=True)
class Band:
    """Places whose access leg is longer than one length and not longer than another."""

    over_m: int
    """Legs of 0 m are in the first band."""

    to_m: int | None
    """None in the last band, which has no end."""

    n: int
    weight: float


@dataclass(frozen=True, slots=True)
class Legs:
    """Typical access legs, in metres; NaN where no place has a road, or no weight."""

    median_m: float
    p90_m: float
    longest_m: float


@dataclass(frozen=True, slots=True)
class SnapQuality:
    """How well a set of places meets a network."""

    places: Tally
    on_network: Tally
    off_network: Tally
    """Too far from a road, or without one anywhere near."""

    without_road: Tally
    """No road within 5 km; among those off the network."""

    past_island: Tally
    """On the network, but snapped past an island that is nearer."""

    beside_main: Tally
    """On the network, but on a component that is believed and is not the longest."""

    bands: tuple[Band, ...]
    """Access legs of all places with a road, off the network or on."""

    legs: Legs
    """Of the same places, each counting once."""

    weighted_legs: Legs
    """Of the same places, each counting by its weight."""

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for machines."""
        return asdict(self)


def snap_quality(
    network: Network, snaps: Snaps, weights: NDArray[np.float64] | None = None
) -> SnapQuality:
    """Count how places meet the roads.

    Parameters
    ----------
    network
        The network of the snaps.
    snaps
        Positions of the places.
    weights
        Shape (places,). People, for instance, at least 0; 1 each if not given.
    """
    weight = np.ones(len(snaps)) if weights is None else np.asarray(weights, dtype=np.float64)
    has_road = snaps.edge >= 0
    component = np.append(network.edge_component, np.int32(0))[snaps.edge]

    def tally(chosen: NDArray[np.bool_]) -> Tally:
        return Tally(int(np.count_nonzero(chosen)), float(weight[chosen].sum()))

    leg_mm = snaps.access_mm[has_road]
    return SnapQuality(
        places=tally(np.ones(len(snaps), dtype=np.bool_)),
        on_network=tally(snaps.on_network),
        off_network=tally(~snaps.on_network),
        without_road=tally(~has_road),
        past_island=tally(snaps.past_island),
        beside_main=tally(snaps.on_network & (component != 0)),
        bands=_bands(leg_mm, weight[has_road]),
        legs=_legs(leg_mm, np.ones(leg_mm.size)),
        weighted_legs=_legs(leg_mm, weight[has_road]),
    )


def _bands(leg_mm: NDArray[np.int64], weight: NDArray[np.float64]) -> tuple[Band, ...]:
    over_mm = 1000 * np.array(_BANDS_M, dtype=np.int64)
    band = np.maximum(0, np.searchsorted(over_mm, leg_mm, side="left") - 1)
    n = np.bincount(band, minlength=over_mm.size)
    sums = np.bincount(band, weights=weight, minlength=over_mm.size)
    return tuple(
        Band(over_m, to_m, int(n[k]), float(sums[k]))
        for k, (over_m, to_m) in enumerate(zip(_BANDS_M, (*_BANDS_M[1:], None), strict=True))
    )


def _legs(leg_mm: NDArray[np.int64], weight: NDArray[np.float64]) -> Legs:
    """Find the shortest legs within which half, nine tenths and all of the weight lies."""
    counted = weight > 0.0
    if not counted.any():
        return Legs(float("nan"), float("nan"), float("nan"))
    order = np.argsort(leg_mm[counted], kind="stable")
    leg_m = leg_mm[counted][order] / 1000.0
    run = np.cumsum(weight[counted][order])
    median, p90 = np.searchsorted(run, np.array([0.5, _P90]) * run[-1])
    return Legs(float(leg_m[median]), float(leg_m[p90]), float(leg_m[-1]))


def weight_by_part(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    weights: NDArray[np.float64],
    *,
    max_access_m: float,
) -> NDArray[np.float64]:
    """Sum, for each part of a network, the weights of the places whose nearest road is its.

    Islands count here, as snapping does not let them: what is asked is who would gain if a part
    were joined to the rest.

    Parameters
    ----------
    network
        Any network.
    lon, lat
        Shape (places,). Degrees, EPSG:4326, finite.
    weights
        Shape (places,). People, for instance.
    max_access_m
        Places farther from their nearest road count nowhere; inclusive.

    Returns
    -------
    ndarray
        Shape (parts,), by the numbers of :func:`~lastmile.network.components.linked_parts`.
    """
    part, part_mm = linked_parts(network)
    sums = np.zeros(part_mm.size)
    x, y = to_plane(network.plane, lon, lat)
    grid = grid_of_edges(network, network.can_stop)
    # The plane errs by up to 0.1 %; the geodesic decides at the limit.
    segment = nearest_segments(grid, x, y, 1.01 * max_access_m + 0.001)[0]
    near = np.flatnonzero(segment >= 0)
    edge = grid.edge[segment[near]].astype(np.int64)
    feet = feet_on_edges(network, edge, x[near], y[near])
    leg_mm = geodesic_mm(lon[near], lat[near], feet.lon, feet.lat)
    within = leg_mm <= round(min(max_access_m, UNREACHABLE / 2000) * 1000)
    np.add.at(sums, part[edge[within]], weights[near[within]])
    return sums
