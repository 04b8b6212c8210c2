"""Every stretch of road to its nearest site: catchments that do not overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lastmile.network.bounded_edges import Starts
from lastmile.network.model import Network
from lastmile.network.nearest_site import all_rays, envelope
from lastmile.network.reached import Direction, ReachedRoad, edge_graph, refuse_overlong
from lastmile.network.snapping import Snaps


def assign_road(
    network: Network, sites: Snaps, *, limit_mm: NDArray[np.int64], direction: Direction = "to"
) -> ReachedRoad:
    """Give each stretch of road to the nearest of the sites that reach it.

    Lengths are those of :func:`lastmile.network.reached_road`, access legs included; of equally
    near sites the first is taken. Together the stretches are all road that any site reaches, each
    piece once; neighbours share their border point, which is rounded down to whole millimetres,
    so that stretches shorter than one are lost. Single points are left out.

    Parameters
    ----------
    network
        Any network; one-ways are obeyed, rules of turning are not known here.
    sites
        Positions on it; sites off the network get nothing.
    limit_mm
        Shape (sites,). Longest length, in millimetres.
    direction
        "to" for those who come to the site, "from" for those who leave it.

    Returns
    -------
    ReachedRoad
        The stretches of each site.

    Raises
    ------
    ValueError
        If a limit is over 2,147 km.
    """
    limit_mm = refuse_overlong(limit_mm)
    limit_mm = np.where(sites.on_network, limit_mm, -1)
    access_mm = np.where(sites.on_network, sites.access_mm, 0)
    graph = edge_graph(network, "length_mm", direction)
    rays = all_rays(graph, Starts(sites.edge, sites.offset_mm, access_mm, limit_mm))
    offsets = np.zeros(network.n_edges + 1, dtype=np.int64)
    np.cumsum(np.bincount(rays.edge, minlength=network.n_edges), out=offsets[1:])
    rows = envelope(rays, offsets, np.argsort(rays.edge, kind="stable"), limit_mm)
    rows = rows[np.argsort(rows[:, 1], kind="stable")]
    site_offsets = np.zeros(len(sites) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows[:, 1], minlength=len(sites)), out=site_offsets[1:])
    return ReachedRoad(
        offsets=site_offsets,
        edge=rows[:, 0].astype(np.int32),
        from_mm=rows[:, 2].copy(),
        to_mm=rows[:, 3].copy(),
        from_left=rows[:, 4].copy(),
        to_left=rows[:, 5].copy(),
        impedance="length_mm",
    )
