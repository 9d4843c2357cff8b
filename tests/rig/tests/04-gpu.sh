#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# test: dom0 has a virgl GPU, and what it draws reads back right
. "$(dirname "$0")/lib.sh"

build_program readback -lEGL -lGLESv2 -lgbm
rig --guest none --put "$WORK/readback" -- sh -c 'eglinfo -B -p surfaceless && ./readback /dev/dri/renderD128 40'
want_status 0
want out 'renderer.*virgl'
want out '40 rounds, 0 failures'
