# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the archive for users in .ansible/build/ and fails if it holds what they do not need."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".ansible" / "build"
NEEDED = {"FILES.json", "LICENSE", "MANIFEST.json", "README.md", "meta", "plugins", "roles"}
ALLOWED = NEEDED | {"CHANGELOG.rst", "changelogs", "docs", "playbooks", "requirements.txt"}


def build(folder: Path = FOLDER) -> Path:
    """The archive, the only one in ``folder``."""
    for old in folder.glob("*.tar.gz"):
        old.unlink()
    galaxy = str(Path(sys.executable).parent / "ansible-galaxy")
    subprocess.run([galaxy, "collection", "build", "--output-path", folder], cwd=ROOT, check=True)
    return next(folder.glob("*.tar.gz"))


def complaints(names: set[str]) -> list[str]:
    tops = {name.split("/")[0] for name in names}
    files = {n for n in names if n.startswith("changelogs/")} - {"changelogs/changelog.yaml"}
    stray = {n for n in names if n.endswith((".pyc", "~", ".log")) or "__pycache__" in n}
    return [
        *(f"{name} is missing" for name in sorted(NEEDED - tops)),
        *(f"{name} is not for users" for name in sorted((tops - ALLOWED) | files | stray)),
    ]


def main() -> None:
    archive = build()
    with tarfile.open(archive) as tar:
        names = {member.name for member in tar if not member.isdir()}
    found = complaints(names)
    print("\n".join([*sorted(names), "", *found]))
    if found:
        raise SystemExit("The archive is not as it should be. See build_ignore in galaxy.yml.")
    print(f"{archive.relative_to(ROOT)}: {len(names)} files, {archive.stat().st_size} bytes")


if __name__ == "__main__":
    main()
