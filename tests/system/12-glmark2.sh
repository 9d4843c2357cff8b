#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: glmark2-es2-drm --off-screen runs through in a guest
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/system
tests/rig/in-build-root sh -c 'gcc -O2 -Wall -shared -fPIC $(pkg-config --cflags libdrm) \
	-o build/system/headless-kms.so tests/preload/headless_kms.c'
# shellcheck disable=SC2016 # expanded in the guest
exec tests/rig/run --guest pv --put build/system/headless-kms.so --timeout 300 -- sh -c '
	LD_PRELOAD=$PWD/headless-kms.so glmark2-es2-drm --off-screen --size 400x300 \
		--winsys-options drm-device=/dev/dri/card0 \
		-b build:duration=2 -b texture:duration=2 -b shading:duration=2 -b ideas:duration=2 |
		tee out && grep -q virgl out && grep -q "glmark2 Score: [1-9]" out'
