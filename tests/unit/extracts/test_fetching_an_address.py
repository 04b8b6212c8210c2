"""Whatever the server does, the file is whole and right, or it is not there."""

from __future__ import annotations

import hashlib
import io
import json
import socket
import urllib.request
from email.message import Message

import pytest
from extract_files import contents, crossing
from extract_server import Trouble, running
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.errors import InputError
from lastmile.extracts import Connection, Patience, get, stated
from lastmile.extracts.download import fetch
from lastmile.extracts.partial import Partial
from lastmile.extracts.web import _Redirects

PATH = "/area.osm.pbf"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "new" / "area.osm.pbf"


def refusal(url, target, patience, **more):
    """The message of a fetch that is refused; nothing is at its place."""
    before = target.read_bytes() if target.is_file() else None
    with pytest.raises(InputError) as caught:
        fetch(url, target, patience=patience, **more)
    assert (target.read_bytes() if target.is_file() else None) == before
    (fault,) = caught.value.faults
    return str(fault)


def md5_of(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def leftovers(target):
    if not target.parent.exists():
        return []
    return sorted(item.name for item in target.parent.iterdir() if item != target)


def test_a_file_is_fetched_whole_and_nothing_is_left_beside_it(site, target, patience, extract):
    url = site.put(PATH, extract)
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert found.size_bytes == len(extract)
    assert leftovers(target) == []
    assert any("no .sha256 or .md5 beside" in note for note in found.notes)
    assert any("every block" in note for note in found.notes)
    assert site.asked(PATH)[0]["User-Agent"].startswith("lastmile/")


def test_a_dropped_connection_is_resumed_where_it_broke(site, target, patience, extract, waits):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(drop_after=100))
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    first, second = site.asked(PATH)
    assert "Range" not in first
    assert (second["Range"], second["If-Range"]) == ("bytes=100-", '"one"')
    assert site.sent[:2] == [100, len(extract) - 100]
    assert "resumed at 100 bytes" in found.notes
    assert waits == [1.0]


def test_another_call_goes_on_from_what_an_earlier_one_left(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(drop_after=70), *[Trouble(status=503)] * 3)
    message = refusal(url, target, patience)
    assert "503" in message
    assert "70 bytes are in area.osm.pbf.part" in message
    assert leftovers(target) == ["area.osm.pbf.part", "area.osm.pbf.part.json"]
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert site.asked(PATH)[-1]["Range"] == "bytes=70-"
    assert leftovers(target) == []


def test_a_stop_leaves_what_came_and_the_next_call_goes_on(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(drop_after=50))

    def stop(_stage, done, _total, note=""):
        if done > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(url, target, patience=patience, progress=stop)
    assert Partial(target).size() == 50
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert site.asked(PATH)[-1]["Range"] == "bytes=50-"


def test_bytes_that_are_all_here_are_not_fetched_again(site, target, patience, extract):
    url = site.put(PATH, extract)

    def stop(stage, *_):
        if stage == "check":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(url, target, patience=patience, progress=stop)
    found = fetch(url, target, patience=patience)
    assert len(site.asked(PATH)) == 1
    assert "all bytes were here already" in found.notes


def test_a_server_without_ranges_is_asked_anew_and_it_is_told(site, target, patience, extract):
    url = site.put(PATH, extract, has_ranges=False)
    site.trouble(PATH, Trouble(drop_after=100))
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert "started anew: the server sends whole files only" in found.notes


def test_a_server_that_names_no_version_is_asked_anew(site, target, patience, extract):
    url = site.put(PATH, extract, etag="")
    site.trouble(PATH, Trouble(drop_after=100))
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert "started anew: the server does not name the version of its file" in found.notes
    assert "Range" not in site.asked(PATH)[1]


def test_a_weak_tag_is_not_trusted_but_the_date_is(site, target, patience, extract):
    date = "Tue, 03 Nov 2026 10:00:00 GMT"
    url = site.put(PATH, extract, etag='W/"one"', last_modified=date)
    site.trouble(PATH, Trouble(drop_after=100))
    fetch(url, target, patience=patience)
    assert site.asked(PATH)[1]["If-Range"] == date


def test_a_file_that_changed_meanwhile_is_fetched_anew(site, target, patience, extract):
    url = site.put(PATH, b"x" * 500)
    site.trouble(PATH, Trouble(drop_after=100), *[Trouble(status=503)] * 3)
    refusal(url, target, patience)
    site.put(PATH, extract, etag='"two"')
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert "started anew: the file at the server has changed since" in found.notes


