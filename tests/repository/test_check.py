# SPDX-License-Identifier: GPL-3.0-or-later
"""``check.yml``: the lists, against those of a base that is composed, broken or not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from .team import EXAMPLE, Machine

NO_LIST = "The base has no list for this workspace that can be read, so what changes is not shown."


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two checkouts: of the base, and of what is proposed, in which lists are composed."""
    base = shutil.copytree(EXAMPLE, tmp_path / "base")
    (base / "inventory/host_vars/europe.yml").unlink()
    write(base, "group_vars/all.yml", shared=["Internal"])
    write(base, "host_vars/europe/own.yml", clients_workspace_id=4711, own=["Acme", "Globex"])
    write(base, "host_vars/europe/list.yml", clients_list="{{ shared + own }}")
    return base, shutil.copytree(base, tmp_path / "proposed")


def write(folder: Path, name: str, **variables: object) -> None:
    path = folder / "inventory" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(variables))


def check(machine: Machine, proposed: Path, base: Path) -> str:
    done = machine.run(f"ansible-playbook check.yml -e base='{base}'", proposed)
    assert done.returncode == 0, done.stdout
    return " ".join(done.stdout.split())


def test_a_list_is_compared_with_that_of_the_base_however_they_are_composed(
    machine: Machine, folders: tuple[Path, Path]
) -> None:
    """A base that cannot be applied is mended, a workspace that is new is compared with nothing."""
    base, proposed = folders
    renamed = {"name": "Globex Corporation", "former_names": ["Globex"]}
    write(proposed, "host_vars/europe/own.yml", clients_workspace_id=4711, own=["Acme", renamed])
    write(proposed, "group_vars/all.yml", shared=["Internal"], clients_purg=True)
    write(base, "host_vars/asia.yml", clients_workspace_id=4712, clients_list=["Acme", "Acme"])
    write(base, "host_vars/america.yml", clients_workspace_id=4713)
    shown = check(machine, proposed, base)
    assert shown.count("Would ") == 1 and "Would rename 1; 2 unchanged." in shown
    assert shown.count(NO_LIST) == 1
    assert shown.count("What changes is not shown, since clients_base cannot be applied") == 1
    assert shown.count("All are sound") == 3
    assert "no variable clients_purg; did you mean clients_purge?" in shown


def test_a_base_that_is_broken_or_not_there_is_no_reason_to_fail(
    machine: Machine, folders: tuple[Path, Path]
) -> None:
    broken, proposed = folders
    twice = "clients_list:\n  - name: Acme\n    name: Globex\n"
    (broken / "inventory/group_vars/all.yml").write_text(twice)
    for base in (broken, broken / "nowhere"):
        shown = check(machine, proposed, base)
        assert shown.count(NO_LIST) == shown.count("All are sound") == 3, base
        assert "Would " not in shown, base
