# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test on a copy of the checkout: ``run("sanity")``.

- ansible-test wants real folders ``ansible_collections/toggl/focus``; it follows no link. In a
  folder that Git ignores it sees no files, so the copy is outside the checkout.
- It looks for Python on PATH; there it must meet the interpreter itself, not a version manager's
  placeholder for it.
- For the environments of its own, a dozen, it downloads a script that installs pip. One takes its
  place that lends them the pip that is here.
- It hides the environment from pip, also PIP_INDEX_URL and the like. So it gets a home of its own,
  under .ansible/, that holds pip's settings in a file, and all that it installs.
"""

from __future__ import annotations

import ast
import configparser
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import pip

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".ansible" / "home"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
COPIED = (
    *("galaxy.yml", "README.md", "LICENSE", "requirements.txt", "changelogs", "meta", "plugins"),
    *("playbooks", "roles", "tests/config.yml", "tests/integration"),
)

PIP = HOME / "pip"
PIP_INSTALLER = f"""\
# Stands in for the script that ansible-test downloads: lends an environment the pip of its maker.
import os
import runpy
import site
import sys

with open(os.path.join(site.getsitepackages()[0], "pip.pth"), "w") as file:
    file.write({str(PIP)!r})
others = [a for a in sys.argv[1:] if not a.startswith(("-", "pip=="))]
if others:
    sys.path.append({str(PIP)!r})
    sys.argv = ["pip", "install"] + others
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def pip_installer() -> Path:
    """Where ansible-test looks for the script before it downloads it."""
    from ansible_test._internal import python_requirements

    python = types.SimpleNamespace(version=VERSION)
    version = python_requirements.get_venv_packages(python)["pip"].replace(".", "_")
    return HOME / ".ansible" / "test" / "cache" / f"get_pip_{version}.py"


def pip_settings() -> str:
    """The settings of pip, from the environment and all of its files, as one file."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    for section, name, value in re.findall(r"(?m)^(.+)\.([^.=]+)=(.*)$", listed):
        settings.read_dict({section.replace(":env:", "global"): {name: ast.literal_eval(value)}})
    settings.set("global", "quiet", "2")
    text = io.StringIO()
    settings.write(text)
    return text.getvalue()


def provide_home() -> None:
    """Write each file in one piece, as a run beside this one may have it in use."""
    files = {HOME / ".pip" / "pip.conf": pip_settings(), pip_installer(): PIP_INSTALLER}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.touch(mode=0o600)
        part.write_text(text)
        part.replace(path)
    PIP.mkdir(exist_ok=True)
    part = PIP / f"{os.getpid()}"
    part.symlink_to(Path(pip.__file__).parent)
    part.replace(PIP / "pip")


def copy_checkout(top: Path) -> Path:
    """What users get, and the integration tests. The other tests have linters of their own."""
    copy = top / "ansible_collections" / "toggl" / "focus"
    for name in COPIED:
        source, target = ROOT / name, copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, target)
    return copy


def run(command: str, *arguments: str) -> int:
    provide_home()
    folders = [str(Path(sys.executable).parent), os.path.join(sys.base_prefix, "bin")]
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve()
        if any((parent / ".git").exists() for parent in top.parents):
            raise SystemExit(f"{top} is in a Git checkout, where ansible-test would see no files.")
        return subprocess.run(
            ["ansible-test", command, "--python", VERSION, "--color", "no", *arguments],
            cwd=copy_checkout(top),
            env={**os.environ, "HOME": str(HOME), "PATH": path},
            stdin=subprocess.DEVNULL,
        ).returncode
