# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken networks, broken services, broken-off runs: nothing lost, nothing duplicated."""
