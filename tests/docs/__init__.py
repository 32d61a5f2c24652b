# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation site and its guides."""
