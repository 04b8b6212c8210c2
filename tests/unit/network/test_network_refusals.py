"""What the network room refuses to do, rather than do it wrongly."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from lastmile.errors import MissingDependencyError
from lastmile.network import VAN, WALK, build_network, reach, snap, to_networkx


@pytest.fixture
def one_place():
    return lambda network: snap(network, np.array([0.0005]), np.zeros(1), max_access_m=300)


def reached(network, places, limit_mm):
    return reach(
        network, places, places, limit_mm=np.array([limit_mm]), demand_ids=["d"], site_ids=["s"]
    )


def test_walking_is_not_measured_on_streets_with_one_ways(draw, one_place):
    network = build_network(draw(), VAN, min_component_m=0)
    with pytest.raises(ValueError, match="take travel_costs"):
        reached(network, one_place(network), 500_000)


def test_a_limit_that_labels_cannot_hold_is_refused(draw, one_place):
    network = build_network(draw(), WALK, min_component_m=200)
    assert reached(network, one_place(network), 2**31 - 2).n_pairs == 1
    with pytest.raises(ValueError, match="2,147 km"):
        reached(network, one_place(network), 2**31 - 1)


def test_without_networkx_its_install_command_is_told(draw, monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingDependencyError, match="pip install networkx"):
        to_networkx(build_network(draw(), WALK, min_component_m=200))
