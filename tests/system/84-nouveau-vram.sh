#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PVH guest maps buffers in the VRAM of dom0's NVIDIA GPU
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu nouveau --guest pvh --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/nouveau --timeout 300 -- ./nouveau --map-vram
