# SPDX-License-Identifier: GPL-3.0-or-later
"""What is slow by nature: other environments, and the tools that make some of their own."""
