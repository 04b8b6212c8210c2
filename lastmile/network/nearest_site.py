"""Each stretch of road to its nearest site: the network's Voronoi cells, compiled.

Sites may have different limits. A far site with a long limit may then serve road behind a near
site with a short one, so that a vertex can hold several labels: those that no label beats both in
cost and in what is left of the limit. Each settled label sends a ray along every edge it may go;
the lower envelope of the rays of an edge says whose road it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lastmile.network.bounded_edges import EdgeGraph, Starts, may_leave
from lastmile.network.heap import pop_packed, push_packed


class Rays(NamedTuple):
    """Costs from sites along edges, one row for each; costs are lengths here."""

    edge: NDArray[np.int32]
    site: NDArray[np.int32]
    rises: NDArray[np.bool_]
    """Whether the cost at offset o is base + o; else it is base - o."""

    base_mm: NDArray[np.int64]
    low_mm: NDArray[np.int64]
    """Where the ray begins to count."""

    high_mm: NDArray[np.int64]


@njit(cache=True, nogil=True)
def all_rays(graph: EdgeGraph, sites: Starts) -> Rays:
    """Search from all sites at once and return the rays of every edge that is reached."""
    latest = np.full(graph.offsets.size - 1, -1, dtype=np.int64)
    n_sites = sites.edge.size
    # Labels: vertex, site, cost, and the label settled before at the same vertex.
    labels = np.empty((4 * n_sites + 1024, 4), dtype=np.int64)
    heap = np.empty(2 * n_sites + 1024, dtype=np.int64)
    rays = np.empty((2 * n_sites + 4096, 6), dtype=np.int64)
    n_rays, n_labels = _leave_sites(graph, sites, rays, labels, heap)
    size = n_labels
    while size > 0:
        label = pop_packed(heap, size) & 0xFFFFFFFF
        size -= 1
        at, site, cost = labels[label, 0], labels[label, 1], labels[label, 2]
        if _is_beaten(labels, latest[at], site, cost, sites.limit):
            continue
        labels[label, 3] = latest[at]
        latest[at] = label
        left = sites.limit[site] - cost
        for j in range(graph.offsets[at], graph.offsets[at + 1]):
            edge, by_end = graph.item[j] >> 1, graph.item[j] & 1
            if not (graph.down[edge] if by_end else graph.up[edge]):
                continue
            whole = graph.length_mm[edge]
            if n_rays == len(rays):
                rays = np.concatenate((rays, np.empty_like(rays)))
            if by_end:
                rays[n_rays] = edge, site, 0, cost + whole, max(0, whole - left), whole
            else:
                rays[n_rays] = edge, site, 1, cost, 0, min(whole, left)
            n_rays += 1
            head = graph.start[edge] if by_end else graph.end[edge]
            if whole > left or _is_beaten(labels, latest[head], site, cost + whole, sites.limit):
                continue
            if n_labels == len(labels):
                labels = np.concatenate((labels, np.empty_like(labels)))
            labels[n_labels] = np.int64(head), site, cost + whole, -1
            heap = _with_room(heap, size)
            push_packed(heap, size, ((cost + whole) << 32) | n_labels)
            size += 1
            n_labels += 1
    rays = rays[:n_rays]
    return Rays(
        rays[:, 0].astype(np.int32), rays[:, 1].astype(np.int32), rays[:, 2] == 1,
        rays[:, 3].copy(), rays[:, 4].copy(), rays[:, 5].copy(),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _leave_sites(
    graph: EdgeGraph,
    sites: Starts,
    rays: NDArray[np.int64],
    labels: NDArray[np.int64],
    heap: NDArray[np.int64],
) -> tuple[int, int]:
    """Send the rays of the sites' own edges, and label their ends; return how many of both."""
    n_rays, n_labels = 0, 0
    for site in range(sites.edge.size):
        edge = np.int64(sites.edge[site])
        at_mm, access = sites.offset_mm[site], sites.access[site]
        left = sites.limit[site] - access
        if left < 0:
            continue
        whole = graph.length_mm[edge]
        for side in range(2):
            piece = at_mm if side == 0 else whole - at_mm
            if not may_leave(graph, edge, at_mm, side):
                continue
            if side == 0:
                rays[n_rays] = edge, site, 0, access + at_mm, max(0, at_mm - left), at_mm
            else:
                rays[n_rays] = edge, site, 1, access - at_mm, at_mm, min(whole, at_mm + left)
            n_rays += 1
            if piece <= left:
                at = np.int64(graph.start[edge] if side == 0 else graph.end[edge])
                labels[n_labels] = at, site, access + piece, -1
                push_packed(heap, n_labels, ((access + piece) << 32) | n_labels)
                n_labels += 1
    return n_rays, n_labels


