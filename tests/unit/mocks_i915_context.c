// SPDX-License-Identifier: GPL-2.0-only
/*
 * mocks_i915_context.c: stand-ins for i915_gem_context.c
 */
#include "mocks_i915.h"

static long engines_extension(struct space *s, u64 at, u32 name, u32 *sum)
{
	union {
		struct i915_context_engines_load_balance balance;
		struct i915_context_engines_bond bond;
		struct i915_context_engines_parallel_submit parallel;
	} ext;
	size_t size, nr;

	switch (name) {
	case I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE:
		size = sizeof(ext.balance);
		break;
	case I915_CONTEXT_ENGINES_EXT_BOND:
		size = sizeof(ext.bond);
		break;
	case I915_CONTEXT_ENGINES_EXT_PARALLEL_SUBMIT:
		size = sizeof(ext.parallel);
		break;
	default:
		return -EINVAL;
	}
	if (space_read(s, &ext, at, size))
		return -EFAULT;
	if (name == I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE)
		nr = ext.balance.num_siblings;
	else if (name == I915_CONTEXT_ENGINES_EXT_BOND)
		nr = ext.bond.num_bonds;
	else
		nr = ext.parallel.width * ext.parallel.num_siblings;
	return mock_read(s, at + sizeof(struct i915_user_extension),
			 size - sizeof(struct i915_user_extension) + 4 * nr,
			 sum);
}

static long set_engines(struct space *s,
			const struct drm_i915_gem_context_param *param, u32 *sum)
{
	u64 extensions;

	if (param->size < 8 || param->size % 4 || param->size > 8 + 64 * 4)
		return -EINVAL;
	if (mock_read(s, param->value + 8, param->size - 8, sum) ||
	    space_read(s, &extensions, param->value, 8))
		return -EFAULT;
	return mock_i915_extensions(s, extensions, sum, engines_extension);
}

static long set_param(struct space *s,
		      struct drm_i915_gem_context_param *param, u32 *sum)
{
	switch (param->param) {
	case I915_CONTEXT_PARAM_PRIORITY:
		if ((s64)param->value > 1023 || (s64)param->value < -1023)
			return -EINVAL;
		*sum = param->value;
		return (s64)param->value > 0 ? -EPERM : 0;
	case I915_CONTEXT_PARAM_BANNABLE:
		return param->value ? 0 : -EPERM;
	case I915_CONTEXT_PARAM_SSEU:
		if (param->size < 32)
			return -EINVAL;
		if (mock_read(s, param->value, 32, sum))
			return -EFAULT;
		param->size = 32;
		return 0;
	case I915_CONTEXT_PARAM_ENGINES:
		return set_engines(s, param, sum);
	case I915_CONTEXT_PARAM_CONTEXT_IMAGE:
		return -EINVAL;
	default:
		*sum = *sum * 31 + param->value;
		return 0;
	}
}

long mock_i915_setparam(struct space *s, void *data)
{
	struct drm_i915_gem_context_param *param = data;
	u32 sum = 0;
	long err = set_param(s, param, &sum);

	if (err)
		return err;
	param->ctx_id = sum;
	return 0;
}

static u64 make_engines_extension(u64 next)
{
	u32 words[64];
	struct i915_user_extension *ext = (void *)words;
	struct i915_context_engines_load_balance *balance = (void *)words;
	struct i915_context_engines_bond *bond = (void *)words;
	struct i915_context_engines_parallel_submit *parallel = (void *)words;

	test_random_fill(words, sizeof(words));
	memset(ext, 0, sizeof(*ext));
	ext->next_extension = next;
	ext->name = test_random() % 3;
	if (ext->name == I915_CONTEXT_ENGINES_EXT_LOAD_BALANCE)
		balance->num_siblings = test_random() % 8;
	if (ext->name == I915_CONTEXT_ENGINES_EXT_BOND)
		bond->num_bonds = test_random() % 8;
	parallel->width = test_random() % 4;
	if (ext->name == I915_CONTEXT_ENGINES_EXT_PARALLEL_SUBMIT)
		parallel->num_siblings = test_random() % 4;
	return space_put(&program, words, sizeof(words));
}

