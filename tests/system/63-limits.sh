#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: limits per guest: each is met with the right errno, and never exceeded
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/limits --timeout 400 -- ./limits
