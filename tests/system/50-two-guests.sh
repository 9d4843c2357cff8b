#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: two guests share the GPU at the same time
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --guests 2 --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/two-guests --timeout 400 -- ./two-guests
