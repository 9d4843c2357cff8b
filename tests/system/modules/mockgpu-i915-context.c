// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-i915-context.c: i915_gem_context.c of i915
 *
 * Contexts with an even number have not been used yet: their engines can be set.
 */
#include "mockgpu-i915.h"

/* I915_EXEC_RING_MASK + 1 */
#define MOST_ENGINES	64

/* struct set_proto_ctx_engines: what is in each slot */
struct engines {
	u32 nr;
	u8 type[MOST_ENGINES];
};

enum {
	INVALID, PHYSICAL, BALANCED, PARALLEL,
};

static int read_siblings(struct mock *m, u64 at, u32 nr)
{
	struct i915_engine_class_instance ci;
	u32 i;

	for (i = 0; i < nr; i++, at += sizeof(ci)) {
		if (mock_get(&ci, at, sizeof(ci)))
			return -EFAULT;
		if (!i915_has_engine(&ci))
			return -EINVAL;
		mock_add_value(m, ci);
	}
	return 0;
}

static int engines_balance(struct mock *m, u64 at, void *data)
{
	struct i915_context_engines_load_balance ext;
	struct engines *engines = data;
	int ret;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	if (ext.engine_index >= engines->nr)
		return -EINVAL;
	if (engines->type[ext.engine_index] != INVALID)
		return -EEXIST;
	if (ext.flags || ext.mbz64)
		return -EINVAL;
	mock_add_value(m, ext.engine_index);
	mock_add_value(m, ext.num_siblings);
	if (!ext.num_siblings)
		return 0;
	ret = read_siblings(m, at + sizeof(ext), ext.num_siblings);
	if (!ret)
		engines->type[ext.engine_index] = ext.num_siblings == 1 ? PHYSICAL : BALANCED;
	return ret;
}

static int engines_bond(struct mock *m, u64 at, void *data)
{
	struct i915_engine_class_instance master;
	struct i915_context_engines_bond ext;
	struct engines *engines = data;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	master = ext.master;
	if (ext.virtual_index >= engines->nr || engines->type[ext.virtual_index] != PHYSICAL)
		return -EINVAL;
	if (ext.flags || i915_must_be_zero(at + offsetof(typeof(ext), mbz64), sizeof(ext.mbz64)) ||
	    !i915_has_engine(&master))
		return -EINVAL;
	mock_add_value(m, ext.virtual_index);
	mock_add_value(m, master);
	return read_siblings(m, at + sizeof(ext), ext.num_bonds);
}

static int engines_parallel(struct mock *m, u64 at, void *data)
{
	struct i915_context_engines_parallel_submit ext;
	struct engines *engines = data;
	int ret;

	if (mock_get(&ext, at, sizeof(ext)))
		return -EFAULT;
	if (ext.engine_index >= engines->nr || engines->type[ext.engine_index] != INVALID)
		return -EINVAL;
	if (ext.flags || i915_must_be_zero(at + offsetof(typeof(ext), mbz64), sizeof(ext.mbz64)) ||
	    ext.width < 2 || ext.num_siblings < 1)
		return -EINVAL;
	mock_add_value(m, ext.engine_index);
	mock_add_value(m, ext.width);
	mock_add_value(m, ext.num_siblings);
	ret = read_siblings(m, at + sizeof(ext), ext.width * ext.num_siblings);
	if (!ret)
		engines->type[ext.engine_index] = PARALLEL;
	return ret;
}

static int read_engines(struct mock *m, struct engines *engines, u64 at)
{
	struct i915_engine_class_instance ci;
	u32 n;

	for (n = 0; n < engines->nr; n++, at += sizeof(ci)) {
		if (mock_get(&ci, at, sizeof(ci)))
			return -EFAULT;
		mock_add_value(m, ci);
		if (ci.engine_class == (u16)I915_ENGINE_CLASS_INVALID &&
		    ci.engine_instance == (u16)I915_ENGINE_CLASS_INVALID_NONE)
			continue;
		if (!i915_has_engine(&ci))
			return -ENOENT;
		engines->type[n] = PHYSICAL;
	}
	return 0;
}

static int set_engines(struct mock *m, const struct drm_i915_gem_context_param *arg)
{
	static const i915_extension known[] = {
		[I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE] = engines_balance,
		[I915_CONTEXT_ENGINES_EXT_BOND] = engines_bond,
		[I915_CONTEXT_ENGINES_EXT_PARALLEL_SUBMIT] = engines_parallel,
	};
	struct engines engines = { 0 };
	u32 fixed = sizeof(struct i915_context_param_engines);
	u64 extensions;
	int ret;

	if (arg->size < fixed || (arg->size - fixed) % sizeof(struct i915_engine_class_instance))
		return -EINVAL;
	engines.nr = (arg->size - fixed) / sizeof(struct i915_engine_class_instance);
	if (engines.nr > MOST_ENGINES)
		return -EINVAL;
	ret = read_engines(m, &engines, arg->value + fixed);
	if (ret)
		return ret;
	if (mock_get(&extensions, arg->value, sizeof(extensions)))
		return -EFAULT;
	return i915_extensions(m, extensions, known, ARRAY_SIZE(known), &engines);
}

