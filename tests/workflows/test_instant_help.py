"""The command line answers at once: it imports a room only when a command needs it."""

import subprocess
import sys

import pytest

HEAVY = {"geopandas", "pandas", "numpy", "numba", "shapely", "folium", "pydantic", "ortools"}


def modules_after(code):
    """Top-level modules that a fresh interpreter holds after running some code."""
    code += "\nimport sys; sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return set(run.stderr.split())


def test_help_imports_nothing_heavy():
    code = "from typer.testing import CliRunner\nfrom lastmile.cli import app\n"
    code += "assert 'compare' in CliRunner().invoke(app, ['--help']).output"
    assert not modules_after(code) & HEAVY


def test_importing_the_package_imports_nothing_heavy():
    assert not modules_after("import lastmile; lastmile.__version__") & HEAVY


def test_what_the_package_offers_is_there_when_asked_for():
    code = "import lastmile\nfor name in lastmile.__all__: assert getattr(lastmile, name)"
    assert "geopandas" in modules_after(code)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
def test_a_ctrl_c_after_the_end_does_not_turn_success_into_failure():
    code = (
        "import atexit, os, signal, sys\nfrom lastmile.cli import main\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['lastmile', '--help']\nmain()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr == b""
