#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PV guest copies, fills and clears on dom0's NVIDIA GPU (a software one) as dom0 itself does
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu nouveau --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/nouveau --timeout 300 -- env KEEP=1 ./nouveau --evict
