"""The folder of a sample's files: written whole, and never over what somebody changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lastmile.errors import Fault, InputError

_MANIFEST: Final = "sample.json"
"""Names and SHA-256 of the files as they were written, so that changes are seen."""


@contextmanager
def sample_folder(folder: Path) -> Iterator[Path]:
    """Yield a fresh folder that takes the place of ``folder`` when the block ends well.

    Raises
    ------
    InputError
        When ``folder`` holds files that no sample wrote, or that were changed since.
    """
    _refuse_changed(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir()
        yield fresh
        manifest = {path.name: _sha256(path) for path in sorted(fresh.iterdir())}
        (fresh / _MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _refuse_changed(folder: Path) -> None:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    if folder.exists() and not folder.is_dir():
        raise InputError([_fault(folder, "a file")])
    if not found:
        return
    known = _manifest(folder)
    changed = [
        path.name
        for path in found
        if path.name != _MANIFEST and not (path.is_file() and known.get(path.name) == _sha256(path))
    ]
    if changed or not known:
        names = ", ".join(changed[:5] or ["files"])
        raise InputError([_fault(folder, f"files that the sample did not write so: {names}")])


def _fault(folder: Path, found: str) -> Fault:
    return Fault(
        str(folder), "", found, "a new folder, or the sample's own files as they were written",
        "move yours away to keep them (lastmile plan works on them there), or name another output",
    )  # fmt: skip


def _manifest(folder: Path) -> dict[str, str]:
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
