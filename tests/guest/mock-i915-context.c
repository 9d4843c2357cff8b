// SPDX-License-Identifier: GPL-2.0-only
/*
 * mock-i915-context.c: cases for i915's contexts, and the extensions of all
 */
#include <string.h>

#include "mock-i915.h"

#define CLASSES		5
#define INSTANCES	4

/* ------------------------------------------------------------------ extensions */

void i915_base(struct i915_user_extension *ext, __u32 name, __u64 next)
{
	*ext = (struct i915_user_extension){ .next_extension = next, .name = name };
	if (one_in(64))
		ext->flags = 1;
	if (one_in(64))
		ext->rsvd[pick(4)] = 1;
	if (one_in(64))
		ext->name = any();
}

/* Of a chain with this first: one that comes back, or has too many links */
static __u64 without_end(void *first, size_t len)
{
	struct i915_user_extension *ext = first;
	unsigned char *links;
	__u32 i;

	if (one_in(2)) {
		ext->next_extension = (unsigned long)first;
		return (unsigned long)first;
	}
	len = (len + 7) & ~7ul;
	links = zeroes(10000 * len);
	for (i = 0; i < 10000; i++, links += len) {
		memcpy(links, first, sizeof(*ext));
		ext = (void *)links;
		ext->next_extension = i < 9999 ? (unsigned long)links + len : 0;
	}
	return (unsigned long)(links - 10000 * len);
}

__u64 i915_chain(void *first, size_t len)
{
	if (mock_group == MOCK_EXTREMES && one_in(8))
		return without_end(first, len);
	return point(first, len, READ);
}

/* What extensions have is packed: hence no type */
static void engine(void *at)
{
	struct i915_engine_class_instance *ci = at;

	ci->engine_class = one_in(64) ? any() : pick(CLASSES);
	ci->engine_instance = pick(INSTANCES);
}

/* -------------------------------------------------------------------- contexts */

static void siblings(void *at, __u32 nr)
{
	__u32 i;

	for (i = 0; i < nr; i++, at += sizeof(struct i915_engine_class_instance))
		engine(at);
}

/* An extension of a list of engines, with @nr of them behind it */
static __u64 engines_extensions(__u32 links)
{
	union {
		struct i915_user_extension base;
		struct i915_context_engines_load_balance balance;
		struct i915_context_engines_bond bond;
		struct i915_context_engines_parallel_submit parallel;
	} *ext;
	__u32 name = pick(3), nr = pick(6);
	__u64 next;
	size_t len;

	if (!links)
		return 0;
	next = engines_extensions(links - 1);
	ext = zeroes(sizeof(*ext) + 64 * sizeof(struct i915_engine_class_instance));
	i915_base(&ext->base, name, next);
	switch (name) {
	case I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE:
		ext->balance.engine_index = links - 1;
		ext->balance.num_siblings = nr;
		siblings(&ext->balance + 1, nr);
		len = sizeof(ext->balance);
		break;
	case I915_CONTEXT_ENGINES_EXT_BOND:
		/* The last slots are for this */
		ext->bond.virtual_index = 8 + pick(4);
		engine((void *)ext + offsetof(struct i915_context_engines_bond, master));
		ext->bond.num_bonds = nr;
		siblings(&ext->bond + 1, nr);
		len = sizeof(ext->bond);
		break;
	default:
		ext->parallel.engine_index = 4 + links - 1;
		ext->parallel.width = 2 + pick(4);
		ext->parallel.num_siblings = nr;
		siblings(&ext->parallel + 1, nr * ext->parallel.width);
		nr *= ext->parallel.width;
		len = sizeof(ext->parallel);
	}
	return i915_chain(ext, len + nr * sizeof(struct i915_engine_class_instance));
}

