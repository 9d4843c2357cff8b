// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_mockgpu.c: the mock GPU of tests/system/modules and the cases of
 * tests/guest/drm-mock.c, without a guest: called directly, and carried by the
 * engine along the real tables. And is the mock complete?
 *
 * Addresses are real ones here, and those of a case are the same in both calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine.h"
#include "back/tables/tables.h"
#include "mockgpu.h"
#include "mock.h"
#include "uapi/newest/amdgpu_drm.h"
#include "uapi/newest/etnaviv_drm.h"
#include "uapi/newest/i915_drm.h"
#include "uapi/newest/panthor_drm.h"
#include "uapi/newest/xe_drm.h"

#define CASES		100
#define FAULTING	0x0000900000000000ull	/* an address that is none */
#define ARENA_SIZE	(4u << 20)

static const struct mock_family *const families[] = {
	&mock_amdgpu, &mock_etnaviv, &mock_i915, &mock_panfrost, &mock_panthor,
	&mock_radeon, &mock_v3d, &mock_xe,
};

/* Of the driver that is tried */
static const struct mock_family *family;
static struct pvdrm_table table;
static u8 *arena_memory;

/* ------------------------------------------------------- the program's memory */

/* The kernel is slow */
static bool is_known(const void *at, size_t len)
{
	return mock_is_memory(at, len) ||
	       ((u8 *)at >= arena_memory && (u8 *)at - arena_memory + len <= ARENA_SIZE);
}

/*
 * The kernel is asked to copy: it finds out by itself what cannot be touched,
 * without a signal. Kernels take half a copy for none, too.
 */
unsigned long copy_from_user(void *to, const void *from, unsigned long len)
{
	struct iovec here = { to, len }, there = { (void *)from, len };

	if (!len || is_known(from, len)) {
		memcpy(to, from, len);
		return 0;
	}
	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)len ? 0 : len;
}

unsigned long copy_to_user(void *to, const void *from, unsigned long len)
{
	struct iovec here = { (void *)from, len }, there = { to, len };

	if (!len || is_known(to, len)) {
		memcpy(to, from, len);
		return 0;
	}
	return process_vm_writev(getpid(), &here, 1, &there, 1, 0) == (ssize_t)len ? 0 : len;
}

static int user_in(void *dst, u64 addr, size_t len)
{
	return copy_from_user(dst, u64_to_user_ptr(addr), len) ? -EFAULT : 0;
}

static int user_out(u64 addr, const void *src, size_t len)
{
	return copy_to_user(u64_to_user_ptr(addr), src, len) ? -EFAULT : 0;
}

static int user_zero(u64 addr, size_t len)
{
	void *none = calloc(1, len + 1);
	int err = user_out(addr, none, len);

	free(none);
	return err;
}

static long user_str(void *dst, u64 addr, size_t len)
{
	u8 *byte = dst;
	size_t i;

	for (i = 0; i < len; i++) {
		if (user_in(byte + i, addr + i, 1))
			return -EFAULT;
		if (!byte[i])
			return i + 1;
	}
	return len;
}

/* The server has been up for longer */
#define PROGRAM_NOW	1000000000000ll
#define SERVER_NOW	3000000000000ll

static s64 clock_now = PROGRAM_NOW;

static s64 user_now(void)
{
	return clock_now;
}

__s64 mock_now(void)
{
	return PROGRAM_NOW;
}

bool mock_is_over(s64 when)
{
	return when <= clock_now;
}

static const struct pvdrm_mem user_mem = {
	.in = user_in,
	.out = user_out,
	.zero = user_zero,
	.str = user_str,
	.now = user_now,
};

/* ----------------------------------------------------------------- both ways */

static const struct drm_ioctl_desc *find_ioctl(unsigned int cmd)
{
	int index = _IOC_NR(cmd) - DRM_COMMAND_BASE;

	if (_IOC_TYPE(cmd) != 'd' || index < 0 || index >= family->nr_ioctls ||
	    !family->ioctls[index].func)
		return NULL;
	return &family->ioctls[index];
}

/* drm_ioctl() */
static long call_directly(unsigned int cmd, void *arg)
{
	const struct drm_ioctl_desc *ioctl = find_ioctl(cmd);
	static u64 data[2048];
	u32 in = _IOC_SIZE(cmd), out = _IOC_SIZE(cmd);
	long ret;

	if (!ioctl)
		return -EINVAL;
	if (!(_IOC_DIR(cmd) & _IOC_DIR(ioctl->cmd) & _IOC_WRITE))
		in = 0;
	if (!(_IOC_DIR(cmd) & _IOC_DIR(ioctl->cmd) & _IOC_READ))
		out = 0;
	memset(data, 0, sizeof(data));
	if (copy_from_user(data, arg, in))
		return -EFAULT;
	ret = ioctl->func(NULL, data, NULL);
	return copy_to_user(arg, data, out) ? -EFAULT : ret;
}

