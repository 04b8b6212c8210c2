"""The plan folder on disk: written whole or not at all, and read back as it was."""

from __future__ import annotations

import glob
import itertools
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from lastmile.errors import Fault, InputError
from lastmile.plans import ADDED_COLUMNS, LAYER_COLUMNS, SCHEMA_VERSION, Plan, layer_frame
from lastmile.scenario import scenario_from_table

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

PLAN_FILE: Final = "plan.json"
LAYERS_FILE: Final = "plan.gpkg"

_GEOMETRY_TYPES: Final[Mapping[str, str]] = {
    "units": "MultiPolygon",
    "catchments": "MultiPolygon",
    "routes": "LineString",
    "roads": "LineString",
}
_PARTS: Final = (
    "scenario",
    "name",
    "status",
    "siting",
    "routing",
    "indicators",
    "network",
    "notes",
)
_TABLES: Final = ("scenario", "siting", "routing", "indicators", "network")
_GPKG_DATE: Final = "2000-01-01T00:00:00Z"
"""Stands in every layer's last_change, so that equal plans are equal files."""


def refuse_foreign_folder(folder: Path) -> None:
    """Raise :class:`InputError` unless ``folder`` is absent, empty or a plan folder."""
    parent = _resolved(folder).parent
    # Another run may be between its two renames, and the folder away for a moment.
    with _locked(parent):
        ours = _may_be_replaced(folder)
    if ours:
        _refuse_unwritable(folder)
        return
    raise InputError(
        [
            Fault(
                str(folder),
                "",
                "something that is not a plan folder",
                "a new, an empty or a plan folder",
                "name another output folder",
            )
        ]
    )


def _may_be_replaced(folder: Path) -> bool:
    try:
        if not folder.exists():
            return True
        if not folder.is_dir():
            return False
        items = list(folder.iterdir())
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        fault = Fault(str(folder), "", str(error), "a plan folder", "name another folder")
        raise InputError([fault]) from None
    # Pipes and devices could not be carried over into the new folder.
    plain = all(item.is_symlink() or item.is_dir() or item.is_file() for item in items)
    return plain and (not items or (folder / PLAN_FILE).is_file())


def _resolved(folder: Path) -> Path:
    try:
        whole = folder.resolve()
        in_circle = whole.is_symlink()
    except (OSError, RuntimeError) as error:
        found = str(error)
    else:
        if not in_circle:
            return whole
        found = f"{whole}, a link that leads in a circle"  # which newer Pythons resolve to itself
    fault = Fault(str(folder), "", found, "a path that leads somewhere", "name another")
    raise InputError([fault])


def _refuse_unwritable(folder: Path) -> None:
    """Try now what will be done hours later: put a folder beside this one."""
    whole = folder.resolve()
    if "!" in str(whole):
        fault = Fault(
            str(folder), "", f"{whole}, whose '!' GDAL takes for the door of an archive",
            "a path without '!'", "name another folder",
        )  # fmt: skip
        raise InputError([fault])
    if not whole.name.isprintable():
        fault = Fault(
            str(folder), "", f"{whole.name!r}, a name with characters that cannot be seen",
            "a name of letters, digits and signs", "name another folder",
        )  # fmt: skip
        raise InputError([fault])
    if os.path.ismount(whole):
        fault = Fault(
            str(folder), "", "a mount point, which no folder can take the place of",
            "a folder that can be replaced", "name a folder inside it",
        )  # fmt: skip
        raise InputError([fault])
    parent = next(p for p in whole.parents if p.exists())
    # Named like a fresh folder: what a kill in the wrong moment leaves, the next run sweeps.
    probe = parent / f"{_fresh(whole).name}-probe"
    try:
        probe.mkdir()
    except OSError as error:
        found = f"{parent} is not writable ({error.strerror})"
        fault = Fault(str(folder), "", found, "a writable place", "name another folder")
        raise InputError([fault]) from None
    finally:
        with suppress(OSError):  # never made, or swept by another run
            probe.rmdir()


@contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Yield a fresh folder that takes the place of ``folder`` when the block ends well.

    What the block writes stands beside ``folder`` under a temporary name until it is renamed,
    so a crash at any moment leaves the old plan whole. Files of the old folder that the block
    does not write anew (a user's notes among them) are carried over. Of two runs that write the
    same folder, the one that ends later stays.

    Raises
    ------
    InputError
        When ``folder`` exists but holds something else than a plan.
    """
    folder = folder.resolve()
    refuse_foreign_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = _fresh(folder)
    try:
        with _locked(folder.parent):
            _recover(folder)
            _sweep(folder)
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            mark = _lock(fresh)
        try:
            yield fresh
            # The mark stays until the renames are done: waiting for the lock, ours is not a stray.
            with _locked(folder.parent):
                _carry_over(folder, fresh)
                try:
                    if folder.exists():
                        folder.rename(_old(folder))
                    fresh.rename(folder)
                except OSError as error:
                    raise _kept(fresh, folder, error) from error
                finally:
                    _recover(folder)
        finally:
            _unlock(mark)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _kept(fresh: Path, folder: Path, error: OSError) -> OSError:
    """Save a finished plan whose place cannot be taken, such as one whose report is open."""
    beside = next(
        path
        for k in itertools.count(1)
        if not (path := folder.with_name(f"{folder.name}-{k}")).exists()
    )
    fresh.rename(beside)
    return OSError(f"{folder} could not be replaced ({error}); the new plan stands in {beside}")


def recover(folder: Path) -> None:
    """Bring back the old plan if a crash fell between the two renames of a replacement."""
    folder = Path(os.path.realpath(folder))  # which, unlike resolve(), bears links in a circle
    if _old(folder).exists():
        with _locked(folder.parent):
            _recover(folder)


def _recover(folder: Path) -> None:
    old = _old(folder)
    if old.exists():
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(folder)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left beside the folder; running ones hold a lock on theirs."""
    if fcntl is None:
        return
    for stray in sorted(folder.parent.glob(f"{glob.escape(f'.{folder.name}.new-')}*")):
        mark = _lock(stray)
        if mark is not None:
            shutil.rmtree(stray, ignore_errors=True)
            _unlock(mark)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other runs of this program, where the system knows locks."""
    mark = None
    try:
        mark = _lock(folder, wait=True)
        yield
    finally:
        _unlock(mark)


def _lock(folder: Path, *, wait: bool = False) -> int | None:
    if fcntl is None:
        return None
    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # held by another run, or a file system without locks
        _unlock(handle)
        return None
    return handle


def _unlock(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _fresh(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new-{os.getpid()}")


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _carry_over(folder: Path, fresh: Path) -> None:
    if not folder.is_dir():
        return
    for item in sorted(folder.iterdir()):
        if (fresh / item.name).exists():
            continue
        if item.is_dir():
            shutil.copytree(item, fresh / item.name, symlinks=True)
        else:
            shutil.copy2(item, fresh / item.name, follow_symlinks=False)


def save_plan(plan: Plan, folder: Path) -> None:
    """Write ``plan.json`` and ``plan.gpkg`` into an existing folder."""
    content = dict(plan.summary) | {"scenario": plan.scenario.model_dump(mode="json")}
    text = json.dumps(_plain(content), ensure_ascii=False, indent=1, allow_nan=False)
    (folder / PLAN_FILE).write_text(text + "\n", encoding="utf-8")
    previous = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _GPKG_DATE})
    try:
        for name in LAYER_COLUMNS:
            _write_layer(plan.layers[name], name, folder / LAYERS_FILE)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.FeatureError) as error:
        raise OSError(f"{folder / LAYERS_FILE} could not be written: {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": previous})


def _write_layer(frame: gpd.GeoDataFrame | pd.DataFrame, name: str, path: Path) -> None:
    if not isinstance(frame, gpd.GeoDataFrame):
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=path.exists())
        return
    geometry_type = _GEOMETRY_TYPES.get(name, "Point")
    pyogrio.write_dataframe(
        frame,
        path,
        layer=name,
        driver="GPKG",
        append=path.exists(),
        geometry_type=geometry_type,
        promote_to_multi=geometry_type.startswith("Multi"),
    )


def _plain(value: object) -> object:
    """Turn a summary into what JSON can hold: no NumPy scalars, no infinities."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def load_plan(folder: Path) -> Plan:
    """Read a plan folder back.

    Raises
    ------
    InputError
        When the folder holds no readable plan.
    """
    recover(folder)
    content = _read_json(folder)
    if content.get("schema") != SCHEMA_VERSION:
        raise InputError(
            [
                Fault(
                    str(folder / PLAN_FILE),
                    "schema",
                    repr(content.get("schema")),
                    f"schema {SCHEMA_VERSION}",
                    "plan again with this version of lastmile",
                )
            ]
        )
    lacking = [key for key in _PARTS if key not in content]
    odd = [key for key in _TABLES if key not in lacking and not isinstance(content[key], dict)]
    if content.get("routing") is None and "routing" in odd:
        odd.remove("routing")  # a plan without vans
    table = content.pop("scenario", None)
    if lacking or odd:
        found = f"no {', '.join(lacking)}" if lacking else f"no table under {', '.join(odd)}"
        fault = Fault(str(folder / PLAN_FILE), "", found, "a plan's figures", "plan again")
        raise InputError([fault])
    scenario = scenario_from_table(table, folder, str(folder / PLAN_FILE))
    layers = {name: _read_layer(folder / LAYERS_FILE, name) for name in LAYER_COLUMNS}
    return Plan(scenario, content, layers)


def _read_json(folder: Path) -> dict[str, Any]:
    path = folder / PLAN_FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fault = Fault(str(folder), "", f"no {PLAN_FILE}", "a plan folder", "run: lastmile plan")
        raise InputError([fault]) from None
    except (OSError, ValueError) as error:
        raise InputError([Fault(str(path), "", str(error), "JSON", "plan again")]) from None
    if not isinstance(content, dict):
        raise InputError([Fault(str(path), "", "no table", "a plan's figures", "plan again")])
    return content


def _read_layer(path: Path, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    columns = list(LAYER_COLUMNS[name])
    try:
        frame = pyogrio.read_dataframe(path, layer=name, read_geometry="geometry" in columns)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError([Fault(str(path), name, str(error), "the layer", "plan again")]) from None
    lacking = [column for column in columns if column not in frame.columns]
    added = {column: ADDED_COLUMNS[name, column] for column in lacking
             if (name, column) in ADDED_COLUMNS}  # fmt: skip
    frame = frame.assign(**added)
    if lacking := [column for column in lacking if column not in added]:
        fault = Fault(str(path), name, f"no {', '.join(lacking)}", "the columns", "plan again")
        raise InputError([fault])
    try:
        return layer_frame(name, {column: frame[column] for column in columns})
    except (TypeError, ValueError) as error:
        fault = Fault(str(path), name, str(error), "the types of a plan", "plan again")
        raise InputError([fault]) from None
