"""What a plan says of itself."""

from pathlib import Path

import pytest

from lastmile.pipeline.words import dated
from lastmile.scenario import scenario_from_table


def scenario(**output):
    table = {
        "name": "x",
        "boundaries": [{"path": "b.gpkg"}],
        "demand": {"source": "raster", "path": "p.tif"},
        "roads": {"path": "r.osm.pbf"},
        "output": output,
    }
    return scenario_from_table(table, Path("/nowhere"), "scenario.toml")


@pytest.mark.parametrize(
    ("output", "timestamp", "told"),
    [
        ({}, "2015-06-06T00:23:02Z", "道路 2015-06-06"),
        ({"language": "en"}, "2015-06-06T00:23:02Z", "roads 2015-06-06"),
        ({"data_date": "2026-01"}, "2015-06-06T00:23:02Z", "2026-01"),
        ({}, "", ""),
    ],
)
def test_a_plan_without_a_data_date_tells_that_of_its_roads(output, timestamp, told):
    assert dated(scenario(**output), timestamp).output.data_date == told