/* What the backend does with a request; no descriptor is any here */
static long serve(const struct xendrm_ioctl *desc, unsigned int cmd, void *req, u32 req_len,
		  void *rsp, u32 rsp_len)
{
	u64 arena = (uintptr_t)arena_memory;
	struct pvdrm_fixup *fixup;
	struct pvdrm_plan plan;
	long ret;

	pvdrm_plan_init(&plan);
	assert_int_equal(pvdrm_parse_request(&plan, &table, desc, cmd, req, req_len, rsp_len), 0);
	assert_int_equal(plan.rsp_len, rsp_len);
	for (fixup = plan.fixups; fixup < plan.fixups + plan.nr_fixups; fixup++)
		if (pvdrm_fixup_fd(fixup, XENDRM_FIELD_IN))
			fixup->here = (u32)-1;
	memset(arena_memory, 0x6b, plan.arena_len);
	assert_int_equal(pvdrm_unpack_request(&plan, req, arena, FAULTING, &user_mem), 0);
	ret = call_directly(cmd, arena_memory);
	assert_int_equal(pvdrm_pack_response(&plan, rsp, ret, &user_mem), 0);
	pvdrm_plan_free(&plan);
	return ret;
}

static long exchange(struct pvdrm_plan *plan, const struct xendrm_ioctl *desc, unsigned int cmd)
{
	u8 *req = malloc(plan->req_len + 1);
	u8 *rsp = malloc(plan->rsp_len + 1);
	struct pvdrm_fixup *fixup;
	long ret;
	int err;

	for (fixup = plan->fixups; fixup < plan->fixups + plan->nr_fixups; fixup++)
		if (pvdrm_fixup_fd(fixup, XENDRM_FIELD_IN))
			pvdrm_pack_fd(plan, fixup, XENDRM_FD_BAD);
	if (plan->req_len)
		memcpy(req, plan->buf, plan->req_len);
	clock_now = SERVER_NOW;
	ret = serve(desc, cmd, req, plan->req_len, rsp, plan->rsp_len);
	clock_now = PROGRAM_NOW;
	err = pvdrm_unpack_response(plan, rsp, plan->rsp_len, ret, &user_mem);
	free(req);
	free(rsp);
	return err ? err : ret;
}

static long call_carried(unsigned int cmd, void *arg)
{
	const struct xendrm_ioctl *desc = pvdrm_table_find(&table, cmd);
	struct pvdrm_plan plan;
	long ret;

	if (!desc)
		return -EINVAL;
	pvdrm_plan_init(&plan);
	ret = pvdrm_pack_request(&plan, &table, desc, cmd, (uintptr_t)arg,
				 &user_mem);
	if (!ret)
		ret = exchange(&plan, desc, cmd);
	pvdrm_plan_free(&plan);
	return ret;
}

/* ------------------------------------------------------------------ the tests */

static struct one {
	long ret;
	__u64 digest;
} direct[CASES];

static const char *op_name;
static int different;

static void keep(int number, long ret, __u64 digest)
{
	direct[number] = (struct one){ ret, digest };
}

static void compare(int number, long ret, __u64 digest)
{
	const struct one *d = &direct[number];

	if (ret == d->ret && digest == d->digest)
		return;
	different++;
	print_error("%s %s, case %d: %ld directly, %ld carried%s\n", op_name,
		    mock_group_names[mock_group], number, d->ret, ret,
		    ret == d->ret ? ": other bytes" : "");
}

static void try_group(const struct mock_op *op, enum mock_group group)
{
	struct mock_outcome outcome;

	op_name = op->name;
	mock_run(op, group, 1, CASES, call_directly, keep, &outcome);
	if (group == MOCK_VALID && outcome.good < CASES / 8)
		fail_msg("%s: hardly ever succeeds", op->name);
	mock_run(op, group, 1, CASES, call_carried, compare, &outcome);
}

static void use_driver(const struct mock_driver *driver)
{
	static void *buf;
	const char *why = "";
	u32 where = 0;
	size_t len, i;

	for (i = 0; strcmp(families[i]->driver, driver->name); i++)
		assert_true(i + 1 < ARRAY_SIZE(families));
	family = families[i];
	pvdrm_free(buf);
	assert_int_equal(pvdrm_table_build(pvdrm_driver_table_find(driver->name), &buf, &len), 0);
	assert_int_equal(pvdrm_table_check(buf, len, &table, &why, &where), 0);
}

