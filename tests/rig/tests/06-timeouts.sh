#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a guest that never boots and a command that never ends: status 75, and why
. "$(dirname "$0")/lib.sh"

# The first such word counts: init then waits for disks without their drivers.
RIG_DOMU_ARGS=rig.role=stuck RIG_BOOT_TIMEOUT=30 rig --gpu none --guest pv --no-attach -- true
want_status 75
want err 'guest 1 did not boot in 30 s; logs: /'

rig --gpu none --guest none --timeout 3 -- sleep 1000
want_status 75
want err 'the command did not end in 3 s; logs: /'
