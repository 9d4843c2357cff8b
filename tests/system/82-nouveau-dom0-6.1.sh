#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the same with Linux 6.1 in dom0 and the guest
cd "$(dirname "$0")/../.." || exit
# Newer kernels' DRM core tells no driver's date: dom0's and the guest's would differ.
exec tests/rig/run --gpu nouveau --dom0-kernel 6.1 --guest pv --domu-kernel 6.1 --in dom0 \
	--put tests/system/inside/lib.sh --put tests/system/inside/nouveau --timeout 300 -- ./nouveau
