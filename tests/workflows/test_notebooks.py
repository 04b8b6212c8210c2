"""Notebooks run from top to bottom, and are kept without what they printed."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

NAMES = ["01_your_first_plan.ipynb"]


@pytest.fixture(params=NAMES)
def notebook(request, repository):
    return nbformat.read(repository / "notebooks" / request.param, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_notebook_is_tested(repository):
    assert sorted(path.name for path in (repository / "notebooks").glob("*.ipynb")) == NAMES


def test_a_notebook_is_valid_and_kept_without_outputs(notebook):
    nbformat.validate(notebook)
    for cell in code_of(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None


# What runs notebooks calls things that newer Pythons deprecate; our code runs in the kernel.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_notebook_runs_on_a_scenario_of_ones_own(notebook, town, tmp_path, monkeypatch):
    # The sample would take a minute; the hand-drawn town walks through the same cells.
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    setting = next(cell for cell in code_of(notebook) if "SCENARIO = None" in cell.source)
    setting.source = setting.source.replace("SCENARIO = None", f"SCENARIO = Path({str(town)!r})")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = [cell.outputs[-1].data["text/plain"] for cell in code_of(notebook) if cell.outputs]
    assert any("'status': 'optimal'" in text for text in printed)
    assert "'map.html', 'plan.gpkg', 'plan.json', 'report.xlsx'" in printed[-1]