static void make_param(struct drm_i915_gem_context_param *param)
{
	u8 bytes[400];
	u64 extension;

	test_random_fill(bytes, sizeof(bytes));
	param->param = test_random() % 2 ? I915_CONTEXT_PARAM_ENGINES :
		       test_random() % 16;
	param->value = (s64)(test_random() % 2048) - 1024;
	if (param->param == I915_CONTEXT_PARAM_SSEU) {
		param->size = test_random() % 100;
		param->value = make_pointee(param->size);
	} else if (param->param == I915_CONTEXT_PARAM_ENGINES) {
		param->size = test_random() % 8 ? 8 + 4 * (test_random() % 70) :
			      test_random() % 8;
		extension = make_engines_extension(test_random() % 2 ? 0 :
						   make_engines_extension(0));
		memcpy(bytes, &extension, 8);
		/* Half a pointer is none */
		if (param->size < 8)
			memset(bytes, 0, 8);
		param->value = space_put(&program, bytes, sizeof(bytes));
	}
}

void mock_i915_make_setparam(void *data)
{
	make_param(data);
}

static long create_setparam(struct space *s, u64 at, u32 name, u32 *sum)
{
	struct drm_i915_gem_context_create_ext_setparam ext;

	if (name != I915_CONTEXT_CREATE_EXT_SETPARAM)
		return -EINVAL;
	if (space_read(s, &ext, at, sizeof(ext)))
		return -EFAULT;
	return set_param(s, &ext.param, sum);
}

long mock_i915_context_create(struct space *s, void *data)
{
	struct drm_i915_gem_context_create_ext *arg = data;
	u32 sum = arg->flags;
	long err = 0;

	if (arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)
		err = mock_i915_extensions(s, arg->extensions, &sum,
					   create_setparam);
	if (!err)
		arg->ctx_id = sum;
	return err;
}

/* What is refused at once would otherwise come after other errors: one only */
void mock_i915_make_context_create(void *data)
{
	struct drm_i915_gem_context_create_ext *arg = data;
	struct drm_i915_gem_context_create_ext_setparam ext = {
		.base.name = test_random() % 8 == 7,
	};

	arg->flags = test_random() % 4;
	if (!(arg->flags & I915_CONTEXT_CREATE_FLAGS_USE_EXTENSIONS)) {
		arg->extensions = test_random();
		return;
	}
	make_param(&ext.param);
	arg->extensions = space_put(&program, &ext, sizeof(ext));
}

long mock_i915_getparam(struct space *s, void *data)
{
	struct drm_i915_gem_context_param *param = data;
	u8 sseu[32];

	if (param->param == I915_CONTEXT_PARAM_CONTEXT_IMAGE)
		return -EINVAL;
	if (param->param != I915_CONTEXT_PARAM_SSEU) {
		param->size = 0;
		param->value = 1234567;
		return 0;
	}
	if (param->size && param->size < 32)
		return -EINVAL;
	if (param->size) {
		if (space_read(s, sseu, param->value, 32))
			return -EFAULT;
		sseu[20] ^= sseu[3];
		if (space_write(s, param->value, sseu, 32))
			return -EFAULT;
	}
	param->size = 32;
	return 0;
}

void mock_i915_make_getparam(void *data)
{
	struct drm_i915_gem_context_param *param = data;

	param->param = test_random() % 2 ? I915_CONTEXT_PARAM_SSEU :
		       test_random() % 16;
	param->size = test_random() % 3 ? test_random() % 100 : 0;
	param->value = param->param == I915_CONTEXT_PARAM_SSEU ?
		       make_pointee(param->size) : test_random();
}
