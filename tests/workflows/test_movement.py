"""Profiles, shifts and restricted areas of a scenario, on the town drawn by hand."""

import geopandas as gpd
import pytest
import shapely
from town import at, write_town

from lastmile.errors import InputError
from lastmile.pipeline import plan
from lastmile.scenario import read_scenario

BAN = """
[[bans]]
path = "bans.geojson"
hours = "{hours}"
vehicles = ["van"]
"""


def planned(folder, extra="", *, routing=""):
    path = write_town(folder)
    text = path.read_text(encoding="utf-8")
    text = text.replace("[routing]\n", f"[routing]\n{routing}\n")
    path.write_text(text + extra, encoding="utf-8")
    # From 2,200 m to the east end of Main Street, where station s3 stands at 2,400 m.
    zone = shapely.Polygon([at(2200, -50), at(3200, -50), at(3200, 50), at(2200, 50)])
    gpd.GeoDataFrame({"name": ["东段"]}, geometry=[zone], crs="EPSG:4326").to_file(
        folder / "bans.geojson"
    )
    return plan(read_scenario(path))


def driven_km(made):
    return made.summary["routing"]["distance_km"]


def test_vans_keep_out_of_areas_that_are_closed_on_their_shift(tmp_path):
    free = planned(tmp_path / "free")
    banned = planned(tmp_path / "banned", BAN.format(hours="Mo-Fr 08:00-09:00"))
    # The street is open to 2,000 m, and the station at 2,400 m is too far from there.
    assert free.layers["unserved"].empty
    (left,) = banned.layers["unserved"].to_dict("records")
    assert (left["station_id"], left["reason"]) == ("s3", "unreachable")
    assert "限行" in left["remedy"]
    assert driven_km(banned) < driven_km(free)
    assert any("限行" in note for note in banned.summary["notes"])
    assert not any("限行" in note for note in free.summary["notes"])


def test_areas_closed_at_other_hours_change_nothing(tmp_path):
    night = planned(tmp_path / "night", BAN.format(hours="22:00-05:00"))
    assert driven_km(night) == pytest.approx(driven_km(planned(tmp_path / "free")))


def test_a_profile_of_the_scenarios_own_is_driven(tmp_path):
    slow = '\n[[profiles]]\nname = "slow"\nspeed_kph = { secondary = 5.0 }\n'
    made = planned(tmp_path / "slow", slow, routing='profile = "slow"')
    plain = planned(tmp_path / "plain")
    assert made.summary["routing"]["duration_h"] > plain.summary["routing"]["duration_h"] + 0.5


def test_a_profile_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"routing.profile = 'camel'.*walk, e_tricycle, van"):
        planned(tmp_path / "camel", routing='profile = "camel"')


def test_people_do_not_walk_by_the_profile_of_a_van(tmp_path):
    path = write_town(tmp_path)
    text = path.read_text(encoding="utf-8").replace("[roads]\n", '[roads]\nwalk_profile = "van"\n')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="whom one-ways bind"):
        plan(read_scenario(path))


def test_hours_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"bans\[0\].hours.*'at dusk'"):
        planned(tmp_path / "dusk", BAN.format(hours="at dusk"))


OWN = """
[[profiles]]
name = "{name}"
based_on = "{base}"
{fields}
"""


def own(name="our_van", base="van", fields=""):
    return OWN.format(name=name, base=base, fields=fields)


def test_a_ban_on_vans_binds_profiles_based_on_them(tmp_path):
    ban = BAN.format(hours="Mo-Fr 08:00-09:00")
    made = planned(tmp_path / "own", ban + own(), routing='profile = "our_van"')
    of_vans = planned(tmp_path / "van", ban)
    assert made.layers["unserved"]["station_id"].tolist() == ["s3"]
    assert driven_km(made) == driven_km(of_vans)
    (note,) = [note for note in made.summary["notes_en"] if "restricted areas" in note]
    assert "1.0 km of road in restricted areas are closed to our_van" in note


def test_a_ban_on_ones_own_profile_does_not_bind_the_one_it_is_based_on(tmp_path):
    ban = BAN.replace('"van"', '"our_van"').format(hours="")
    made = planned(tmp_path / "own", ban + own())
    assert made.layers["unserved"].empty


def test_a_ban_on_walkers_is_refused(tmp_path):
    ban = BAN.replace('"van"', '"walk", "stroll", "van"').format(hours="")
    with pytest.raises(InputError, match=r"bans\[0\].vehicles: found 'walk', by which") as caught:
        planned(tmp_path, ban + own("stroll", "walk"))
    assert len(caught.value.faults) == 2


def test_a_profile_that_nobody_chose_is_told(tmp_path):
    made = planned(tmp_path / "idle", own())
    assert any("profile our_van is stated but chosen" in n for n in made.summary["notes_en"])
    chosen = planned(tmp_path / "chosen", own(), routing='profile = "our_van"')
    assert not any("is stated but chosen" in n for n in chosen.summary["notes_en"])


# what keeps a depot off the roads


