// SPDX-License-Identifier: GPL-2.0-only
/*
 * engine.c: the engine (src/common) as part of this module
 *
 * Included, since one object cannot belong to two modules.
 */
#include "../../common/cached.c"
#include "../../common/engine.c"
#include "../../common/field.c"
#include "../../common/pack.c"
#include "../../common/plan.c"
#include "../../common/scalar.c"
#include "../../common/shape.c"
#include "../../common/table.c"
