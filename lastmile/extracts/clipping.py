"""Extracts, several if need be, cut to a box and merged, with memory bounded by the box.

First each file is thinned as a stream to what may belong to the box, by the sides on which its
nodes lie; then what is left, which is small, is sorted, rid of duplicates and cut exactly. The
second step alone defines the result; the first only saves memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import osmium

from lastmile.errors import InputError
from lastmile.extracts.blocks import NODES_A_BLOCK, node_blocks
from lastmile.extracts.box import Box
from lastmile.extracts.formats import required_format
from lastmile.extracts.headers import PROGRAM, is_synthetic, made_header, read_header
from lastmile.extracts.outcodes import AllCodes, Codes, ExactCodes, RunCodes
from lastmile.extracts.output import check_output, put_in_place, working_folder
from lastmile.extracts.refusals import refused
from lastmile.extracts.selection import Selection, Wish, copy, select
from lastmile.extracts.sources import Source
from lastmile.extracts.steps import Steps
from lastmile.extracts.writing import writer_to
from lastmile.progress import Progress, silent

_STEPS: Final = 3
"""Choosing, sorting and cutting, beside one to look at each file and one to thin it."""


@dataclass(frozen=True, slots=True)
class Clipped:
    """What was written."""

    path: Path
    box: Box
    """Halo included."""

    n_ways: int
    n_nodes: int
    n_relations: int
    n_missing: int
    """References of its ways to nodes that no input has."""

    n_drafts: int
    """Ways of the inputs on nodes with ids below 1, which are left out."""

    timestamp: str
    """Date of the data: the oldest that the inputs state; '' if one of them states none."""

    size_bytes: int
    is_streamed: bool
    """Whether memory was bounded by the box: not so if an input's nodes are out of order."""


def clip(
    paths: Sequence[Path],
    output: Path,
    box: Box,
    *,
    everything: bool = False,
    overwrite: bool = False,
    timestamp: str = "",
    progress: Progress = silent,
) -> Clipped:
    """Cut extracts to a box and write one file, whole or not at all.

    Kept are ways tagged ``highway`` or ``route=ferry`` whose own box meets the box, whole, with
    all nodes that the inputs have and all tags; and turn restrictions whose members are kept.
    Of objects that stand in several inputs the newest version is kept once, of equal versions
    that of the first input. Objects with ids below 1 are left out. Clipping the result to the
    same box changes nothing.

    Parameters
    ----------
    paths
        Extracts of any format.
    output
        The end of its name states its format.
    box
        Halo included.
    everything
        Keep also all else in the box: nodes, other ways whole, and relations with a member
        there, whose other members may be missing.
    overwrite
        Whether a file that is there may be replaced.
    timestamp
        Date of the data where it is known better than the inputs state it.
    progress
        Told of the steps.

    Raises
    ------
    InputError
        When an input is missing, unreadable or cut off, or has no road there; when the output
        may not be written.
    """
    sources = [Source.at(path) for path in paths]
    check_output(output, overwrite=overwrite, inputs=paths)
    headers = [read_header(source) for source in sources]
    timestamp = timestamp or _oldest([header.timestamp for header in headers])
    # That roads were made up stays with them.
    made_up = all(is_synthetic(header.program) for header in headers)
    program = headers[0].program if made_up else PROGRAM
    steps = Steps("clip", 2 * len(sources) + _STEPS, progress)
    with working_folder(output) as folder:
        thin = _thinned(sources, box, folder, steps, everything=everything)
        steps.begin("sorting")
        merged = _merged(sources if thin is None else thin, folder)
        steps.begin("cutting")
        codes = ExactCodes.read(node_blocks(merged), box)
        selection = select([merged], codes, Wish(everything=everything, whole_restrictions=True))
        if not selection.ways:
            raise _no_road(paths, box)
        made, header = folder / "made", made_header(box, timestamp, program)
        with writer_to(made, required_format(output), header) as writer:
            copy(merged.objects(osmium.osm.ALL), selection, writer)
        put_in_place(made, output, overwrite=overwrite)
    steps.end()
    return _clipped(output, box, selection, timestamp, is_streamed=thin is not None)


def _thinned(
    sources: Sequence[Source],
    box: Box,
    folder: Path,
    steps: Steps,
    *,
    everything: bool,
) -> list[Source] | None:
    """Write what may belong to the box, file by file; None where a file is out of order.

    Then nobody knows where its nodes lie, which may be those of another file's ways, too.
    """
    codes: list[Codes] = []
    for source in sources:
        steps.begin(f"looking at {source.path.name}")
        sides = RunCodes.read(steps.counted(node_blocks(source), NODES_A_BLOCK), box)
        if sides is None:
            return None
        codes.append(sides)
    steps.begin("choosing")
    wish = Wish(everything=everything, whole_restrictions=False)
    selection = select(sources, AllCodes(codes), wish)
    thin = [Source(folder / f"thin-{k}.osm.pbf", "pbf") for k in range(len(sources))]
    for source, target in zip(sources, thin, strict=True):
        steps.begin(f"thinning {source.path.name}")
        with writer_to(target.path, target.kind) as writer:
            copy(steps.counted(source.objects(osmium.osm.ALL)), selection, writer)
    return thin


def _merged(sources: Sequence[Source], folder: Path) -> Source:
    """Write all objects of some files by type and id, of each id the newest version once."""
    pool = osmium.MergeInputReader()
    for source in sources:
        try:
            pool.add_file(str(source.path))
        except (RuntimeError, OSError, ValueError) as error:
            raise source.unreadable(error) from None
    target = Source(folder / "merged.osm.pbf", "pbf")
    with writer_to(target.path, target.kind) as writer:
        pool.apply(writer, simplify=True)
    return target


def _oldest(timestamps: Sequence[str]) -> str:
    return min(timestamps) if all(timestamps) else ""


def _no_road(paths: Sequence[Path], box: Box) -> InputError:
    return refused(
        ", ".join(str(path) for path in paths),
        found=f"no road within {box}",
        expected="ways with a highway tag and their nodes there (west, south, east, north)",
        remedy="see where its roads are with: lastmile osm check; and check the CRS of the area",
    )


def _clipped(
    output: Path, box: Box, selection: Selection, timestamp: str, *, is_streamed: bool
) -> Clipped:
    return Clipped(
        output,
        box,
        n_ways=len(selection.ways),
        n_nodes=int(selection.nodes.size),
        n_relations=len(selection.relations),
        n_missing=selection.n_missing,
        n_drafts=selection.n_drafts,
        timestamp=timestamp,
        size_bytes=output.stat().st_size,
        is_streamed=is_streamed,
    )
