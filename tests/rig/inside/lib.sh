# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Shared by the scripts that run in dom0 and in guests.

# First: xl there is a program, elsewhere a script that looks for it.
case $PATH in
*/usr/lib/xen-4.20/bin*) ;;
*) export PATH=/usr/lib/xen-4.20/bin:$PATH ;;
esac
# The port the agent listens on, in dom0 and in every guest.
# shellcheck disable=SC2034
AGENT=7

guest_ip() {
	echo "10.77.$1.2"
}
