#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a channel of one guest hangs on dom0's NVIDIA GPU; it is told, another guest works on
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu nouveau --guest pv --guests 2 --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/nouveau-hang --timeout 300 -- ./nouveau-hang
