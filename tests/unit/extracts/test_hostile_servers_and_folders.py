"""Servers that lead astray, folders with traps in them, and secrets in addresses."""

from __future__ import annotations

import base64
import io
import json
import math
import urllib.parse

import pytest
from extract_server import Trouble
from hypothesis import given
from hypothesis import strategies as st

from lastmile.errors import InputError
from lastmile.extracts import Box, Connection, Patience, clip, get
from lastmile.extracts.download import fetch
from lastmile.extracts.partial import Partial, range_of
from lastmile.extracts.secrets import redacted

PATH = "/area.osm.pbf"
MANY_NINES = "9" * 4000


@pytest.fixture
def target(tmp_path):
    return tmp_path / "new" / "area.osm.pbf"


def refusal(act):
    with pytest.raises(InputError) as caught:
        act()
    (fault,) = caught.value.faults
    return str(fault)


# addresses to which servers lead


@pytest.mark.parametrize(
    "place", ["http://[bad/", "http://[::1/a.osm.pbf", "http://127.0.0.1:99999/", "http://a:b:c/"]
)
def test_a_redirect_to_no_address_is_refused_at_once(site, target, patience, waits, place):
    url = site.put(PATH, b"")
    site.trouble(PATH, *[Trouble(status=302, headers={"Location": place})] * 3)
    message = refusal(lambda: fetch(url, target, patience=patience))
    assert "a redirect to what is no web address" in message
    assert waits == []
    assert len(site.asked(PATH)) == 1


@pytest.mark.parametrize("url", ["https://[bad/", "https://a:99999/x", "https://a:b/x"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(target, patience, url):
    assert "no web address" in refusal(lambda: fetch(url, target, patience=patience))


# sizes that are none


def test_a_size_of_thousands_of_digits_is_no_size(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.trouble(
        PATH,
        Trouble(drop_after=100),
        Trouble(status=206, headers={"Content-Range": f"bytes 100-199/{MANY_NINES}"}),
    )
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract


def test_a_noted_size_of_thousands_of_digits_is_no_size(tmp_path):
    part = Partial(tmp_path / "a.osm.pbf")
    noted = {"url": "", "etag": "", "last_modified": "", "total_bytes": int(MANY_NINES)}
    part.note.write_text(json.dumps(noted))
    assert part.version().total_bytes is None
    part.note.write_text("[" * 100_000)
    assert part.version() is None


@given(st.text())
def test_no_range_is_too_odd_to_be_read(text):
    for number in range_of(text):
        assert number is None or 0 <= number < 10**18


# links


@pytest.mark.parametrize("end", [".part", ".part.json", ".part.lock"])
@pytest.mark.parametrize("leads_somewhere", [True, False])
def test_nothing_is_written_through_a_link(site, tmp_path, patience, extract, end, leads_somewhere):
    url, treasure = site.put(PATH, extract), tmp_path / "treasure"
    if leads_somewhere:
        treasure.write_text("gold")
    (tmp_path / f"area.osm.pbf{end}").symlink_to(treasure)
    message = refusal(lambda: fetch(url, tmp_path / "area.osm.pbf", patience=patience))
    assert "found a link" in message
    assert treasure.exists() == leads_somewhere
    assert not leads_somewhere or treasure.read_text() == "gold"
    assert site.requests == []


def test_a_link_that_is_put_there_meanwhile_is_not_followed(tmp_path):
    part, treasure = Partial(tmp_path / "area.osm.pbf"), tmp_path / "treasure"
    treasure.write_text("gold")
    part.data.symlink_to(treasure)
    with pytest.raises(OSError, match="symbolic links"):
        part.behind()
    assert treasure.read_text() == "gold"


# folders


def test_a_fetch_that_fails_leaves_no_folder(site, tmp_path, patience):
    deep = tmp_path / "a" / "b" / "area.osm.pbf"
    refusal(lambda: fetch(site.url + "/none.osm.pbf", deep, patience=patience))
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_that_fails_keeps_the_folder_that_was_there(site, tmp_path, patience):
    (tmp_path / "a").mkdir()
    deep = tmp_path / "a" / "b" / "area.osm.pbf"
    refusal(lambda: fetch(site.url + "/none.osm.pbf", deep, patience=patience))
    assert [item.name for item in tmp_path.rglob("*")] == ["a"]


def test_a_clip_that_fails_leaves_no_folder(tmp_path, extract):
    town = tmp_path / "town.osm.pbf"
    town.write_bytes(extract)
    far = Box(100.0, 10.0, 101.0, 11.0)
    refusal(lambda: clip([town], tmp_path / "a" / "b" / "cut.osm.pbf", far))
    assert [item.name for item in tmp_path.iterdir()] == ["town.osm.pbf"]


# secrets


def with_password(url):
    return url.replace("http://", "http://ada:s%40cret@")


def test_a_password_is_sent_to_its_server_and_told_to_nobody(site, target, patience, extract):
    url = with_password(site.put(PATH, extract))
    told = io.StringIO()
    site.trouble(PATH, Trouble(drop_after=100))

    def stop(_stage, done, _total, note=""):
        print(note, file=told)
        if done > 0:
            print(Partial(target).note.read_text(), file=told)

    found = fetch(url, target, patience=patience, progress=stop)
    print(found, file=told)
    assert target.read_bytes() == extract
    assert "cret" not in told.getvalue()
    expected = "Basic " + base64.b64encode(b"ada:s@cret").decode()
    assert {one["Authorization"] for one in site.asked(PATH)} == {expected}
    assert any("resumed" in note for note in found.notes)


def test_a_password_is_not_sent_to_whoever_the_server_leads_to(site, target, patience, extract):
    url = with_password(site.put(PATH, extract))
    elsewhere = site.put("/other.osm.pbf", extract)
    site.trouble(PATH, Trouble(status=302, headers={"Location": elsewhere}))
    fetch(url, target, patience=patience)
    (asked,) = site.asked("/other.osm.pbf")
    assert "Authorization" not in asked


@pytest.mark.parametrize("status", [404, 503])
def test_no_message_of_a_failure_holds_the_password(site, target, patience, status):
    url = with_password(site.url + PATH)
    site.trouble(PATH, *[Trouble(status=status)] * 3)
    message = refusal(lambda: fetch(url, target, patience=patience))
    assert "cret" not in message
    assert "127.0.0.1" in message


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:s/cret@maps.example/a.osm.pbf",
        "ftp://ada:s3cret@maps.example/a.osm.pbf",
        "https://ada:s3cret@maps.example:99999/a.osm.pbf",
        "https://ada:s3cret@maps.example/a.osm.bz2",
    ],
)
def test_no_message_of_a_bad_address_holds_the_password(target, patience, url):
    message = refusal(lambda: fetch(url, target, patience=patience))
    assert "cret" not in message
    assert "ada" not in message


def test_no_message_of_a_service_holds_the_password(site, tmp_path, patience):
    service = with_password(site.url)
    site.put("/search", b"[]")
    connection = Connection(service + "/search", service + "/roads", patience)
    message = refusal(lambda: get("Town", tmp_path / "a.osm.pbf", connection=connection))
    assert "no such place" in message
    assert "cret" not in message


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters="/?#@"), min_size=3)