def test_what_was_left_of_another_address_is_not_gone_on_from(site, target, patience, extract):
    other = site.put("/other.osm.pbf", b"y" * 500)
    site.trouble("/other.osm.pbf", Trouble(drop_after=100), *[Trouble(status=503)] * 3)
    refusal(other, target, patience)
    found = fetch(site.put(PATH, extract), target, patience=patience)
    assert target.read_bytes() == extract
    assert any("of another address" in note for note in found.notes)


@pytest.mark.parametrize("note", ["", "{", "[]", '{"url": 3}', '{"url": "%s", "etag": "e"}'])
def test_a_spoilt_note_beside_a_part_means_to_start_anew(site, target, patience, extract, note):
    url = site.put(PATH, extract)
    part = Partial(target)
    part.data.parent.mkdir()
    part.data.write_bytes(b"z" * 90)
    part.note.write_text(note.replace("%s", url), encoding="utf-8")
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract


def test_a_part_from_elsewhere_in_the_file_is_not_appended(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(drop_after=100), Trouble(range_shift=7))
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract


def test_a_part_longer_than_the_file_at_the_server_is_dropped(site, target, patience, extract):
    url = site.put(PATH, extract, says_length=False)
    site.trouble(PATH, Trouble(status=503))
    part = Partial(target)
    part.data.parent.mkdir()
    part.data.write_bytes(b"z" * (len(extract) + 1))
    noted = {"url": url, "etag": '"one"', "last_modified": "", "total_bytes": None}
    part.note.write_text(json.dumps(noted), encoding="utf-8")
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract


def test_a_file_of_unstated_length_is_fetched_too(site, target, patience, extract):
    url = site.put(PATH, extract, says_length=False)
    found = fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert any("states no size" in note for note in found.notes)


def test_a_length_that_is_never_reached_is_refused_after_some_tries(
    site, target, patience, extract
):
    url = site.put(PATH, extract)
    site.trouble(PATH, *[Trouble(length_plus=30)] * 9)
    message = refusal(url, target, patience)
    assert "failures in a row" in message
    assert len(site.asked(PATH)) <= 6


def test_a_busy_server_is_asked_again_and_given_the_time_it_wants(
    site, target, patience, extract, waits
):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(status=503, headers={"Retry-After": "7"}), Trouble(status=429))
    fetch(url, target, patience=patience)
    assert target.read_bytes() == extract
    assert waits == [7.0, 2.0]


def test_a_server_that_stays_busy_is_left_after_so_many_tries(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, *[Trouble(status=503)] * 9)
    assert "503" in refusal(url, target, patience)
    assert len(site.asked(PATH)) == patience.max_failures


def test_silence_is_a_broken_connection(site, target, waits, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, Trouble(drop_after=60, stall_s=0.6))
    hasty = Patience(timeout_s=0.2, max_failures=4, wait=waits.append)
    fetch(url, target, patience=hasty)
    assert target.read_bytes() == extract
    assert waits


def test_a_missing_file_is_refused_at_once_with_the_servers_words(site, target, patience):
    message = refusal(site.url + PATH, target, patience)
    assert "404" in message
    assert len(site.requests) == 1


def test_a_refusal_in_plain_text_is_passed_on(site, target, patience):
    trouble = Trouble(status=403, headers={"Content-Type": "text/plain"}, body=b"pay first")
    site.trouble(PATH, trouble)
    assert "pay first" in refusal(site.url + PATH, target, patience)


def test_redirects_are_followed(site, target, patience, extract):
    site.put("/2026/area.osm.pbf", extract)
    site.trouble(PATH, Trouble(status=302, headers={"Location": "/2026/area.osm.pbf"}))
    fetch(site.url + PATH, target, patience=patience)
    assert target.read_bytes() == extract


def test_redirects_in_a_circle_end(site, target, patience):
    site.trouble(PATH, *[Trouble(status=302, headers={"Location": PATH})] * 50)
    refusal(site.url + PATH, target, patience)
    assert len(site.asked(PATH)) < 20


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x.osm.pbf"])
def test_redirects_out_of_the_web_are_refused(site, target, patience, place):
    site.trouble(PATH, Trouble(status=302, headers={"Location": place}))
    assert "redirect" in refusal(site.url + PATH, target, patience).lower()


