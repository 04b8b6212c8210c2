"""How fast roads become networks, reach, travel costs and lines; peers run in this very run.

    python benchmarks/roads.py [EXTRACT] [--short]

Runs each part below as a process of its own, so that its peak memory is its own. Every part is a
command of its own, too, with the same arguments:

    roads_reading.py   an extract becomes a walk and a van network; osmnx beside it
    roads_reach.py     walking reach; networkx, scipy, pandana and floors in C beside it
    roads_travel.py    travel times, lines and turn restrictions; scipy, networkx, pyroutingkit
    roads_growth.py    the sample's core, city and prefecture, stage by stage

Without an extract the one of Porto is taken where it stands beside the repository, else the
synthetic roads of the sample's core, which are made first. Prints tables and writes
``benchmarks/out/roads.json``. Seconds are CPU seconds, with compiled code warm.
"""

from __future__ import annotations

import json
import time
from typing import Any

from road_figures import HERE, OUT, Figure, fresh, options, show, write_rows

PARTS = ("roads_reading", "roads_reach", "roads_travel", "roads_growth")


def main() -> None:
    given = options(__doc__).parse_args()
    arguments = [str(given.extract)] if given.extract else []
    arguments += ["--short"] if given.short else []
    rows: list[dict[str, Any]] = []
    begin_s = time.monotonic()
    for part in PARTS:
        print(f"\n{part}.py", flush=True)
        child = fresh(HERE / f"{part}.py", *arguments, quiet=False)
        rows += json.loads((OUT / f"{part}.json").read_text(encoding="utf-8"))
        figure = f"{part}: peak memory, peers included"
        peak = Figure(figure, round(child.peak_mb), "MB", None, None, None, None, None)
        show(peak)
        rows.append(peak.__dict__)
    write_rows("roads", rows)
    judged = [row for row in rows if row["met"] is not None]
    n_met = sum(row["met"] for row in judged)
    minutes = (time.monotonic() - begin_s) / 60
    print(f"\n{n_met} of {len(judged)} goals met in this run, which took {minutes:.1f} min")
    for row in judged:
        if not row["met"]:
            print(f"MISSED: {row['figure']}: {row['value']} {row['unit']}, goal {row['goal']}")


if __name__ == "__main__":
    main()
