# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection costs in time and memory, next to what else does the same."""
