# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-playbook`` as a fork of a process that has loaded Ansible and the collection. Loading
them is most of what a short playbook costs.

Real is all that a run does: it reads its arguments, folder, environment, inventory and playbook,
forks for its tasks, starts the processes of modules, prints, and ends by itself. Not real is what
comes before, which all runs of one loader share: the settings of Python and Ansible, the seed of
hashes, Ansible's folder for temporary files, and the collection's code. ``fits`` says whether a
process of its own would have the same settings. Nobody types or sends a signal to a run.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.forks import Forks, serve

ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SECONDS = 300
"""A run that takes longer is killed."""
OF_A_RUN = re.compile(r"TOGGL_\w+|PWD|PYTEST_CURRENT_TEST|RAN")
"""Variables that nothing reads before a run begins; ``RAN`` is one of the tests."""


class Started(Forks):
    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__("support.started", environment)
        self._environment = dict(environment)

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether nothing differs that is read while Ansible is loaded."""
        different = dict(self._environment.items() ^ environment.items())
        return all(map(OF_A_RUN.fullmatch, different))

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        assert self.fits(environment)
        return self.fork([str(ANSIBLE_PLAYBOOK), *arguments], environment, folder, SECONDS)


def load() -> None:
    """Load what each run would load for itself, in the same order."""
    import ansible.cli.playbook  # noqa: F401  # before all others: it sets up the rest
    from ansible.plugins import loader

    from support.callback.loaded import load_collection

    loader.init_plugin_loader([])
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    importlib.import_module("ansible_collections.ansible.builtin")
    for plugins in (loader.connection_loader, loader.shell_loader, loader.become_loader):
        list(plugins.all(class_only=True))
    load_collection()


def run(*command: str) -> object:
    """End this process as ``ansible-playbook`` does."""
    from ansible.cli.playbook import main

    sys.argv = [*command]
    return main()


if __name__ == "__main__":
    sys.path[0] = str(ANSIBLE_PLAYBOOK.parent)
    load()
    serve(run)
