"""The scenario's road files: how they are to be read, and what is to be told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lastmile.errors import FaultLog
from lastmile.network import LineColumns, LineSource, ReadingReport, road_kind
from lastmile.pipeline.map_words import check_columns
from lastmile.places import Note
from lastmile.scenario import Roads


def line_source(wish: Roads) -> LineSource:
    """Say how a layer of lines is to be read.

    Parameters
    ----------
    wish
        The scenario's roads.
    """
    return LineSource(
        columns=LineColumns(**wish.columns.model_dump()),
        crs=wish.crs,
        layer=wish.layer,
        noded=wish.noded,
        snap_m=wish.snap_m,
    )


def refuse_misfits(wish: Roads, faults: FaultLog) -> None:
    """Note settings of layers of lines that are stated for files that are none.

    Parameters
    ----------
    wish
        The scenario's roads.
    faults
        Receives one fault for each setting that would do nothing, and for each slip in the columns
        of a layer.
    """
    kinds = {road_kind(path) for path in wish.path}
    if kinds == {"lines"}:
        check_columns(wish, faults)
        _refuse_repeated(wish, faults)
        return
    if "lines" in kinds:
        return  # files of several kinds are a fault of their own
    what = "an OpenStreetMap extract" if kinds == {"osm"} else "a graph"
    for name in ("crs", "layer", "noded", "snap_m", "columns"):
        if getattr(wish, name) != type(wish).model_fields[name].default:
            faults.add(
                "scenario", f"roads.{name}",
                found=f"a setting of layers of lines, but {wish.file_names} is {what}",
                expected="it for layers of lines alone (.shp, .gpkg, .geojson, .kml, .gdb)",
                remedy="remove it, or name the layer it was meant for in roads.path",
            )  # fmt: skip


def _refuse_repeated(wish: Roads, faults: FaultLog) -> None:
    """Note layers that are named twice: extracts are merged, but lines would lie there twice."""
    seen = Counter(path.resolve() for path in wish.path)
    for path in (path for path, n in seen.items() if n > 1):
        faults.add(
            path, "roads.path", found=f"the same layer {seen[path]} times",
            expected="each layer once", remedy="name it once",
        )  # fmt: skip


def reading_notes(report: ReadingReport) -> Iterator[Note]:
    """Tell what was wrong with the road files, where it may matter to a plan.

    Parameters
    ----------
    report
        From reading them. Segments without length and ways without nodes change nothing, and are
        not told.
    """
    if n := report.n_missing_nodes:
        yield Note(
            zh=f"道路数据缺少 {n:,} 个节点，道路在该处中断；请使用含完整道路的数据",
            en=f"the road file lacks {n:,} nodes, and roads break off there; use an extract made "
            "with complete ways",
        )
    if n := report.n_off_globe:
        yield Note(
            zh=f"道路数据中有 {n:,} 处坐标超出经纬度范围，道路在该处中断",
            en=f"{n:,} coordinates of roads are no place on the globe; roads break off there",
        )
    if n := report.n_broken_restrictions:
        yield Note(
            zh=f"道路数据中有 {n:,} 条转向限制缺少起点、经由或终点，未予采用",
            en=f"{n:,} rules of turning lack a from, via or to, and were left out",
        )
    if n := report.n_drafts:
        yield Note(
            zh=f"道路数据中有 {n:,} 条道路含编号小于 0 的节点（编辑器草稿，未上传至 "
            "OpenStreetMap），已读入",
            en=f"{n:,} roads lie on nodes with ids below 0, drawn in an editor and never sent to "
            "OpenStreetMap; they were read",
        )
    if n := report.n_drafts_left_out:
        yield Note(
            zh=f"道路数据中有 {n:,} 条道路含编号小于 1 的节点（编辑器草稿），"
            "数据多于一个文件或过大时不予采用；请将草稿上传后重新下载，或只用该文件",
            en=f"{n:,} roads lie on nodes with ids below 1, drawn in an editor; of large files and "
            "of several they are left out: send them to the map and fetch it anew, or name that "
            "file alone",
        )
    if n := report.n_unreadable_signs:
        yield Note(
            zh=f"道路数据中有 {n:,} 处限宽、限高、限长或限重无法识别，未予采用",
            en=f"{n:,} limits of width, height, length or weight on roads are not understood, and "
            "were left out",
        )
    if n := report.n_without_line:
        yield Note(
            zh=f"道路图层中有 {n:,} 行没有线形，已略过",
            en=f"{n:,} rows of the road layer hold no line, and were left out",
        )
    yield from report.notes
