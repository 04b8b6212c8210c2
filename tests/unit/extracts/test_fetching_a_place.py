"""A place's name becomes a file of its roads, by two services that are played here."""

from __future__ import annotations

import json
import re
import urllib.parse

import pytest
from extract_files import contents, crossing, ids
from extract_server import Trouble

from lastmile.errors import InputError
from lastmile.extracts import Box, Connection, get, stated
from lastmile.extracts.headers import read_header
from lastmile.extracts.overpass import query_for
from lastmile.extracts.sources import Source

HEAD = '<note>ODbL</note><meta osm_base="2026-11-01T02:03:04Z"/>'
PLACE = {"display_name": "小镇, 某省", "boundingbox": ["0.0000", "0.0020", "0.0000", "0.0030"]}


@pytest.fixture
def ask(site, patience, tmp_path):
    """Fetch a place from the services played; the target comes back."""

    def fetched(name="小镇", target=tmp_path / "roads.osm.pbf", **more):
        services = Connection(site.url + "/search", site.url + "/interpreter", patience)
        return get(name, target, connection=services, **more)

    return fetched


def answer(site, places=(PLACE,), roads=None):
    town = crossing()
    town.head = HEAD
    site.put("/search", json.dumps(list(places)).encode())
    site.put("/interpreter", (town.text() if roads is None else roads).encode())


def refusal(ask, tmp_path, **more):
    with pytest.raises(InputError) as caught:
        ask(**more)
    assert list(tmp_path.iterdir()) == []
    (fault,) = caught.value.faults
    return str(fault)


def test_the_roads_of_a_place_are_fetched_sorted_and_dated(site, ask, tmp_path):
    answer(site)
    found = ask(halo_m=0.0)
    assert ids(found.path, "w") == [100, 101, 102, 103, 104, 106]
    assert ids(found.path, "r") == [200]
    header = read_header(Source.at(found.path))
    assert header.timestamp == "2026-11-01T02:03:04Z"
    assert header.is_sorted
    assert any("小镇, 某省" in note for note in found.notes)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["roads.osm.pbf"]


def test_the_services_are_asked_politely_and_for_the_box_with_its_halo(site, ask):
    answer(site)
    ask(name="小镇, 某省", halo_m=1113.2)
    (_, _, headers, path), (_, _, more, form) = site.requests
    assert headers["User-Agent"].startswith("lastmile/")
    assert more["User-Agent"].startswith("lastmile/")
    assert urllib.parse.parse_qs(path.decode().partition("?")[2])["q"] == ["小镇, 某省"]
    query = urllib.parse.parse_qs(form.decode())["data"][0]
    south, west, north, east = map(float, re.search(r"\(([-\d.,]+)\)", query)[1].split(","))
    assert -0.0101 < south < -0.01
    assert -0.0101 < west < -0.01
    assert 0.012 < north < 0.0121
    assert 0.013 < east < 0.0131


def test_the_query_asks_for_roads_ferries_restrictions_and_their_nodes():
    query = query_for(Box(119.3, 31.1, 120.2, 32.1))
    assert '"highway"](31.1000000,119.3000000,32.1000000,120.2000000)' in query
    assert '"route"="ferry"' in query
    assert "^restriction" in query
    assert "node(w." in query
    assert query.startswith("[out:xml]")
    assert query.endswith("out meta;")


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_the_format_is_what_the_name_says(site, ask, tmp_path, suffix):
    answer(site)
    pbf = ask()
    other = ask(target=tmp_path / f"roads{suffix}")
    assert contents(other.path) == contents(pbf.path)


def test_a_busy_service_is_asked_again(site, ask, waits):
    answer(site)
    site.trouble("/search", Trouble(status=429, headers={"Retry-After": "3"}))
    site.trouble("/interpreter", Trouble(status=504), Trouble(drop_after=90))
    found = ask()
    assert ids(found.path, "w") == [100, 101, 102, 103, 104, 105, 106]
    assert waits == [3.0, 1.0, 2.0]


def test_an_answer_that_breaks_off_with_a_remark_is_refused(site, ask, tmp_path):
    remark = "<remark> runtime error: Query timed out in 300 s </remark></osm>"
    answer(site, roads=crossing().text().replace("</osm>", remark))
    assert "Query timed out in 300 s" in refusal(ask, tmp_path)


def test_a_road_that_is_called_like_a_remark_is_none(site, ask):
    town = crossing()
    town.ways[100] = (town.ways[100][0], {"highway": "residential", "name": "<remark>"})
    answer(site, roads=town.text())
    assert 100 in ids(ask().path, "w")


def test_an_answer_that_was_cut_off_is_refused(site, ask, tmp_path):
    answer(site, roads=crossing().text()[:-300])
    assert "cannot be read to its end" in refusal(ask, tmp_path)


def test_a_place_without_roads_is_refused(site, ask, tmp_path):
    answer(site, roads='<osm version="0.6"></osm>')
    assert "no road" in refusal(ask, tmp_path)


def test_an_unknown_place_is_refused_and_nobody_else_is_asked(site, ask, tmp_path):
    answer(site, places=())
    assert "no such place" in refusal(ask, tmp_path, name="Nowhere")
    assert len(site.requests) == 1


def test_a_country_is_too_large_to_ask_for(site, ask, tmp_path):
    box = ["18.0", "53.0", "73.0", "135.0"]
    answer(site, places=[{"display_name": "中国", "boundingbox": box}])
    message = refusal(ask, tmp_path, name="中国")
    assert "too large" in message
    assert "lastmile osm clip" in message
    assert len(site.requests) == 1


def test_a_place_that_is_a_point_has_roads_around_it(site, ask):
    point = ["0.001", "0.001", "0.002", "0.002"]
    answer(site, places=[{"display_name": "路口", "boundingbox": point}])
    assert 100 in ids(ask(halo_m=50.0).path, "w")


@pytest.mark.parametrize(
    "page",
    [
        b"<html>hello</html>",
        b"{}",
        b'{"error": "x"}',
        b"[1]",
        b'[{"boundingbox": ["1"]}]',
        b'[{"display_name": "x", "boundingbox": ["9", "1", "1", "2"]}]',
    ],
)
def test_an_answer_that_is_no_list_of_places_is_refused(site, ask, tmp_path, page):
    site.put("/search", page)
    assert "Remedy: " in refusal(ask, tmp_path)


def test_a_bad_query_is_refused_with_the_services_words(site, ask, tmp_path):
    answer(site)
    trouble = Trouble(status=400, headers={"Content-Type": "text/plain"}, body=b"parse error")
    site.trouble("/interpreter", trouble)
    assert "parse error" in refusal(ask, tmp_path)


def test_services_that_stay_away_are_told_as_offline(site, ask, tmp_path):
    answer(site)
    site.trouble("/interpreter", *[Trouble(status=504)] * 9)
    message = refusal(ask, tmp_path)
    assert "no way to 127.0.0.1" in message
    assert "lastmile osm check" in message


def test_a_file_that_is_there_is_kept_and_nobody_is_asked(site, ask, tmp_path):
    (tmp_path / "roads.osm.pbf").write_bytes(b"mine")
    with pytest.raises(InputError, match="--overwrite"):
        ask()
    assert site.requests == []


def test_a_checksum_of_a_place_is_refused(ask, tmp_path):
    assert "--md5" in refusal(ask, tmp_path, expected=(stated("md5", "0" * 32),))
