# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs the archive beside ansible-core and requests alone, and runs its playbooks by name."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import build
import simulator

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".ansible" / "installed"
CLIENTS = """\
clients_list:
  - name: Acme
  - name: Globex Corporation
    former_names: [Globex]
"""


def run(command: str, *arguments: str, folder: Path, status: int = 0, **more: str) -> str:
    """The output of a command of the new environment, which must end with ``status``."""
    own = {
        "PATH": os.pathsep.join([str(FOLDER / "venv" / "bin"), os.environ["PATH"]]),
        "ANSIBLE_CONFIG": str(FOLDER / "ansible.cfg"),
        "ANSIBLE_HOME": str(FOLDER / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(FOLDER / "collections"),
        "PWD": str(folder),
    }
    ran = subprocess.run(
        [str(FOLDER / "venv" / "bin" / command), *arguments],
        cwd=folder,
        env={**os.environ, **own, **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode != status:
        raise SystemExit(
            f"{ran.stdout}\n{command} {' '.join(arguments)} ended with {ran.returncode}."
        )
    return ran.stdout


def install(folder: Path) -> None:
    venv.create(FOLDER / "venv", with_pip=True, clear=True)
    run(
        "pip",
        "install",
        "--quiet",
        "ansible-core",
        "-r",
        str(ROOT / "requirements.txt"),
        folder=folder,
    )
    archive = str(build.build(FOLDER))
    run("ansible-galaxy", "collection", "install", "--force", archive, folder=folder)


def use(folder: Path, url: str) -> None:
    """A newcomer's way: declare, compare, apply, compare, export."""
    simulator.back_door(url, "reset", {"clients": ["Globex", "Initech"]})
    access = simulator.environment(url)
    (folder / "clients.yml").write_text(CLIENTS)

    def playbook(name: str, *arguments: str, status: int = 0) -> str:
        return run(
            "ansible-playbook",
            f"toggl.focus.{name}",
            *arguments,
            folder=folder,
            status=status,
            **access,
        )

    listed = ("-e", "@clients.yml")
    assert "differs from the list in 2 changes" in playbook("drift", *listed, status=2)
    assert "changed=1" in playbook("apply", *listed)
    assert "changed=0" in playbook("drift", *listed)
    assert "changed=1" in playbook("export", "-e", "clients_file=all.yml")
    assert "changed=0" in playbook("apply", "-e", "@all.yml", "-e", "clients_purge=true")
    assert '- name: "Initech"' in (folder / "all.yml").read_text()


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "ansible.cfg").write_text("")  # none of the user's own
    with tempfile.TemporaryDirectory() as name, simulator.running() as url:
        folder = Path(name)
        install(folder)
        use(folder, url)
    print("apply, drift and export run by name from the installed archive.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
