// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine, which both modules have a copy of
 */
#include "../common/table.c"
#include "../common/walk.c"
#include "../common/kept.c"
#include "../common/plan.c"
#include "../common/pointee.c"
#include "../common/engine.c"