@given(WORDS, WORDS)
def test_no_password_that_may_stand_in_an_address_survives(name, password):
    quoted = urllib.parse.quote(password, safe="")
    told = redacted(f"no way to https://{name}:{quoted}@maps.example/a.osm: why")
    assert told == "no way to https://***@maps.example/a.osm: why"


def test_no_message_of_an_address_without_its_kind_holds_the_password(target):
    message = refusal(lambda: get("ada:s3cret@maps.example/a.osm.pbf", target))
    assert "what looks like a file" in message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    "name", ["roads@2x.osm", "C:\\maps\\roads@2x.osm", "常州市", "a/b:c@d.osm"]
)
def test_names_of_files_are_told_as_they_are(name):
    assert redacted(name) == name


# halos and time-outs that are none


@pytest.mark.parametrize("halo_m", [math.inf, math.nan, -1.0, 1e300])
def test_a_halo_that_is_no_length_is_refused(tmp_path, halo_m):
    target = tmp_path / "a.osm.pbf"
    assert "--halo-m" in refusal(lambda: get("Changzhou", target, halo_m=halo_m))
    assert "--halo-m" in refusal(lambda: Box(1.0, 1.0, 2.0, 2.0).widened(halo_m))


@pytest.mark.parametrize("timeout_s", [math.inf, math.nan, 0.0, 1e300])
def test_a_time_out_that_no_clock_knows_is_refused(timeout_s):
    assert "--timeout-s" in refusal(lambda: Patience(timeout_s=timeout_s))
