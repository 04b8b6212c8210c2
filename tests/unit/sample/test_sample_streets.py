"""The streets of the sample: bridges, motorways, old town, compounds."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from lastmile.progress import silent
from lastmile.sample.bridges import components
from lastmile.sample.facts import read_facts
from lastmile.sample.lines import RANK
from lastmile.sample.plane import plane_xy
from lastmile.sample.streets import OLD_TOWN, draw_streets
from lastmile.sample.units import lay_out_units


@pytest.fixture(scope="module")
def streets():
    return draw_streets(lay_out_units(read_facts(), "core", 1), 1, silent)


def test_no_street_crosses_water_without_a_bridge(streets):
    lines = streets.edges.lines.geometry
    # Banks are bent point by point: half a metre of water is drawing, not crossing.
    water = shapely.buffer(streets.waters.surface, -1.5)
    row, body = shapely.STRtree(water).query(lines, predicate="intersects").T.T
    wet = shapely.length(shapely.intersection(lines[row], water[body])) > 1.0
    assert streets.bridge[row[wet]].all()
    assert streets.bridge.sum() > 50


def test_there_are_far_fewer_bridges_than_streets_at_the_water(streets):
    lines = streets.edges.lines.geometry
    beside = shapely.buffer(streets.waters.surface, 20.0)
    near = np.unique(shapely.STRtree(beside).query(lines, predicate="intersects")[0])
    assert streets.bridge[near].sum() < 0.5 * len(near)


def test_the_old_town_is_denser_than_the_country(streets):
    centre = shapely.Point(*plane_xy(np.array([OLD_TOWN]))[0])
    old = centre.buffer(1000.0)
    country = shapely.Point(*plane_xy(np.array([(120.12, 31.80)]))[0]).buffer(1000.0)
    lines = streets.edges.lines.geometry
    density = [
        shapely.length(shapely.intersection(lines, ring)).sum() / ring.area * 1e3
        for ring in (old, country)
    ]
    assert density[0] > 2.0 * density[1] > 0.0


def test_streets_run_in_every_direction(streets):
    xy = shapely.get_coordinates(shapely.get_point(streets.edges.lines.geometry, 0))
    to = shapely.get_coordinates(shapely.get_point(streets.edges.lines.geometry, -1))
    bearing = np.degrees(np.arctan2(*(to - xy).T)) % 90.0
    share = np.histogram(bearing, bins=18, range=(0.0, 90.0))[0] / len(bearing)
    # A lattice would put nearly all streets into one or two of these bins.
    assert share.max() < 0.2
    assert share.min() > 0.005


def test_superblocks_have_dead_ends_t_junctions_and_crossings(streets):
    degree = streets.edges.degree()
    count = np.bincount(degree)
    assert count[3] > count[4] > 0
    assert 0.03 < count[1] / count[1:].sum() < 0.35


def test_motorways_meet_streets_only_through_ramps(streets):
    edges = streets.edges
    highway = edges.lines.highway
    fast = highway == RANK["motorway"]
    other = ~fast & (highway != RANK["motorway_link"])
    assert fast.any()
    own = set(edges.start[fast]) | set(edges.end[fast])
    assert own.isdisjoint(set(edges.start[other]) | set(edges.end[other]))
    part = components(edges)
    main = np.bincount(part[edges.start]).argmax()
    assert (part[edges.start[fast]] == main).all()
