# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the archive and imports it as Galaxy and Automation Hub do. Any warning is a failure.

galaxy-importer pins libraries that the other tools have newer, so it gets its own environment.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import build

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".ansible" / "galaxy"
BIN = FOLDER / "venv" / "bin"
REQUIREMENTS = ("galaxy-importer>=0.4.20", "ansible-core>=2.16", "ansible-lint>=24.12")
SETTINGS = """\
[galaxy-importer]
check_required_tags = true
require_v1_or_greater = true
run_ansible_test = false
"""
PLACEHOLDER = "https://example.invalid/toggl.focus"
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL", "Traceback")


def provide_importer() -> None:
    """Installs it, unless that was done for the same requirements."""
    ready = FOLDER / "installed.txt"
    wanted = "\n".join((*REQUIREMENTS, sys.version))
    if ready.exists() and ready.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", BIN.parent], check=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *REQUIREMENTS], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pip could not install galaxy-importer:\n{done.stdout}{done.stderr}")
    ready.write_text(wanted)


def with_repository(archive: Path) -> Path:
    """The archive, with a placeholder for the address where galaxy.yml has none yet."""
    draft = archive.with_suffix(".draft")
    with tarfile.open(archive) as old, tarfile.open(draft, "w:gz") as new:
        for member in old:
            data = old.extractfile(member)
            content = data.read() if data else b""
            if member.name == "MANIFEST.json":
                manifest = json.loads(content)
                if manifest["collection_info"]["repository"]:
                    return archive
                manifest["collection_info"]["repository"] = PLACEHOLDER
                content = json.dumps(manifest).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    print(f"note: galaxy.yml names no repository, so {PLACEHOLDER} stands in for it.")
    return draft.replace(archive)


def run_importer(archive: Path) -> tuple[str, int]:
    """What it says, and its status. It must not see the checkout as an installed collection."""
    settings, config = FOLDER / "galaxy-importer.cfg", FOLDER / "ansible.cfg"
    settings.write_text(SETTINGS)
    config.write_text("[defaults]\n")
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(FOLDER / "home"),
        "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(FOLDER / "tmp"),
        "GALAXY_IMPORTER_CONFIG": str(settings),
        "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [str(BIN / "python"), "-m", "galaxy_importer.main", archive.name],
        cwd=FOLDER,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout, done.returncode


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    provide_importer()
    output, status = run_importer(with_repository(build.build(FOLDER)))
    print(output)
    found = [line for line in output.splitlines() if line.startswith(COMPLAINTS)]
    if status or found:
        raise SystemExit(f"galaxy-importer ended with status {status} and {len(found)} complaints.")
    print("galaxy-importer has no complaint.")


if __name__ == "__main__":
    main()
