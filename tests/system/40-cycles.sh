#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: 10,000 cycles of open, ioctl and close leave nothing behind
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/cycles --timeout 400 -- ./cycles
