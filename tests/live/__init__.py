# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the real service what nobody has said, with clients of its own; see ``tools/live.py``."""
