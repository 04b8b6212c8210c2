"""Words of a scenario that the map must know: slips are faults with the nearest known word."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Final

from lastmile.errors import FaultLog
from lastmile.network import vocabulary
from lastmile.scenario import Profile, Roads

_ALL: Final = "all"


def check_profile(where: str, profile: Profile, faults: FaultLog) -> None:
    """Note the words of a profile that mean nothing to the map.

    Parameters
    ----------
    where
        The profile's key in the scenario.
    profile
        As the scenario states it.
    faults
        Receives one fault for each word.
    """
    classes, factors = vocabulary.ROAD_CLASSES, vocabulary.ROAD_CLASSES | {_ALL}
    barriers = (*(profile.closed_barriers or ()), *profile.barrier_s)
    for field, words, known in (
        ("speed_kph", profile.speed_kph, classes),
        ("speed_factors", profile.speed_factors, factors),
        ("passed_only", profile.passed_only or (), classes),
        ("own_side_only", profile.own_side_only or (), classes),
        ("access_tags", profile.access_tags or (), vocabulary.ACCESS_KEYS),
        ("closed_values", profile.closed_values or (), vocabulary.ACCESS_VALUES),
        ("one_way_tags", profile.one_way_tags or (), vocabulary.ONE_WAY_KEYS),
        ("closed_barriers or barrier_s", barriers, vocabulary.BARRIERS),
    ):
        check_words(f"{where}.{field}", words, known, faults)


def check_columns(roads: Roads, faults: FaultLog) -> None:
    """Note what the columns of a road layer say in vain.

    Parameters
    ----------
    roads
        As the scenario states them.
    faults
        Receives the classes that the map does not know, and meanings of cells in no column.
    """
    columns = roads.columns
    meant = columns.classes.values()
    check_words("roads.columns.classes", meant, vocabulary.ROAD_CLASSES, faults)
    for table, column, named in (
        ("classes", "highway", columns.classes and not columns.highway),
        ("directions", "oneway", columns.directions and not columns.oneway),
    ):
        if named:
            faults.add(
                "scenario", f"roads.columns.{table}",
                found=f"meanings of words, but no {column} column to read them in",
                expected=f"roads.columns.{column} beside them",
                remedy=f"name the column in roads.columns.{column}",
            )  # fmt: skip


def check_words(where: str, words: Iterable[str], known: Collection[str], faults: FaultLog) -> None:
    """Note each word that is not known, with the nearest one that is.

    Parameters
    ----------
    where
        The key in the scenario.
    words
        What stands there.
    known
        What may stand there.
    faults
        Receives one fault for each other word, once.
    """
    for word in dict.fromkeys(words):
        if word in known:
            continue
        near = difflib.get_close_matches(word.strip().lower(), sorted(known), n=1, cutoff=0.5)
        faults.add(
            "scenario", where, found=f"{word!r}, which the map does not know",
            expected=f"words among {', '.join(sorted(known))}",
            remedy=f"write {near[0]!r} if that was meant" if near else "remove it",
        )  # fmt: skip
