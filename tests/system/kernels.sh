# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# For the tests of kernel mixes

# kernel_mix DOM0_KERNEL PVH_KERNELS: all PV guests, and these PVH ones
kernel_mix()
{
	local guests=(pv-6.1 pv-6.12 pv-7.2) kernel
	for kernel in $2; do
		guests+=("pvh-$kernel")
	done
	export RIG_ALSO_KERNELS='6.1 6.12 7.2'
	exec tests/rig/run --dom0-kernel "$1" --guest pv --domu-kernel 6.1 --in dom0 \
		--put tests/system/inside/lib.sh --put tests/system/inside/kernel-mix \
		--timeout 1200 -- ./kernel-mix "${guests[@]}"
}
