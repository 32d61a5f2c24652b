# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ansible-runner, an inventory script, a credential in the environment."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import ansible_runner
from awx.objects import PROJECT, TEMPLATES, injected, the_only
from support.playbooks import settings

VOLUME = "/journals"
"""Where jobs find the journals; the tests' folder of this name is beside those of the jobs."""

# What the runner was started with, its environment included. AWX has it in memory only.
STARTED_WITH = "command"


@dataclass(frozen=True)
class Job:
    status: str
    folder: Path

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        files = (self.folder / "job_events").glob("*.json")
        return sorted((json.loads(path.read_text()) for path in files), key=itemgetter("counter"))

    @property
    def artifacts(self) -> dict[str, Any]:
        """What AWX keeps of the job, and hands to the jobs that follow."""
        (stats,) = (e for e in self.events if e["event"] == "playbook_on_stats")
        found: dict[str, Any] = stats["event_data"]["artifact_data"]
        return found

    def results(self, action: str) -> dict[str, dict[str, Any]]:
        """What the module returned for each host."""
        return {
            event["event_data"]["host"]: event["event_data"]["res"]
            for event in self.events
            if event["event"] in ("runner_on_ok", "runner_on_failed")
            and event["event_data"]["resolved_action"] == action
        }

    @property
    def output(self) -> str:
        return "".join(event["stdout"] for event in self.events).replace("\r\n", "\n")

    def written(self) -> str:
        """All that the job has left behind."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return "\n".join(p.read_text(errors="replace") for p in files if p.name != STARTED_WITH)


def environment() -> dict[str, str]:
    return {**settings(), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def as_awx_writes(variables: Mapping[str, str]) -> str:
    """Return what AWX makes of answers, artifacts and a credential's variables: none is a template.
    ansible-core 2.19 and newer take the quotes off: of "no" and "0" they make false and 0."""
    return "".join(f"{name}: !unsafe {json.dumps(of)}\n" for name, of in variables.items())


def launch(
    folder: Path,
    template: str,
    *,
    inventory: Mapping[str, Any],
    inputs: Mapping[str, str],
    extra_vars: Mapping[str, str] | None = None,
    hosts: Sequence[str] | None = None,
    limit: str = "",
    verbosity: int = 0,
) -> Job:
    """Run what a job template says; ``inputs`` are those of its credential."""
    options = TEMPLATES[template]
    shutil.copytree(PROJECT, folder / "project")
    (volume := folder.parent / VOLUME.strip("/")).mkdir(exist_ok=True)
    mounted = json.dumps(inventory["_meta"]["hostvars"]).replace(f'"{VOLUME}/', f'"{volume}/')
    variables = json.loads(mounted)
    whole = {"all": {"hosts": hosts or list(variables)}, "_meta": {"hostvars": variables}}
    script = folder / "inventory" / "hosts"  # as AWX writes it
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nprint({json.dumps(json.dumps(whole))})\n")
    script.chmod(0o700)
    own = {"ANSIBLE_CONFIG": str(folder / "project" / "ansible.cfg"), "TMPDIR": str(folder)}
    flags = ["--diff"] if options["diff_mode"] else []
    flags += ["--check"] if options["job_type"] == "check" else []
    flags += ["--limit", limit] if limit else []
    variables_of_environment, extra = injected(the_only("credential_type"), inputs)
    (folder / "extra.yml").write_text(as_awx_writes({**extra, **(extra_vars or {})}))
    flags += ["-e", f"@{folder}/extra.yml"]
    ran = ansible_runner.run(
        private_data_dir=str(folder),
        playbook=options["playbook"],
        inventory=str(script),
        envvars={**environment(), **variables_of_environment, **own},
        extravars={"awx_job_id": 1},
        cmdline=" ".join(flags),
        verbosity=verbosity or None,
        quiet=True,
        suppress_env_files=True,
    )
    return Job(ran.status, Path(ran.config.artifact_dir))
