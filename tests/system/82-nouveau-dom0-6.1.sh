#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the same with Linux 6.1 in dom0
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --gpu nouveau --dom0-kernel 6.1 --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/nouveau --timeout 300 -- ./nouveau
