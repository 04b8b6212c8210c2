"""The ways of installing agree with each other."""

import re
import tomllib

from packaging.requirements import Requirement

CONDA_NAMES = {"pyosmium": "osmium"}


def project(repository):
    return tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]


def stated(lines):
    return {Requirement(line).name: str(Requirement(line).specifier) for line in lines}


def test_conda_and_pip_install_the_same(repository):
    wanted = project(repository)
    lines = (repository / "environment.yml").read_text("utf-8").splitlines()
    items = [line.strip().removeprefix("- ").strip('"') for line in lines if "- " in line]
    found = stated(
        item
        for item in items
        if re.match(r"[a-z0-9-]+[<>=]", item) and not item.startswith("python>")
    )
    found = {CONDA_NAMES.get(name, name): spec for name, spec in found.items()}
    assert found == stated(wanted["dependencies"] + wanted["optional-dependencies"]["dev"])


def test_every_dependency_is_pinned_to_the_version_tested(repository):
    wanted = project(repository)
    lines = (repository / "constraints.txt").read_text("utf-8").splitlines()
    pins = stated(line for line in lines if line and not line.startswith("#"))
    for line in wanted["dependencies"] + wanted["optional-dependencies"]["dev"]:
        need = Requirement(line)
        assert need.specifier.contains(pins[need.name].removeprefix("=="))


def test_ortools_never_meets_a_new_highspy(repository):
    assert "highspy" not in (repository / "constraints.txt").read_text("utf-8")
