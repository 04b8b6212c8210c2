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