static void carried_as_direct(void **state)
{
	size_t d, i;
	int group;

	different = 0;
	for (d = 0; d < nr_mock_drivers; d++) {
		use_driver(mock_drivers[d]);
		for (i = 0; i < mock_drivers[d]->nr_ops; i++)
			for (group = 0; group < MOCK_GROUPS; group++)
				try_group(&mock_drivers[d]->ops[i], group);
	}
	assert_int_equal(different, 0);
}

static void refused_to_guests(void **state)
{
	const struct mock_refused *r;
	size_t d, i;

	for (d = 0; d < nr_mock_drivers; d++) {
		use_driver(mock_drivers[d]);
		for (i = 0; i < mock_drivers[d]->nr_refused; i++) {
			r = &mock_drivers[d]->refused[i];
			if (mock_run_refused(r, call_carried) != -r->error)
				fail_msg("%s: %s is not refused", mock_drivers[d]->name, r->name);
		}
	}
}

/* Read and perhaps written: what is not need not be writable */
static void unchanged_may_be_read_only(void **state)
{
	struct drm_amdgpu_info arg = { .return_size = 64, .query = 0x1000 };
	u8 *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(page != MAP_FAILED);
	use_driver(&mock_driver_amdgpu);
	arg.return_pointer = (uintptr_t)page;
	assert_int_equal(call_directly(DRM_IOCTL_AMDGPU_INFO, &arg), -EINVAL);
	assert_int_equal(call_carried(DRM_IOCTL_AMDGPU_INFO, &arg), -EINVAL);
	arg.query = AMDGPU_INFO_TIMESTAMP;
	assert_int_equal(call_directly(DRM_IOCTL_AMDGPU_INFO, &arg), -EFAULT);
	assert_int_equal(call_carried(DRM_IOCTL_AMDGPU_INFO, &arg), -EFAULT);
	munmap(page, 4096);
}

/* An item that failed, asked for once more as it was returned: not the call's error */
static void a_negative_length_is_the_items(void **state)
{
	u8 answer[4096] = { 0 };
	struct drm_i915_query_item item = {
		.query_id = DRM_I915_QUERY_MEMORY_REGIONS,
		.length = -ENODEV,
		.data_ptr = (uintptr_t)answer,
	};
	struct drm_i915_query arg = { .num_items = 1, .items_ptr = (uintptr_t)&item };

	use_driver(&mock_driver_i915);
	assert_int_equal(call_carried(DRM_IOCTL_I915_QUERY, &arg), 0);
	assert_int_equal(item.length, -EINVAL);
}

/* The driver's own errno for a count that is none of PVDRM's business, or a chain */
static void expect(const struct mock_driver *driver, unsigned int cmd, const void *arg, long err)
{
	u8 copy[256] = { 0 };

	use_driver(driver);
	memcpy(copy, arg, _IOC_SIZE(cmd));
	assert_int_equal(call_directly(cmd, copy), err);
	memcpy(copy, arg, _IOC_SIZE(cmd));
	assert_int_equal(call_carried(cmd, copy), err);
}

static void too_many(void **state)
{
	union drm_amdgpu_bo_list list = { .in.bo_number = 128 * 1024 + 1, .in.bo_info_size = 8 };
	struct drm_i915_gem_execbuffer2 execbuffer = { .buffer_count = ~0u };
	struct drm_etnaviv_gem_submit submit = { .nr_relocs = ~0u };
	struct drm_panthor_group_create group = { .queues = { 8, 33, 0 } };
	struct drm_xe_exec exec = { .num_syncs = ~0u };
	struct drm_xe_vm_bind bind = { .num_syncs = ~0u };
	struct drm_xe_exec_queue_create queue = { .width = 0xffff, .num_placements = 2 };

	expect(&mock_driver_amdgpu, DRM_IOCTL_AMDGPU_BO_LIST, &list, -EINVAL);
	expect(&mock_driver_i915, DRM_IOCTL_I915_GEM_EXECBUFFER2_WR, &execbuffer, -EINVAL);
	expect(&mock_driver_etnaviv, DRM_IOCTL_ETNAVIV_GEM_SUBMIT, &submit, -EINVAL);
	expect(&mock_driver_panthor, DRM_IOCTL_PANTHOR_GROUP_CREATE, &group, -EINVAL);
	expect(&mock_driver_xe, DRM_IOCTL_XE_EXEC, &exec, -EINVAL);
	expect(&mock_driver_xe, DRM_IOCTL_XE_VM_BIND, &bind, -EINVAL);
	expect(&mock_driver_xe, DRM_IOCTL_XE_EXEC_QUEUE_CREATE, &queue, -EINVAL);
}