def test_a_redirect_from_https_to_http_is_refused():
    request = urllib.request.Request("https://maps.example/a.osm.pbf")
    with pytest.raises(InputError, match="stays with https"):
        _Redirects().redirect_request(
            request, io.BytesIO(), 302, "Found", Message(), "http://maps.example/a.osm.pbf"
        )


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/a.osm.pbf", "://", "https:///a.osm.pbf"]
)
def test_only_the_web_is_asked(target, patience, url):
    assert "begins with https:// or http://" in refusal(url, target, patience)


def test_an_address_with_chinese_letters_is_asked_for(site, target, patience, extract):
    site.put("/%E5%B8%B8%E5%B7%9E.osm.pbf", extract)
    fetch(f"{site.url}/常州.osm.pbf", target, patience=patience)
    assert target.read_bytes() == extract


# Checksums.


def test_a_stated_checksum_is_verified(site, target, patience, extract):
    url = site.put(PATH, extract)
    sums = (
        stated("sha256", hashlib.sha256(extract).hexdigest().upper()),
        stated("md5", md5_of(extract)),
    )
    found = fetch(url, target, patience=patience, expected=sums)
    assert any("sha256 by --sha256, md5 by --md5" in note for note in found.notes)


def test_a_wrong_checksum_is_refused_and_the_part_is_removed(site, target, patience, extract):
    url = site.put(PATH, extract)
    message = refusal(url, target, patience, expected=(stated("sha256", "0" * 64),))
    assert hashlib.sha256(extract).hexdigest() in message
    assert "--sha256" in message
    assert leftovers(target) == []


@pytest.mark.parametrize("digits", ["", "12", "g" * 32, "0" * 64])
def test_a_checksum_that_is_none_is_refused(digits):
    with pytest.raises(InputError, match="--md5"):
        stated("md5", digits)


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
@pytest.mark.parametrize(
    "form", ["{}", "{}  area.osm.pbf\n", "{} *area-260101.osm.pbf\n", "MD5 (area.osm.pbf) = {}"]
)
def test_a_checksum_beside_the_file_is_verified(site, target, patience, extract, algorithm, form):
    url = site.put(PATH, extract)
    right = hashlib.new(algorithm, extract).hexdigest()
    site.put(f"{PATH}.{algorithm}", form.format(right).encode())
    found = fetch(url, target, patience=patience)
    assert any(f"{algorithm} by {url}.{algorithm}" in note for note in found.notes)


def test_a_wrong_checksum_beside_the_file_is_refused(site, target, patience, extract):
    url = site.put(PATH, extract)
    site.put(PATH + ".md5", b"0" * 32 + b"  area.osm.pbf\n")
    assert url + ".md5" in refusal(url, target, patience)
    assert leftovers(target) == []


def test_in_a_list_of_checksums_ours_counts(site, target, patience, extract):
    url = site.put(PATH, extract)
    right = hashlib.sha256(extract).hexdigest()
    site.put(PATH + ".sha256", f"{'0' * 64}  a.osm.pbf\n{right}  ./area.osm.pbf\n".encode())
    assert any("sha256" in note for note in fetch(url, target, patience=patience).notes)


@pytest.mark.parametrize(
    "page", [b"<html>welcome</html>", b"0" * 32 + b"\n" + b"1" * 32, b"a" * 99999]
)
def test_a_page_that_is_no_checksum_is_none(site, target, patience, extract, page):
    url = site.put(PATH, extract)
    site.put(PATH + ".md5", page)
    assert any("no .sha256 or .md5" in note for note in fetch(url, target, patience=patience).notes)


def test_a_query_behind_the_name_does_not_hide_the_checksum(site, target, patience, extract):
    url = site.put(PATH, extract) + "?download=1"
    site.put(PATH + ".md5", md5_of(extract).encode())
    found = fetch(url, target, patience=patience)
    assert any("checksum verified: md5" in note for note in found.notes)


# What is no extract, and what is there already.


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_was_cut_off_at_the_server_is_refused(site, target, patience, extract, share):
    url = site.put(PATH, extract[: int(share * len(extract))])
    assert "cannot be read to its end" in refusal(url, target, patience)
    assert leftovers(target) == []


def test_a_page_instead_of_an_extract_is_refused(site, target, patience):
    url = site.put(PATH, b"<html>please log in</html>", kind="text/html")
    assert "cannot be read to its end" in refusal(url, target, patience)


