"""OpenStreetMap is credited where the roads come from there, and nowhere else."""

from __future__ import annotations

import itertools
import re
import zipfile

import geopandas as gpd
import pytest
from shapely import LineString
from town import LANE, MAIN_STREET, at, write_town
from typer.testing import CliRunner

from lastmile.cli import app


def planned(folder, **columns):
    """Plan the town on its streets drawn as a layer of lines, and draw everything anew."""
    path = write_town(folder)
    shapes = [
        LineString([at(*start), at(*end)])
        for street in (MAIN_STREET, LANE)
        for start, end in itertools.pairwise(street)
    ]
    rows = {name: [value] * len(shapes) for name, value in columns.items()}
    gpd.GeoDataFrame(
        {"等级": ["次干路"] * len(shapes)} | rows, geometry=shapes, crs="EPSG:4326"
    ).to_file(folder / "roads.gpkg")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            'path = "roads.osm"\n', 'path = "roads.gpkg"\ncolumns = { highway = "等级" }\n'
        ),
        encoding="utf-8",
    )
    run("plan", path, "-o", folder / "plan")
    for made in ("map.html", "report.xlsx"):
        (folder / "plan" / made).unlink()
    run("map", folder / "plan")
    run("report", folder / "plan")
    return folder / "plan"


def run(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments), "--quiet"])
    assert result.exit_code == 0, result.output


def texts(folder):
    """Everything that outputs say of the plan: map, tracks, sheets, workbook."""
    page = (folder / "map.html").read_text("utf-8")
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    with zipfile.ZipFile(folder / "report.xlsx") as book:
        parts = [book.read(name).decode("utf-8") for name in book.namelist()]
    return {
        "map": data[1],
        "tracks": "".join(p.read_text("utf-8") for p in sorted(folder.glob("routes/*.gpx"))),
        "sheets": "".join(p.read_text("utf-8") for p in sorted(folder.glob("routes/*.html"))),
        "workbook": "".join(parts),
    }


@pytest.fixture(scope="module")
def of_an_office(tmp_path_factory):
    return texts(planned(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def cut_from_the_map(tmp_path_factory):
    return texts(planned(tmp_path_factory.mktemp("cut"), osm_id="4711"))


@pytest.mark.parametrize("kind", ["map", "tracks", "sheets", "workbook"])
def test_roads_of_an_offices_own_layer_are_not_credited_to_the_map(of_an_office, kind):
    assert of_an_office[kind]
    assert "openstreetmap" not in of_an_office[kind].lower()


def test_the_report_names_the_layer_instead(of_an_office):
    assert "道路数据文件：roads.gpkg" in of_an_office["workbook"]


@pytest.mark.parametrize("kind", ["map", "tracks", "sheets", "workbook"])
def test_a_layer_with_the_maps_ids_was_cut_from_the_map_and_is_credited(cut_from_the_map, kind):
    assert "OpenStreetMap contributors" in cut_from_the_map[kind]
