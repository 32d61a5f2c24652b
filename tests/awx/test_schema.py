# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/awx/controller/ fits to what the modules of awx.awx document, down to their suboptions.

Where one of them names another, or a playbook, ``test_objects.py`` looks for it; there, the other
description is the same.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from awx.objects import ROOT, Object, from_tasks

PACKAGE = "ansible==11.13.0"
FOLDER = ROOT / ".ansible" / "cache" / "awx"
INSIDE = "ansible_collections/awx/awx/"
OF_A_SPEC = ("type", "elements", "choices", "required", "aliases")
OBJECTS = from_tasks()


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder of the modules of awx.awx, from a package that bundles it."""
    found = FOLDER / INSIDE / "plugins" / "modules"
    if found.exists():
        return found
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as name:
        draft = Path(name)
        pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
        only = ["--no-deps", "--only-binary=:all:", "--dest", str(draft), PACKAGE]
        done = subprocess.run([*pip, *only], capture_output=True, check=False)
        wheels = list(draft.glob("*.whl"))
        if done.returncode or not wheels:
            pytest.skip("the package that bundles the collection awx.awx cannot be had")
        with zipfile.ZipFile(wheels[0]) as wheel:
            members = [member for member in wheel.namelist() if member.startswith(INSIDE)]
            wheel.extractall(draft / "tree", members)
        with contextlib.suppress(OSError):  # a run beside this one was faster
            os.replace(draft / "tree", FOLDER)
    return found


def as_spec(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {key: option[key] for key in OF_A_SPEC if key in option}
        | ({"options": as_spec(option["suboptions"])} if "suboptions" in option else {})
        for name, option in options.items()
    }


def complaints(modules: Path, described: Object) -> list[str]:
    text = (modules / f"{described.kind}.py").read_text()
    documented = yaml.safe_load(text.split("DOCUMENTATION = '''")[1].split("'''")[0])
    validator = ArgumentSpecValidator(as_spec(documented["options"]))
    found: list[str] = validator.validate(described.options).error_messages
    return found


@pytest.mark.parametrize("described", OBJECTS, ids=lambda described: described.name)
def test_each_object_is_one_that_its_module_takes(modules: Path, described: Object) -> None:
    assert complaints(modules, described) == []


MISTAKES: dict[str, dict[str, Any]] = {
    "organisation": {"organisation": "Default"},
    "value of state must be one of": {"state": "presnt"},
    "related.succes": {"workflow_nodes": [{"identifier": "a", "related": {"succes": []}}]},
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_seen(modules: Path, words: str) -> None:
    (workflow,) = [described for described in OBJECTS if described.kind == "workflow_job_template"]
    wrong = workflow._replace(options={**workflow.options, **MISTAKES[words]})
    assert words in " ".join(complaints(modules, wrong))
