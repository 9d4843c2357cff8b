#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: a PV guest computes and draws on dom0's virtio-gpu as dom0 itself does
cd "$(dirname "$0")/../.." || exit
exec tests/rig/run --guest pv --in dom0 --put tests/system/inside/lib.sh \
	--put tests/system/inside/guest-suite --timeout 400 -- ./guest-suite
