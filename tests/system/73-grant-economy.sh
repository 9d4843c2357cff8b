#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: many times more is mapped and touched than can be granted at a time
cd "$(dirname "$0")/../.." || exit
export RIG_XEN_ARGS=gnttab_max_frames=8 RIG_DOMU_MEMORY=400
exec tests/rig/run --gpu vgem --guest "${GUEST:-pv}" --guests 2 --in dom0 \
	--put tests/system/inside/lib.sh --put tests/system/inside/economy --timeout 400 -- ./economy
