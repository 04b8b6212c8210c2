"""``scenario.toml`` to :class:`Scenario`, or one message with every fault in it."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from lastmile.errors import Fault, InputError
from lastmile.scenario.faults import fault_of, missing_files
from lastmile.scenario.model import Scenario

FILE_NAME: Final = "scenario.toml"

# How tomllib tells of faults: only its words say what is wrong, and where.
_PLACED: Final = re.compile(r"(?P<words>.*) \(at (?P<where>.*)\)", re.DOTALL)
_TWICE: Final = re.compile(r"Cannot declare \((?P<names>.*)\) twice", re.DOTALL)
_NAME: Final = re.compile(r"['\"](.*?)['\"](?:, ?|$)")


def read_scenario(path: Path | str) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path
        A TOML file, or a folder that holds a ``scenario.toml``; relative paths inside it resolve
        against its folder.

    Raises
    ------
    InputError
        Naming every unknown key, missing key and value out of range.
    """
    file = Path(path)
    if (file / FILE_NAME).is_file():
        file = file / FILE_NAME
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(
            [Fault(str(path), "", "no such file", "a scenario file", "run: lastmile new DIR")]
        ) from None
    except RecursionError:
        fault = Fault(str(path), "", "tables nested too deeply", "a scenario", "flatten them")
        raise InputError([fault]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError([_unreadable(str(path), error)]) from None
    return scenario_from_table(table, folder=file.resolve().parent, source=str(file))


def _unreadable(path: str, error: OSError | UnicodeDecodeError | tomllib.TOMLDecodeError) -> Fault:
    if isinstance(error, UnicodeDecodeError):
        found, remedy = "text that is not UTF-8", "save the file as UTF-8 in your editor"
    elif isinstance(error, OSError):
        found, remedy = str(error), "name the scenario.toml itself, and see that it can be read"
    else:
        return _no_toml(path, str(error))
    return Fault(path, "", found, "UTF-8 TOML", remedy)


def _no_toml(path: str, message: str) -> Fault:
    """Tell where a file is no TOML; the usual slip, a table stated twice, in words of its own."""
    told = _PLACED.fullmatch(message)
    words, where = (told["words"], told["where"]) if told else (message, "")
    if twice := _TWICE.fullmatch(words):
        table = ".".join(_NAME.findall(twice["names"]))
        remedy = f"delete one of the two [{table}], or put # before each of its lines"
        return Fault(path, where, f"a second [{table}] table", f"one [{table}] table", remedy)
    if words == "Cannot overwrite a value":
        remedy = "delete one of the two, or put # before each of its lines"
        return Fault(path, where, "a second value of one key", "each key once", remedy)
    escaped = "'\\'" in words or "hex value" in words
    remedy = "write paths with / or in single quotes" if escaped else "mend this place"
    return Fault(path, where, f"text that is no TOML ({words})", "TOML", remedy)


def scenario_from_table(table: Mapping[str, Any], folder: Path, source: str) -> Scenario:
    """Validate a scenario given as nested mappings.

    Parameters
    ----------
    table
        The scenario, as TOML or JSON would hold it.
    folder
        Where relative paths start.
    source
        Name of the origin, for messages.
    """
    # By way of JSON, whose strict reading takes "07:00" for a time, but "9" for no number.
    text = json.dumps(dict(table), default=str)
    try:
        return Scenario.model_validate_json(text, strict=True, context={"folder": folder})
    except ValidationError as error:
        # A list of which an entry is faulty counts as too short as well.
        details = [
            d for d in error.errors() if d["type"] != "too_short" or d["ctx"]["min_length"] > 1
        ]
        faults = [fault_of(source, detail, Scenario) for detail in details or error.errors()]
        faults += missing_files(table, folder)
        raise InputError(faults) from None
