# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts that run in dom0 and in guests.

# The port the agent listens on, in dom0 and in every guest.
# shellcheck disable=SC2034
AGENT=7

guest_ip() {
	echo "10.77.$1.2"
}