def depot_fault(folder, extra, *, routing="", change=lambda text: text):
    path = write_town(folder)
    text = change(path.read_text(encoding="utf-8"))
    path.write_text(
        text.replace("[routing]\n", f"[routing]\n{routing}\n") + extra, encoding="utf-8"
    )
    zone = shapely.box(*at(-2000, -2000), *at(5000, 5000))
    frame = gpd.GeoDataFrame({"name": ["全城"]}, geometry=[zone], crs="EPSG:4326")
    frame.to_file(folder / "bans.geojson")
    with pytest.raises(InputError) as caught:
        plan(read_scenario(path))
    return "\n".join(str(fault) for fault in caught.value.faults)


def test_bans_that_close_every_road_are_named_and_not_the_coordinates(tmp_path):
    told = depot_fault(tmp_path, BAN.format(hours=""))
    assert "depot D1: found only roads in areas that are closed to van" in told
    assert "correct areas, hours or vehicles of [[bans]]" in told
    assert "coordinates" not in told


def test_a_profile_that_closes_every_road_is_named(tmp_path):
    classes = ("secondary", "residential", "tertiary", "primary", "unclassified", "footway")
    closed = "speed_kph = { " + ", ".join(f"{name} = 0" for name in classes) + " }"
    told = depot_fault(tmp_path, own(fields=closed), routing='profile = "our_van"')
    assert "found only roads that the profile 'our_van' closes" in told
    assert "correct 'our_van' under [[profiles]]" in told
    assert "coordinates" not in told


def test_a_profile_that_stops_nowhere_is_named(tmp_path):
    never = 'passed_only = ["secondary", "residential", "tertiary", "primary", "unclassified"]'
    told = depot_fault(tmp_path, own(fields=never), routing='profile = "our_van"')
    assert "closes, or on which it never stops" in told


def test_a_walkers_profile_that_closes_every_road_is_named(tmp_path):
    classes = ("secondary", "residential", "tertiary", "primary", "unclassified", "footway")
    closed = "speed_kph = { " + ", ".join(f"{name} = 0" for name in classes) + " }"
    told = depot_fault(
        tmp_path,
        own("stroll", "walk", closed),
        change=lambda text: text.replace("[roads]\n", '[roads]\nwalk_profile = "stroll"\n'),
    )
    assert "demand points: found 100.0% of 5 demand points" in told
    assert "near 4 of them are only roads that the profile 'stroll' closes" in told
    assert "CRS" not in told


def test_a_depot_on_an_island_is_told_so(tmp_path):
    path = write_town(tmp_path / "plain")
    roads = (path.parent / "roads.osm").read_text(encoding="utf-8")
    (x0, y0), (x1, y1) = at(2000, 1790), at(2400, 1790)
    island = (
        f'<node id="901" version="1" lon="{x0}" lat="{y0}"/>'
        f'<node id="902" version="1" lon="{x1}" lat="{y1}"/>'
        '<way id="990" version="1"><nd ref="901"/><nd ref="902"/>'
        '<tag k="highway" v="residential"/></way></osm>'
    )
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("lon = 119.9502", f"lon = {x0}")
        .replace("lat = 31.7801", f"lat = {y0}"),
        encoding="utf-8",
    )
    (path.parent / "roads.osm").write_text(roads.replace("</osm>", island), encoding="utf-8")
    with pytest.raises(InputError, match=r"D1: found only roads that are cut off from all others"):
        plan(read_scenario(path))


def test_a_depot_with_no_road_near_has_wrong_coordinates(tmp_path):
    def change(text):
        return text.replace("lat = 31.7801", "lat = 31.7901")

    told = depot_fault(tmp_path, own(), routing='profile = "our_van"', change=change)
    assert "correct its coordinates or CRS" in told


# what was accepted in silence


def test_bans_that_close_nothing_are_told_so(tmp_path):
    made = planned(tmp_path, BAN.format(hours="22:00-05:00"))
    assert any("[[bans]] close no road to van" in note for note in made.summary["notes_en"])
    assert not any("0.0 km" in note for note in made.summary["notes_en"])


@pytest.mark.parametrize("name", ["walk", "stroll"])
def test_vans_do_not_drive_by_the_profile_of_walkers(tmp_path, name):
    with pytest.raises(InputError, match=f"routing.profile: found '{name}', by which people walk"):
        planned(tmp_path, own("stroll", "walk"), routing=f'profile = "{name}"')


def test_speeds_above_the_profiles_own_top_speed_are_refused(tmp_path):
    fields = "speed_kph = { primary = 25.0, secondary = 15.0 }"
    told = r"profiles\[0\].speed_kph.primary: found 25 km/h; expected at most its top_speed_kph, 15"
    with pytest.raises(InputError, match=told) as caught:
        planned(tmp_path / "slow", own(base="e_tricycle", fields=fields))
    assert len(caught.value.faults) == 1
    fields += "\ntop_speed_kph = 25.0"
    assert planned(tmp_path / "quick", own(base="e_tricycle", fields=fields)).summary["routing"]
