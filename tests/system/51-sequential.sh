#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: sequential=1 gives the same results
cd "$(dirname "$0")/../.." || exit
export RIG_BACK_PARAMETERS=sequential=1
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/guest-suite --timeout 400 -- ./guest-suite
