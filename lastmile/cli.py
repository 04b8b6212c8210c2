"""The command line: parse, call, print.

Exit codes: 0 done, 1 the plan is infeasible or a check failed, 2 bad input. Rooms are imported
inside the commands, so that ``lastmile --help`` is instant.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lastmile.console import Screen
from lastmile.errors import Fault, InputError, LastmileError
from lastmile.stop import termination_raises
from lastmile.telling import (
    for_machines,
    tell_comparison,
    tell_coverage,
    tell_proof,
    tell_what_if,
)

if TYPE_CHECKING:
    from lastmile.extracts import Box
    from lastmile.health import Health
    from lastmile.scenario import Scenario

app = typer.Typer(
    name="lastmile",
    help="Site e-commerce service stations, route same-city delivery, and see what was proven.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


osm = typer.Typer(
    help="OpenStreetMap extracts: fetch one, cut it to the area, look into it.",
    no_args_is_help=True,
)
app.add_typer(osm, name="osm")


class Extent(StrEnum):
    """How much of the embedded sample to plan."""

    core = "core"
    city = "city"
    prefecture = "prefecture"


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but faults.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
ScenarioFile = Annotated[Path, typer.Argument(help="A scenario.toml.")]
PlanFolder = Annotated[Path, typer.Argument(help="A plan folder.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Plan folder to write.")]
Extracts = Annotated[list[Path], typer.Argument(help="Files: .osm.pbf .osm .osm.gz .osm.bz2")]
ExtractOut = Annotated[Path, typer.Option("--output", "-o", help="Extract to write.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]


@contextmanager
def _screen(
    *, quiet: bool, as_json: bool, stopped: str = "no half-written plan is left behind"
) -> Iterator[Screen]:
    """Turn faults into messages and exit codes."""
    screen = Screen(quiet=quiet, as_json=as_json)
    try:
        with termination_raises():
            yield screen
    except InputError as error:
        screen.fail(str(error), [asdict(fault) for fault in error.faults])
        raise typer.Exit(2) from None
    except LastmileError as error:
        screen.fail(str(error))
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, SystemError) as error:
        # Compiled code that is interrupted says so by a SystemError.
        cause = error.__cause__ or error.__context__
        if isinstance(error, SystemError) and not isinstance(cause, KeyboardInterrupt):
            raise
        screen.fail(f"stopped; {stopped}")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise  # whoever read our output has gone
    except (MemoryError, OSError) as error:
        fault = _machine_fault(error)
        screen.fail(str(fault), [asdict(fault)])
        raise typer.Exit(2) from None


@app.command()
def demo(
    extent: Annotated[Extent, typer.Option(help="core, city or prefecture.")] = Extent.core,
    output: Output = Path("maps/demo"),
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Plan the embedded sample of Changzhou: real names, synthetic streets."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.sample import write_sample
        from lastmile.scenario import read_scenario
        from lastmile.store import refuse_foreign_folder

        refuse_foreign_folder(output)
        output = output.resolve() if output.name in {"", ".."} else output
        inputs = output.with_name(f"{output.name}-inputs") / extent.value
        with screen.progress() as progress:
            path = write_sample(inputs, extent.value, progress=progress)
        screen.say(f"The sample's input files, to look at or to plan from: {inputs}")
        _plan_and_tell(screen, read_scenario(path), output)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to create.")],
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Write a commented scenario to start from."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.scaffold import write_scaffold

        path = write_scaffold(folder)
        screen.say(f"Wrote {path}. Put your files beside it, edit it, then: lastmile check {path}")
        screen.result({"scenario": str(path)})


@app.command()
def check(
    scenario: ScenarioFile,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Also write it as one HTML page; none if not given.",
        ),
    ] = None,
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Read everything, report every fault at once, plan nothing; with -o as a page, too."""
    stopped = "no half-written page is left behind"
    with _screen(quiet=quiet, as_json=as_json, stopped=stopped) as screen:
        from lastmile import pipeline
        from lastmile.health import unreadable
        from lastmile.scenario import read_scenario

        if output is not None:
            from lastmile.handover import refuse_foreign_page

            refuse_foreign_page(output)
        try:
            wanted = read_scenario(scenario)
        except InputError as error:
            found = unreadable(str(scenario), error.faults)
        else:
            with screen.progress() as progress:
                found = pipeline.health(wanted, source=str(scenario), progress=progress)
        if output is not None:
            from lastmile.handover import write_health

            write_health(found, output)
        _tell_health(screen, found)
        if output is not None:
            screen.say(f"Report: {output}")
        elif not found.can_be_planned or found.findings.suspects:
            screen.say(f"As one page, with a map: lastmile check {scenario} -o health.html")
        if not found.can_be_planned:
            fault = InputError(found.faults)
            machine = found.for_machines()
            screen.fail(str(fault), [asdict(one) for one in fault.faults], machine)
            raise typer.Exit(2)
        screen.say("No faults found.")
        screen.result(found.for_machines())