def test_an_extract_without_anything_is_refused(site, tmp_path, patience):
    url = site.put("/area.osm", b'<osm version="0.6"></osm>')
    assert "holds nothing" in refusal(url, tmp_path / "area.osm", patience)


def test_a_file_that_is_there_is_not_touched_and_nobody_is_asked(site, target, patience, extract):
    target.parent.mkdir()
    target.write_bytes(b"mine")
    url = site.put(PATH, extract)
    assert "--overwrite" in refusal(url, target, patience)
    assert site.requests == []


def test_a_file_that_is_there_is_replaced_when_that_is_said(site, target, patience, extract):
    target.parent.mkdir()
    target.write_bytes(b"mine")
    fetch(site.put(PATH, extract), target, patience=patience, overwrite=True)
    assert target.read_bytes() == extract


def test_a_file_that_appears_meanwhile_is_not_touched(site, target, patience, extract):
    def meddle(stage, *_):
        if stage == "check":
            target.write_bytes(b"mine")

    url = site.put(PATH, extract)
    with pytest.raises(InputError, match="there already"):
        fetch(url, target, patience=patience, progress=meddle)
    assert target.read_bytes() == b"mine"


def test_the_name_must_say_the_format_that_comes(site, tmp_path, patience, extract):
    url = site.put(PATH, extract)
    assert "format pbf" in refusal(url, tmp_path / "area.osm.gz", patience)
    assert "ends in" in refusal(url, tmp_path / "area.zip", patience)
    assert site.requests == []


@pytest.mark.parametrize("suffix", [".osm", ".osm.gz", ".osm.bz2"])
def test_other_formats_are_fetched_as_well(site, tmp_path, patience, suffix):
    body = crossing().write(tmp_path / f"here{suffix}").read_bytes()
    url = site.put(f"/area{suffix}", body)
    fetch(url, tmp_path / f"area{suffix}", patience=patience)
    assert contents(tmp_path / f"area{suffix}") == contents(tmp_path / f"here{suffix}")


def test_two_runs_do_not_write_into_one_part(site, target, patience, extract):
    url = site.put(PATH, extract)
    part = Partial(target)
    with part.held():
        assert "another run" in refusal(url, target, patience)
    fetch(url, target, patience=patience)


def test_offline_is_told_once_with_what_to_do(target, patience, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/area.osm.pbf"
        message = refusal(url, target, patience)
    assert "no way to 127.0.0.1" in message
    assert f"lastmile osm check {target}" in message
    assert waits == []


def test_a_server_that_never_says_a_word_counts_as_offline(site, target, waits, extract):
    url = site.put(PATH, extract)
    site.trouble(PATH, *[Trouble(stall_s=0.5)] * 5)
    message = refusal(url, target, Patience(timeout_s=0.1, max_failures=2, wait=waits.append))
    assert "no way to" in message


def test_what_is_neither_an_address_nor_a_place_is_refused(tmp_path):
    for what in ("maps.example/area.osm.pbf", "area.osm", "  "):
        with pytest.raises(InputError):
            get(what, tmp_path / "x.osm.pbf", connection=Connection("http://127.0.0.1:1/"))
    with pytest.raises(InputError, match="--halo-m"):
        get("http://127.0.0.1:1/a.osm.pbf", tmp_path / "x.osm.pbf", halo_m=5.0)


# The law.


@settings(max_examples=40)
@given(
    drops=st.lists(st.integers(0, 400), max_size=6),
    has_ranges=st.booleans(),
    etag=st.sampled_from(['"one"', 'W/"one"', ""]),
    calls=st.integers(1, 3),
)
def test_however_often_it_breaks_the_file_is_the_servers_or_not_there(
    tmp_path_factory, extract, drops, has_ranges, etag, calls
):
    target = tmp_path_factory.mktemp("law") / "area.osm.pbf"
    hasty = Patience(timeout_s=5.0, max_failures=3, wait=lambda _: None)
    with running() as site:
        url = site.put(PATH, extract, has_ranges=has_ranges, etag=etag)
        site.trouble(PATH, *(Trouble(drop_after=n) for n in drops))
        for _ in range(calls):
            try:
                fetch(url, target, patience=hasty, overwrite=True)
            except InputError:
                assert not target.exists()
        if len(drops) < 3 * calls:
            assert target.read_bytes() == extract
            assert leftovers(target) == []
