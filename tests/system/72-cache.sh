#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PV guest that keeps freed buffers sees what one does that keeps none
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/cache --timeout 150 -- ./cache
