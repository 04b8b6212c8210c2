"""Ctrl-C leaves the old plan or a complete new one, never a broken one."""

import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from lastmile import pipeline
from lastmile.handover import hand_over
from lastmile.plans import LAYER_COLUMNS, Plan
from lastmile.scenario import read_scenario


def unhurried(town):
    """Let routing search far longer than any test would wait."""
    text = town.read_text("utf-8").replace("max_iterations = 200", "max_iterations = 500_000_000")
    town.write_text(text.replace("time_limit_s = 5", "time_limit_s = 600"), encoding="utf-8")
    return read_scenario(town)


@pytest.mark.parametrize("stage", ["siting", "routing"])
def test_an_interrupted_stage_ends_in_a_complete_plan_that_says_so(town, tmp_path, stage):
    event = threading.Event()

    def interrupt(name, done, total, note=""):
        if name == stage:
            event.set()

    plan = pipeline.plan(unhurried(town), progress=interrupt, interruption=event)
    assert plan.summary["status"] == "interrupted"
    # The best so far is never a plan without deliveries, whichever stage was cut.
    assert plan.summary["routing"]["n_routes"] > 0
    assert plan.summary["routing"]["n_unserved"] == 0
    hand_over(plan, tmp_path / "plan")
    loaded = Plan.load(tmp_path / "plan")
    assert loaded.summary["status"] == "interrupted"
    assert set(loaded.layers) == set(LAYER_COLUMNS)
    assert (tmp_path / "plan" / "report.xlsx").is_file()


def start(scenario, output):
    return subprocess.Popen(
        [sys.executable, "-m", "lastmile", "plan", str(scenario), "-o", str(output), "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("n_signals", [1, 2])
@pytest.mark.parametrize("delay_s", [0.5, 4.0])
def test_signals_never_leave_a_broken_folder(town, tmp_path, n_signals, delay_s):
    output = tmp_path / "plan"
    unhurried(town)
    first = town.with_name("first.toml")
    shutil.copy(town, first)
    hand_over(pipeline.coverage(read_scenario(first)), output)
    before = (output / "plan.json").read_bytes()
    process = start(town, output)
    time.sleep(delay_s)
    for _ in range(n_signals):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    _, errors = process.communicate(timeout=120)
    plan = Plan.load(output)
    if (output / "plan.json").read_bytes() == before:
        assert process.returncode not in {0, None}
    else:
        assert process.returncode == 0, errors
        # A signal that comes while files are written finds the plan done, and whole.
        assert plan.summary["status"] == "interrupted" or not plan.summary["routing"]["n_unserved"]
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("delay_s", [1.5, 2.5])
def test_a_request_to_terminate_leaves_nothing_behind(town, tmp_path, delay_s):
    output = tmp_path / "plan"
    unhurried(town)
    process = start(town, output)
    time.sleep(delay_s)
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode in {0, 130, -signal.SIGTERM}, errors
    left = sorted(item.name for item in tmp_path.iterdir())
    if output.exists():  # the plan was done, and only being told
        Plan.load(output)
        left.remove("plan")
    assert left == ["town"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits files the POSIX way")
@pytest.mark.parametrize("limit_bytes", [5_000, 50_000, 250_000])
def test_a_full_disk_is_told_and_leaves_the_old_plan(town, tmp_path, limit_bytes):
    output = tmp_path / "plan"
    hand_over(pipeline.coverage(read_scenario(town)), output)
    before = {item.name: item.read_bytes() for item in output.iterdir() if item.is_file()}
    program = (
        "import resource, signal, sys\n"
        "from lastmile.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes}, {limit_bytes}))\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program, "plan", str(town), "-o", str(output), "-q"]
    # Compiled code would be kept in files as well; without them numba compiles in memory.
    run = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert run.returncode == 2, run.stderr
    assert b"Traceback" not in run.stderr
    assert {item.name: item.read_bytes() for item in output.iterdir() if item.is_file()} == before
    assert [item.name for item in tmp_path.iterdir() if item.name.startswith(".")] == []