/* Slots for balancing and for parallel submission are empty, the others not */
static void engines(struct drm_i915_gem_context_param *param)
{
	struct i915_context_param_engines *list;
	__u32 i, nr = 12;

	list = zeroes(sizeof(*list) + nr * sizeof(list->engines[0]));
	for (i = 0; i < 8; i++) {
		list->engines[i].engine_class = I915_ENGINE_CLASS_INVALID;
		list->engines[i].engine_instance = I915_ENGINE_CLASS_INVALID_NONE;
	}
	siblings(list->engines + 8, nr - 8);
	list->extensions = engines_extensions(pick(5));
	param->size = sizeof(*list) + nr * sizeof(list->engines[0]);
	param->value = point(list, param->size, READ);
	if (one_in(16))
		param->size = pick(param->size) & ~(one_in(2) ? 7u : 0);
	if (mock_group == MOCK_EXTREMES && one_in(2))
		param->size = count_of(param->size);
	/* Half a pointer is none */
	if (param->size < sizeof(*list))
		list->extensions = 0;
}

static void sseu(struct drm_i915_gem_context_param *param, enum mock_access access)
{
	struct drm_i915_gem_context_param_sseu *value;

	param->size = one_in(8) ? pick(100) : sizeof(*value);
	value = bytes(128);
	value->rsvd = one_in(16);
	value->flags = one_in(16) ? any() : pick(2);
	param->value = point(value, param->size, access);
}

/* What a guest may do, too: the others are below */
static void set_param(struct drm_i915_gem_context_param *param)
{
	static const __u64 params[] = {
		I915_CONTEXT_PARAM_BAN_PERIOD, I915_CONTEXT_PARAM_NO_ERROR_CAPTURE,
		I915_CONTEXT_PARAM_BANNABLE, I915_CONTEXT_PARAM_PRIORITY, I915_CONTEXT_PARAM_SSEU,
		I915_CONTEXT_PARAM_SSEU, I915_CONTEXT_PARAM_RECOVERABLE, I915_CONTEXT_PARAM_VM,
		I915_CONTEXT_PARAM_ENGINES, I915_CONTEXT_PARAM_ENGINES, I915_CONTEXT_PARAM_ENGINES,
		I915_CONTEXT_PARAM_PERSISTENCE, I915_CONTEXT_PARAM_RINGSIZE,
		I915_CONTEXT_PARAM_PROTECTED_CONTENT, I915_CONTEXT_PARAM_LOW_LATENCY,
	};

	param->param = pick_of(params);
	if (param->param == I915_CONTEXT_PARAM_SSEU) {
		sseu(param, READ);
	} else if (param->param == I915_CONTEXT_PARAM_ENGINES) {
		engines(param);
	} else {
		param->size = one_in(16) ? 8 : 0;
		param->value = 1 + pick(1000);
	}
	if (param->param == I915_CONTEXT_PARAM_PRIORITY)
		param->value = one_in(8) ? (__u64)-2000 : -(__u64)pick(1024);
}

void make_i915_context_setparam(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->ctx_id = pick(8);
	set_param(arg);
}

static __u64 create_setparams(__u32 links)
{
	struct drm_i915_gem_context_create_ext_setparam *ext;
	__u64 next;

	if (!links)
		return 0;
	next = create_setparams(links - 1);
	ext = zeroes(sizeof(*ext));
	i915_base(&ext->base, I915_CONTEXT_CREATE_EXT_SETPARAM, next);
	ext->param.ctx_id = one_in(64);
	set_param(&ext->param);
	return i915_chain(ext, sizeof(*ext));
}

void make_i915_context_create(void *data)
{
	struct drm_i915_gem_context_create_ext *arg = data;

	arg->ctx_id = any();
	arg->flags = one_in(32) ? 8 : pick(4);
	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		arg->extensions = create_setparams(pick(4));
	else
		arg->extensions = any();
}

void make_i915_context_getparam(void *data)
{
	struct drm_i915_gem_context_param *arg = data;

	arg->ctx_id = any();
	arg->param = one_in(4) ? I915_CONTEXT_PARAM_SSEU : pick(I915_CONTEXT_PARAM_LOW_LATENCY + 1);
	arg->value = any();
	if (arg->param == I915_CONTEXT_PARAM_SSEU)
		sseu(arg, BOTH);
	else
		arg->size = pick(100);
}