static int read_sseu(struct mock *m, u64 at, struct drm_i915_gem_context_param_sseu *sseu)
{
	if (mock_get(sseu, at, sizeof(*sseu)))
		return -EFAULT;
	if (sseu->rsvd || sseu->flags & ~I915_CONTEXT_SSEU_FLAG_ENGINE_INDEX)
		return -EINVAL;
	mock_add(m, sseu, sizeof(*sseu));
	return 0;
}

static int set_sseu(struct mock *m, struct drm_i915_gem_context_param *arg)
{
	struct drm_i915_gem_context_param_sseu sseu;
	int ret;

	if (arg->size < sizeof(sseu))
		return -EINVAL;
	ret = read_sseu(m, arg->value, &sseu);
	if (!ret)
		ret = mock_verdict(m);
	if (!ret)
		arg->size = sizeof(sseu);
	return ret;
}

/* set_proto_ctx_param() and ctx_setparam(), as one who may do all */
static int set_param(struct mock *m, struct drm_i915_gem_context_param *arg, bool is_new)
{
	s64 priority = arg->value;

	mock_add_value(m, arg->param);
	switch (arg->param) {
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
	case I915_CONTEXT_PARAM_BANNABLE:
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_PERSISTENCE:
		if (arg->size)
			return -EINVAL;
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	case I915_CONTEXT_PARAM_PRIORITY:
		if (arg->size || priority > I915_CONTEXT_MAX_USER_PRIORITY ||
		    priority < I915_CONTEXT_MIN_USER_PRIORITY)
			return -EINVAL;
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	case I915_CONTEXT_PARAM_SSEU:
		return set_sseu(m, arg);
	case I915_CONTEXT_PARAM_VM:
		if (!is_new || arg->size)
			return -EINVAL;
		if (arg->value >> 32)
			return -ENOENT;
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	case I915_CONTEXT_PARAM_ENGINES:
		return is_new ? set_engines(m, arg) : -EINVAL;
	case I915_CONTEXT_PARAM_PROTECTED_CONTENT:
	case I915_CONTEXT_PARAM_LOW_LATENCY:
		if (!is_new)
			return -EINVAL;
		mock_add_value(m, arg->value);
		return mock_verdict(m);
	default:
		return -EINVAL;
	}
}

static int create_setparam(struct mock *m, u64 at, void *data)
{
	struct drm_i915_gem_context_create_ext_setparam local;

	if (mock_get(&local, at, sizeof(local)))
		return -EFAULT;
	if (local.param.ctx_id)
		return -EINVAL;
	return set_param(m, &local.param, true);
}

static int create_clone(struct mock *m, u64 at, void *data)
{
	return -EINVAL;
}

int i915_context_create(struct mock *m, struct drm_i915_gem_context_create_ext *arg)
{
	static const i915_extension known[] = {
		[I915_CONTEXT_CREATE_EXT_SETPARAM] = create_setparam,
		[I915_CONTEXT_CREATE_EXT_CLONE] = create_clone,
	};
	int ret = 0;

	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_UNKNOWN)
		return -EINVAL;
	mock_add_value(m, arg->flags);
	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		ret = i915_extensions(m, arg->extensions, known, ARRAY_SIZE(known), NULL);
	if (!ret)
		ret = mock_verdict(m);
	if (!ret)
		arg->ctx_id = 1 + mock_number(m, 1000);
	return ret;
}

static int get_sseu(struct mock *m, struct drm_i915_gem_context_param *arg)
{
	struct drm_i915_gem_context_param_sseu sseu;
	int ret;

	if (arg->size) {
		if (arg->size < sizeof(sseu))
			return -EINVAL;
		ret = read_sseu(m, arg->value, &sseu);
		if (ret)
			return ret;
		mock_fill_value(m, sseu.slice_mask);
		mock_fill_value(m, sseu.subslice_mask);
		mock_fill_value(m, sseu.min_eus_per_subslice);
		mock_fill_value(m, sseu.max_eus_per_subslice);
		if (mock_put(arg->value, &sseu, sizeof(sseu)))
			return -EFAULT;
	}
	arg->size = sizeof(sseu);
	return 0;
}

int i915_context_getparam(struct mock *m, struct drm_i915_gem_context_param *arg)
{
	int ret;

	mock_add_value(m, arg->ctx_id);
	mock_add_value(m, arg->param);
	ret = mock_verdict(m);
	if (ret)
		return ret;
	switch (arg->param) {
	case I915_CONTEXT_PARAM_GTT_SIZE:
	case I915_CONTEXT_PARAM_NO_ERROR_CAPTURE:
	case I915_CONTEXT_PARAM_BANNABLE:
	case I915_CONTEXT_PARAM_RECOVERABLE:
	case I915_CONTEXT_PARAM_PRIORITY:
	case I915_CONTEXT_PARAM_VM:
	case I915_CONTEXT_PARAM_PERSISTENCE:
	case I915_CONTEXT_PARAM_PROTECTED_CONTENT:
		arg->size = 0;
		mock_fill_value(m, arg->value);
		return 0;
	case I915_CONTEXT_PARAM_SSEU:
		return get_sseu(m, arg);
	default:
		return -EINVAL;
	}
}

int i915_context_setparam(struct mock *m, struct drm_i915_gem_context_param *arg)
{
	mock_add_value(m, arg->ctx_id);
	return set_param(m, arg, arg->ctx_id % 2 == 0);
}
