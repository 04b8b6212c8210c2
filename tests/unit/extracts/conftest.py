"""A server of one's own, and no patience with it."""

from __future__ import annotations

import pytest
from extract_files import crossing
from extract_server import running

from lastmile.extracts import Patience


@pytest.fixture
def site(monkeypatch):
    """A server on this machine; a proxy of the surroundings is not asked."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running() as found:
        yield found


@pytest.fixture
def waits():
    """Seconds that would have been waited."""
    return []


@pytest.fixture
def patience(waits):
    """Three tries and no waiting."""
    return Patience(timeout_s=5.0, max_failures=3, wait=waits.append)


@pytest.fixture(scope="session")
def extract(tmp_path_factory):
    """Bytes of a small .osm.pbf."""
    path = crossing().write(tmp_path_factory.mktemp("extract") / "town.osm.pbf")
    return path.read_bytes()