static void chains_without_an_end(void **state)
{
	struct drm_i915_gem_create_ext_set_pat pat = { .base.name = 2 };
	struct drm_i915_gem_memory_class_instance region = { 0 };
	struct drm_i915_gem_create_ext_memory_regions regions = {
		.num_regions = 1, .regions = (uintptr_t)&region,
	};
	struct drm_i915_gem_create_ext create = { .size = 4096 };
	struct drm_xe_ext_set_property timeslice = { .property = 1 };
	struct drm_xe_exec_queue_create queue = {
		.width = 1, .num_placements = 1, .vm_id = 1,
	};
	u8 instances[64] = { 0 };

	queue.instances = (uintptr_t)instances;
	pat.base.next_extension = (uintptr_t)&pat;
	create.extensions = (uintptr_t)&pat;
	expect(&mock_driver_i915, DRM_IOCTL_I915_GEM_CREATE_EXT, &create, -E2BIG);
	/* What is wrong in one of the links is found before that */
	regions.base.next_extension = (uintptr_t)&regions;
	create.extensions = (uintptr_t)&regions;
	expect(&mock_driver_i915, DRM_IOCTL_I915_GEM_CREATE_EXT, &create, -EINVAL);
	timeslice.base.next_extension = (uintptr_t)&timeslice;
	queue.extensions = (uintptr_t)&timeslice;
	expect(&mock_driver_xe, DRM_IOCTL_XE_EXEC_QUEUE_CREATE, &queue, -E2BIG);
}

static bool is_left_out(const char *name)
{
	int i;

	for (i = 0; i < family->nr_left_out; i++)
		if (!strcmp(family->left_out[i].name, name))
			return family->left_out[i].why && *family->left_out[i].why;
	return false;
}

static bool is_mocked(const char *name)
{
	int i;

	for (i = 0; i < family->nr_ioctls; i++)
		if (family->ioctls[i].name && !strcmp(family->ioctls[i].name, name))
			return true;
	return false;
}

/* As a macro, or as a value of an enum */
static bool defines_ioctl(const char *line, char *name)
{
	char next;

	if (sscanf(line, "#define DRM_IOCTL_%79[A-Z0-9_]%c", name, &next) == 2)
		return next != '(';
	return sscanf(line, " DRM_IOCTL_%79[A-Z0-9_] %c", name, &next) == 2 && next == '=';
}

/* Each DRM_IOCTL_NAME of the driver's header. Return how many */
static int check_header(FILE *header)
{
	char line[1024], name[80];
	int nr = 0;

	while (fgets(line, sizeof(line), header)) {
		if (!defines_ioctl(line, name))
			continue;
		nr++;
		if (is_mocked(name) == is_left_out(name))
			fail_msg("%s: %s", name, is_mocked(name) ? "mocked, and left out" :
				 "neither mocked nor left out with a reason");
	}
	return nr;
}

static void complete(void **state)
{
	char path[512];
	FILE *header;
	size_t d;

	for (d = 0; d < nr_mock_drivers; d++) {
		use_driver(mock_drivers[d]);
		snprintf(path, sizeof(path), "%s/%s_drm.h", UAPI_NEWEST, family->driver);
		header = fopen(path, "re");
		assert_non_null(header);
		assert_true(check_header(header) > 5);
		fclose(header);
	}
}

static bool has_cases(const struct mock_driver *driver, unsigned int cmd)
{
	size_t i;

	for (i = 0; i < driver->nr_ops; i++)
		if (driver->ops[i].cmd == cmd)
			return true;
	return false;
}

static void each_is_tried(void **state)
{
	size_t d;
	int i;

	for (d = 0; d < nr_mock_drivers; d++) {
		use_driver(mock_drivers[d]);
		for (i = 0; i < family->nr_ioctls; i++)
			if (family->ioctls[i].func &&
			    !has_cases(mock_drivers[d], family->ioctls[i].cmd))
				fail_msg("%s: no cases", family->ioctls[i].name);
	}
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test(complete),
		cmocka_unit_test(each_is_tried),
		cmocka_unit_test(carried_as_direct),
		cmocka_unit_test(refused_to_guests),
		cmocka_unit_test(unchanged_may_be_read_only),
		cmocka_unit_test(a_negative_length_is_the_items),
		cmocka_unit_test(too_many),
		cmocka_unit_test(chains_without_an_end),
	};

	mock_start();
	arena_memory = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena_memory == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests_name("mockgpu", tests, NULL, NULL);
}
