#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: dom0 with Linux 6.1 serves PV guests with 6.1, 6.12 and 7.2
cd "$(dirname "$0")/../.." || exit
export RIG_ALSO_KERNELS='6.1 6.12 7.2'
exec tests/rig/run --dom0-kernel 6.1 --guest pv --domu-kernel 6.1 --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/kernel-mix --timeout 900 -- ./kernel-mix
