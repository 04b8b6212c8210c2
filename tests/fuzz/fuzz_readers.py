"""Damage files of every kind until the time is up, and see that readers only report.

Run it with ``python tests/fuzz/fuzz_readers.py --seconds 120 --seed 1``. A crash of the whole
process is seen too: the file being read is kept, and its number printed before it is opened with
``--verbose``. The exit code is 1 when a reader raised anything or read nothing without a word.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reader_files import damaged, read_as_points, whole_files, written


def main() -> int:
    """Fuzz, and print how many files of each kind were read, refused or broke a reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 - it damages files, and guards nothing
    counts: Counter[tuple[str, str]] = Counter()
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = whole_files(folder)
        suffixes = sorted(files)
        end, n = time.monotonic() + asked.seconds, 0
        while time.monotonic() < end:
            suffix = suffixes[n % len(suffixes)]
            noise = chance.random() < 0.1  # one file in ten is nothing but noise
            content = (
                chance.randbytes(chance.randrange(2000))
                if noise
                else damaged(files[suffix], chance)
            )
            path = written(folder, files, suffix, content)
            n += 1
            if asked.verbose:
                print(n, suffix, "noise" if noise else "damaged", flush=True)  # noqa: T201
            try:
                n_rows, n_faults = read_as_points(path)
            except Exception:  # noqa: BLE001 - any at all is what is looked for
                broken.append(f"file {n} ({suffix})\n{traceback.format_exc()}")
                counts[suffix, "broke"] += 1
                continue
            outcome = "refused" if not n_rows else ("read with faults" if n_faults else "read")
            counts[suffix, outcome] += 1
    outcomes = ("read", "read with faults", "refused", "broke")
    print(f"seed {asked.seed}, {n} files in {asked.seconds:.0f} s")  # noqa: T201
    for suffix in suffixes:
        row = ", ".join(f"{counts[suffix, outcome]} {outcome}" for outcome in outcomes)
        print(f"{suffix:9s} {row}")  # noqa: T201
    for text in broken[:5]:
        print(text, file=sys.stderr)  # noqa: T201
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
