# -*- coding: utf-8 -*-
# Copyright (c) 2026, toggl.focus maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes that all modules of the collection share."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying
      the workspace.
  diff_mode:
    description: Returns details on what has changed, or would change in C(check_mode), when in diff
      mode.
  action_group:
    description: Use C(group/toggl.focus.focus) in C(module_defaults) to set defaults for this
      module.
    support: full
    membership:
      - toggl.focus.focus
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - It never changes anything.
  diff_mode:
    support: N/A
    details:
      - It never changes anything.
"""
