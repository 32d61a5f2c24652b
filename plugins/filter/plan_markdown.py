# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan file to Markdown."""

from __future__ import annotations

DOCUMENTATION = r"""
name: plan_markdown
short_description: A plan file as Markdown for a pull request
version_added: 1.0.0
author:
  - toggl.focus maintainers (!UNKNOWN)
description:
  - Takes what the playbook C(toggl.focus.plan) writes as JSON, and returns it for people. The title
    says what is done, and first what cannot be. Then come alerts, where the address is not the
    service's own or certificates are not checked, where a plan is refused, and with all deletions,
    beside each the question whether it is a rename. Then each workspace that changes has a table.
    Digests are folded, and the end says what it is a plan of.
  - It has at most 65,000 characters, so that it fits into a comment. What does not fit is left out
    of all kinds of steps alike, and counted.
  - Names are shown as code, so that nothing in them is taken for Markdown, HTML, a mention or a
    link.
  - The last line is C(<!-- toggl.focus plan -->), by which a bot finds its own comment.
options:
  _input:
    description: The content of the plan file.
    type: dict
    required: true
seealso:
  - plugin: toggl.focus.plan_lines
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show a plan file as Markdown
  ansible.builtin.debug:
    msg: "{{ plan | toggl.focus.plan_markdown }}"
  vars:
    plan:
      format: 5
      workspaces:
        acme:
          workspace_id: 4242
          api_url: https://focus.toggl.com/api
          validate_certs: true
          msg: "Would create 1."
          digest: 5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6
          summary: {created: 1}
          steps:
            - step: create
              name: Stark Industries
          refusal:
          warnings: []
          requests: 2
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from collections.abc import Mapping

from ..module_utils._errors import FocusError
from ..module_utils._results.markdown import plan_markdown as markdown_of
from ..plugin_utils._place import PLAN_FORMAT
from ..plugin_utils._values import plugin_of


def plan_markdown(plan: object) -> str:
    if not isinstance(plan, Mapping) or plan.get("format") != PLAN_FORMAT:
        raise FocusError("It takes a plan file of this version: run toggl.focus.plan again.")
    return markdown_of(plan)


FilterModule = plugin_of(plan_markdown)
