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
# Guest N is $GUEST_NET.N.2.
GUEST_NET=10.77

guest_ip() {
	echo "$GUEST_NET.$1.2"
}
