# SPDX-License-Identifier: GPL-3.0-or-later
"""The tools of the field, run as they are; what they complain of is a failed test."""
