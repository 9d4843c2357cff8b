#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: dom0 with Linux 7.2 serves PV guests with 6.1, 6.12 and 7.2, and a PVH
# guest with 6.12, or with all three if PVH_KERNELS says so
cd "$(dirname "$0")/../.." || exit
# shellcheck source=tests/system/kernels.sh
. tests/system/kernels.sh
kernel_mix 7.2 "${PVH_KERNELS:-6.12}"