@app.command()
def norms(*, quiet: Quiet = False, as_json: Json = False) -> None:
    """List the norms that a scenario may name, with document, clause and figures."""
    with _screen(quiet=quiet, as_json=as_json, stopped="nothing was written") as screen:
        from lastmile.scenario import NORMS, ServiceDistance

        listed = [ServiceDistance(norm=key).as_dict() for key in NORMS]
        rows = [
            (
                item["norm"] + (" (default)" if item["norm"] == listed[0]["norm"] else ""),
                f"{item['urban_m']:,g}",
                f"{item['rural_m']:,g}",
                "yes" if item["verified"] else "no",
                f"{item['document_en']}, {item['number']}, {item['clause_en']}",
            )
            for item in listed
        ]
        screen.table("Norms", ("norm", "urban m", "rural m", "verified", "source"), rows)
        for norm in NORMS.values():
            if norm.remark.en:
                screen.say(f"{norm.key}: {norm.remark.en}.")
        screen.result({"norms": listed})


@app.command()
def plan(
    scenario: ScenarioFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Plan folder to write.")],
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Plan stations and routes: the main job."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.scenario import read_scenario

        _plan_and_tell(screen, read_scenario(scenario), output)


@app.command()
def coverage(
    scenario: ScenarioFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Also write a plan folder.")
    ] = None,
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Measure how well today's stations cover; site nothing."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile import pipeline
        from lastmile.scenario import read_scenario
        from lastmile.store import refuse_foreign_folder

        if output is not None:
            refuse_foreign_folder(output)
        wanted = read_scenario(scenario)
        with screen.progress() as progress:
            found = pipeline.coverage(wanted, progress=progress)
        if output is not None:
            from lastmile.handover import hand_over

            hand_over(found, output)
        tell_coverage(screen, found)
        screen.result(for_machines(found, output))


@app.command("map")
def draw_map(folder: PlanFolder, *, quiet: Quiet = False, as_json: Json = False) -> None:
    """Draw the map of a plan folder anew."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.handover import redraw_map
        from lastmile.plans import Plan

        redraw_map(Plan.load(folder), folder)
        screen.say(f"Map: {folder / 'map.html'}")
        screen.result({"map": str(folder / "map.html")})


@app.command()
def report(folder: PlanFolder, *, quiet: Quiet = False, as_json: Json = False) -> None:
    """Write the report of a plan folder anew."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.handover import rewrite_report
        from lastmile.plans import Plan

        rewrite_report(Plan.load(folder), folder)
        screen.say(f"Report: {folder / 'report.xlsx'}")
        screen.result({"report": str(folder / "report.xlsx")})


@app.command()
def compare(
    folder_a: PlanFolder, folder_b: PlanFolder, *, quiet: Quiet = False, as_json: Json = False
) -> None:
    """Set two plans side by side."""
    with _screen(quiet=quiet, as_json=as_json) as screen:
        from lastmile.compare import compare as compare_plans
        from lastmile.plans import Plan

        found = compare_plans(Plan.load(folder_a), Plan.load(folder_b))
        tell_comparison(screen, found, str(folder_a), str(folder_b))
        screen.result(
            {
                "figures": found.figures.to_dict("records"),
                "units": found.units.to_dict("records"),
                "only_a": found.only_a,
                "only_b": found.only_b,
                "cautions": found.cautions,
            }
        )


def _tell_health(screen: Screen, found: Health) -> None:
    """Tell what was read, how it was understood, and what looks odd; faults come last."""
    from lastmile.health_page.terminal import health_tables

    for table in health_tables(found):
        if table.rows:
            screen.table(table.title, table.headers, table.rows)
        for sentence in table.below:
            screen.say(sentence)
    for note in found.own_notes:  # what readers did stands in a table
        screen.say(f"Note: {note.en}")


@app.command("what-if")
def what_if(
    folder: PlanFolder,
    opened: Annotated[
        list[str] | None, typer.Option("--open", help="Id of a site to open.")
    ] = None,
    closed: Annotated[
        list[str] | None, typer.Option("--close", help="Id of a station to close.")
    ] = None,
    *,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Tell what a plan would gain or lose if stations opened, closed or moved; changes nothing."""
    with _screen(quiet=quiet, as_json=as_json, stopped="nothing was written") as screen:
        from lastmile import pipeline
        from lastmile.plans import Plan

        with screen.progress() as progress:
            found = pipeline.what_if(
                Plan.load(folder), opened=opened or (), closed=closed or (), progress=progress
            )
        tell_what_if(screen, found)
        screen.result(
            asdict(found)
            | {"units": found.units.to_dict("records"), "demand": found.demand.to_dict("records")}
        )


@osm.command("get")
def osm_get(
    what: Annotated[str, typer.Argument(help="Address (https://…) or name of a place.")],
    output: ExtractOut,
    *,
    sha256: Annotated[str, typer.Option(help="SHA-256 that the file must have.")] = "",
    md5: Annotated[str, typer.Option(help="MD5 that the file must have.")] = "",
    halo_m: Annotated[
        float | None, typer.Option(min=0.0, help="Metres around a place's box (default: 3000).")
    ] = None,
    nominatim_url: Annotated[
        str, typer.Option(envvar="LASTMILE_NOMINATIM_URL", help="Service that knows names.")
    ] = "",
    overpass_url: Annotated[
        str, typer.Option(envvar="LASTMILE_OVERPASS_URL", help="Service that has roads.")
    ] = "",
    timeout_s: Annotated[
        float, typer.Option(min=0.1, help="Seconds without an answer to give up after.")
    ] = 30.0,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Fetch an extract by its address (resumed, verified), or the roads of a place by name."""
    kept = f"what came of an address is in {output}.part; the same command goes on from there"
    with _screen(quiet=quiet, as_json=as_json, stopped=kept) as screen:
        from lastmile import extracts

        usual = extracts.Connection()
        stated = [extracts.stated("sha256", sha256)] if sha256 else []
        stated += [extracts.stated("md5", md5)] if md5 else []
        with screen.progress() as progress:
            found = extracts.get(
                what,
                output,
                expected=tuple(stated),
                halo_m=halo_m,
                connection=extracts.Connection(
                    nominatim_url or usual.nominatim_url,
                    overpass_url or usual.overpass_url,
                    extracts.Patience(timeout_s=timeout_s),
                ),
                overwrite=overwrite,
                progress=progress,
            )
        for note in found.notes:
            screen.say(f"Note: {note}")
        screen.say(f"Wrote {found.path}, {extracts.size_text(found.size_bytes)}. Look into it "
                   f"with: lastmile osm check {found.path}")  # fmt: skip
        screen.say(extracts.ATTRIBUTION)
        screen.result(asdict(found) | {"path": str(found.path)})


@osm.command("clip")
def osm_clip(
    files: Extracts,
    output: ExtractOut,
    *,
    scenario: Annotated[
        Path | None, typer.Option(help="Cut to this scenario's area and depots.")
    ] = None,
    bbox: Annotated[str, typer.Option(help="Cut to west,south,east,north in degrees.")] = "",
    boundary: Annotated[
        Path | None, typer.Option(help="Cut to the box of this file's polygons.")
    ] = None,
    layer: Annotated[
        str, typer.Option(help="Layer of --boundary, where the file holds several.")
    ] = "",
    crs: Annotated[
        str, typer.Option(help="System of --boundary: file, wgs84, cgcs2000, gcj02, bd09, EPSG:n.")
    ] = "file",
    halo_m: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Metres around it (default: 3000, with --scenario twice the largest service "
            "distance if that is more).",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Keep also what is no road.")
    ] = False,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Cut extracts to an area with a halo, and merge them: roads, ferries, turn restrictions."""
    with _screen(quiet=quiet, as_json=as_json, stopped="nothing was written") as screen:
        from lastmile import extracts

        box = _wanted_box(scenario, bbox, boundary, layer, crs, halo_m)
        with screen.progress() as progress:
            made = extracts.clip(
                files, output, box, everything=everything, overwrite=overwrite, progress=progress
            )
        if not made.is_streamed:
            screen.say("Note: an input is out of order, so that it was held in memory whole")
        if made.n_missing:
            screen.say(f"Note: {made.n_missing:,} nodes of its ways are in none of the inputs")
        if made.n_drafts:
            screen.say(f"Note: {made.n_drafts:,} ways lie on nodes with ids below 1, which were "
                       "never sent to the map; those nodes are left out")  # fmt: skip
        screen.say(
            f"Wrote {made.path}, {extracts.size_text(made.size_bytes)}: {made.n_ways:,} ways, "
            f"{made.n_nodes:,} nodes and {made.n_relations:,} relations within {made.box}; data "
            f"of {made.timestamp or 'unknown date'}"
        )
        screen.say(extracts.ATTRIBUTION)
        screen.result(asdict(made) | {"path": str(made.path)})


def _wanted_box(
    scenario: Path | None,
    bbox: str,
    boundary: Path | None,
    layer: str,
    crs: str,
    halo_m: float | None,
) -> Box:
    """Return the one box that the options name, with its halo."""
    from lastmile.extracts import USUAL_HALO_M, Box, parse_box

    named = [scenario is not None, bool(bbox), boundary is not None]
    if sum(named) != 1:
        found = f"{sum(named)} of --scenario, --bbox and --boundary"
        raise InputError([Fault("options", "", found, "one of them", "say where to cut")])
    usual_m = USUAL_HALO_M
    if bbox:
        box = parse_box(bbox)
    else:
        from lastmile import pipeline
        from lastmile.scenario import read_scenario

        if scenario is not None:
            bounds, usual_m = pipeline.scenario_bounds(read_scenario(scenario))
        else:
            bounds = pipeline.boundary_bounds(boundary or Path(), crs, layer)
        box = Box(*bounds)
    return box.widened(usual_m if halo_m is None else halo_m)


@osm.command("check")
def osm_check(files: Extracts, *, quiet: Quiet = False, as_json: Json = False) -> None:
    """Say what is in extracts, and what that means for a plan; 1 if one holds no roads."""
    with _screen(quiet=quiet, as_json=as_json, stopped="nothing was written") as screen:
        from datetime import UTC, datetime

        from lastmile import extracts

        found: list[extracts.Contents] = []
        faults: list[Fault] = []
        with screen.progress() as progress:
            for file in files:
                try:
                    today = datetime.now(UTC).date()
                    found.append(extracts.look_into(file, today, progress=progress))
                except InputError as error:
                    faults += error.faults
        if faults:
            raise InputError(faults)
        for contents in found:
            screen.table(contents.file, ("what", "found"), extracts.overview(contents))
            rows = extracts.class_rows(contents)
            screen.table("Highway classes", ("class", "ways", "km"), rows)
            if contents.turns.n:
                screen.table("Turn restrictions", ("what", "n"), extracts.turn_rows(contents))
            for advice in contents.advice:
                screen.say(f"Note: {advice}")
        screen.result({"files": [asdict(contents) for contents in found]})
        if not all(contents.roads.ways for contents in found):
            raise typer.Exit(1)


def _plan_and_tell(screen: Screen, scenario: Scenario, output: Path) -> None:
    from lastmile import pipeline
    from lastmile.handover import hand_over
    from lastmile.stop import interruption_on_sigint
    from lastmile.store import refuse_foreign_folder

    refuse_foreign_folder(output)
    with interruption_on_sigint(screen.acknowledge) as interruption, screen.progress() as progress:
        found = pipeline.plan(scenario, progress=progress, interruption=interruption)
        hand_over(found, output, progress=progress)
    tell_coverage(screen, found)
    tell_proof(screen, found)
    screen.say(f"Map:    {output / 'map.html'}")
    screen.say(f"Report: {output / 'report.xlsx'}")
    screen.result(for_machines(found, output))
    if found.summary["status"] == "infeasible":
        raise typer.Exit(1)


def _machine_fault(error: MemoryError | OSError) -> Fault:
    found = str(error) or type(error).__name__
    remedy = "free memory or disk space, or mend the permissions of what is named, and run again"
    return Fault("the machine", "", found, "files that can be read and written", remedy)


def main() -> None:
    """Run the command line, also where standard output is not UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except (MemoryError, OSError) as error:
        sys.stderr.write(f"{_machine_fault(error)}\n")
        raise SystemExit(2) from None
    finally:
        # All is done and told: a Ctrl-C that comes while the interpreter ends changes nothing.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