@njit(cache=True, nogil=True)
def _with_room(heap: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    return np.concatenate((heap, np.empty_like(heap))) if size == heap.size else heap


@njit(cache=True, nogil=True)
def _is_beaten(
    labels: NDArray[np.int64], latest: int, site: int, cost: int, limit: NDArray[np.int64]
) -> bool:
    """Whether a settled label is as near (the first site of equally near ones) and goes as far."""
    while latest >= 0:
        other, other_cost = labels[latest, 1], labels[latest, 2]
        is_nearer = other_cost < cost or (other_cost == cost and other <= site)
        if is_nearer and limit[other] - other_cost >= limit[site] - cost:
            return True
        latest = labels[latest, 3]
    return False


@njit(cache=True, nogil=True)
def envelope(
    rays: Rays, offsets: NDArray[np.int64], order: NDArray[np.int64], limit: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Cut every edge into the stretches of its nearest sites.

    Rays of edge ``e`` are ``order[offsets[e]:offsets[e + 1]]``. Returns rows of edge, site, from,
    to, and what is left of the site's limit at both; by edge and offset. Where two sites are
    equally near between two whole millimetres, the lower one is the border.
    """
    out = np.empty((4096, 6), dtype=np.int64)
    n_out = 0
    for edge in range(offsets.size - 1):
        mine = order[offsets[edge] : offsets[edge + 1]]
        if not mine.size:
            continue
        breaks = np.unique(np.concatenate((rays.low_mm[mine], rays.high_mm[mine])))
        first, turned = n_out, False
        for b in range(breaks.size - 1):
            low, high = breaks[b], breaks[b + 1]
            up, down = _best(rays, mine, low, high)
            border = high if down < 0 else low
            if up >= 0 and down >= 0:
                border = (rays.base_mm[down] - rays.base_mm[up]) // 2
                border = max(low, min(high, border))
            for falls in range(2):
                ray = down if falls else up
                begin, end = (border, high) if falls else (low, border)
                if ray < 0 or begin >= end:
                    continue
                site, sign = rays.site[ray], -1 if falls else 1
                here = limit[site] - (rays.base_mm[ray] + sign * begin)
                there = limit[site] - (rays.base_mm[ray] + sign * end)
                last = n_out - 1
                goes_on = last >= first and out[last, 1] == site and out[last, 3] == begin
                # From falling to rising the site itself is passed: there the stretch is cut.
                if goes_on and not (turned and not falls):
                    out[last, 3], out[last, 5] = end, there
                else:
                    if n_out == len(out):
                        out = np.concatenate((out, np.empty_like(out)))
                    out[n_out] = edge, np.int64(site), begin, end, here, there
                    n_out += 1
                turned = falls == 1
    return out[:n_out].copy()


@njit(cache=True, nogil=True)
def _best(rays: Rays, mine: NDArray[np.int64], low: int, high: int) -> tuple[int, int]:
    """Cheapest rising and cheapest falling ray all along a piece; of equals, the first site's."""
    up, down = -1, -1
    for ray in mine:
        if rays.low_mm[ray] > low or rays.high_mm[ray] < high:
            continue
        best = up if rays.rises[ray] else down
        is_better = best < 0 or rays.base_mm[ray] < rays.base_mm[best] or (
            rays.base_mm[ray] == rays.base_mm[best] and rays.site[ray] < rays.site[best]
        )  # fmt: skip
        if is_better and rays.rises[ray]:
            up = ray
        elif is_better:
            down = ray
    return up, down
