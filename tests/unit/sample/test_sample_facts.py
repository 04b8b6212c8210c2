"""The fact tables: complete, well formed, and consistent with each other."""

from __future__ import annotations

import re

import numpy as np
import shapely

from lastmile.sample.facts import (
    CITY_PEOPLE,
    DISTRICTS_OF,
    district_outlines,
    inhabited,
    people_of_districts,
    read_facts,
)
from lastmile.sample.plane import to_plane
from lastmile.sample.units import guessed_class


def test_there_are_six_districts_67_townships_and_1049_communities():
    facts = read_facts()
    assert (len(facts.districts), len(facts.townships), len(facts.communities)) == (6, 67, 1049)


def test_codes_are_unique_and_each_begins_with_its_parents():
    facts = read_facts()
    districts = {d.code for d in facts.districts}
    townships = {t.code for t in facts.townships}
    assert len(townships) == 67
    assert len({c.code for c in facts.communities}) == 1049
    assert all(re.fullmatch(r"3204\d\d", code) for code in districts)
    assert {t.code[:6] for t in facts.townships} == districts
    assert {c.township_code for c in facts.communities} == townships
    assert all(re.fullmatch(r"\d{12}", c.code) for c in facts.communities)


def test_classes_are_known_codes_or_unknown():
    known = {"", "111", "112", "121", "122", "123", "210", "220"}
    communities = read_facts().communities
    assert {c.settlement_code for c in communities} <= known
    assert all(guessed_class(c) in known - {""} for c in communities)


def test_three_seats_are_marked_as_made_up_and_the_rest_lie_near_their_district():
    facts = read_facts()
    outlines = district_outlines("prefecture")
    assert [t.name for t in facts.townships if t.seat == "synthetic"] == [
        "太湖旅游度假区", "经济开发区", "华罗庚高新区",
    ]  # fmt: skip
    for town in facts.townships:
        gap = outlines[town.code[:6]].distance(shapely.Point(town.seat_lon, town.seat_lat))
        assert gap < 0.03, town.name


def test_only_units_without_residents_are_left_out():
    facts = read_facts()
    kept = inhabited(facts, "prefecture")
    gone = {t.name for t in facts.townships} - {t.name for t in kept.townships}
    assert gone == {"常州监狱", "溧阳监狱", "西太湖生态休闲区", "太湖旅游度假区"}
    assert len(kept.communities) == 1035
    assert all(1 <= int(c.code[9:]) <= 399 for c in kept.communities)


def test_district_people_add_up_to_the_census():
    people = people_of_districts(read_facts())
    assert sum(people.values()) == CITY_PEOPLE
    assert set(people) == set(DISTRICTS_OF["prefecture"])


def test_outlines_have_the_published_area_to_a_tenth():
    facts = read_facts()
    outlines = district_outlines("prefecture")
    for district in facts.districts:
        km2 = shapely.area(to_plane(np.array([outlines[district.code]], dtype=object)))[0] / 1e6
        assert abs(km2 / district.area_km2 - 1) < 0.1


def test_what_the_data_dictionary_says_is_so(repository):
    told = (repository / "data" / "changzhou" / "README.md").read_text(encoding="utf-8")
    facts, kept = read_facts(), inhabited(read_facts(), "prefecture")
    known = sum(bool(community.settlement_code) for community in facts.communities)
    seats = sum(township.seat == "known" for township in facts.townships)
    similar = sum(community.code[9:] >= "400" for community in facts.communities)
    for sentence in (
        f"residents of the whole city, {CITY_PEOPLE:,}",
        f"{len(facts.townships)} townships and {len(facts.communities):,} communities",
        f"城乡分类 of {known} communities",
        f"城乡分类 of the other {len(facts.communities) - known}",
        f"{seats} known; {len(facts.townships) - seats} placed by guess",
        f"{similar} similar communities",
        f"{len(facts.townships) - len(kept.townships)} townships without",
        f"{len(kept.townships)} townships and {len(kept.communities):,} communities remain",
    ):
        assert sentence in re.sub(r"\s+", " ", told), sentence
