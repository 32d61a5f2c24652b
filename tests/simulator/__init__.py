# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator of the Toggl Focus clients API, for tests."""
