// SPDX-License-Identifier: GPL-2.0-only
/*
 * engine.c: the engine (src/common) as part of this module
 *
 * Included, since one object cannot belong to two modules.
 */
#include "../../common/table.c"
#include "../../common/walk.c"
#include "../../common/cached.c"
#include "../../common/plan.c"
#include "../../common/pointee.c"
#include "../../common/engine.c"
