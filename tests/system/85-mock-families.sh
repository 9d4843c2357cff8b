#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: the ioctls of GPUs that are not there: a guest's reach a mock, and what it answers reaches the guest
set -eu
cd "$(dirname "$0")/../.."
kernel=${DOM0_KERNEL:-6.12}
build=$(tests/system/modules/build "$kernel")
exec tests/rig/run --gpu vgem --dom0-kernel "$kernel" --guest pv --in dom0 \
	--put "$build/mockgpu.ko" --put tests/system/inside/lib.sh --put tests/system/inside/mock \
	--timeout 300 -- ./mock
