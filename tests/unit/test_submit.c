// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_submit.c: which submissions, and which changes of syncobjs, a frontend need not
 * wait for, by the tables
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "carry.h"
#include "uapi/newest/amdgpu_drm.h"
#include "uapi/newest/etnaviv_drm.h"
#include "uapi/newest/nouveau_drm.h"
#include "uapi/newest/panfrost_drm.h"
#include "uapi/newest/panthor_drm.h"
#include "uapi/newest/v3d_drm.h"
#include "uapi/newest/virtgpu_drm.h"
#include "uapi/newest/xe_drm.h"

static const u32 some_handles[] = { 3, 1, 0x7fffffff };

static struct drm_virtgpu_execbuffer arg;

static int setup(void **state)
{
	space_reset();
	pvdrm_plan_init(&carried);
	memset(&arg, 0, sizeof(arg));
	arg.fence_fd = -1;
	arg.size = 64;
	arg.command = space_put(&program, some_handles, sizeof(some_handles));
	arg.num_bo_handles = ARRAY_SIZE(some_handles);
	arg.bo_handles = space_put(&program, some_handles, sizeof(some_handles));
	return 0;
}

static int teardown(void **state)
{
	pvdrm_plan_free(&carried);
	return 0;
}

/* Pack an argument as a frontend does, and read it as a backend does. */
static bool waits(const struct pvdrm_driver_table *driver, u32 cmd,
		  const void *any, size_t len)
{
	const struct pvdrm_table *table = carry_table(driver);
	const struct xendrm_ioctl *desc = pvdrm_table_find(table, cmd);
	u64 at = space_put(&program, any, len);
	struct pvdrm_plan there;

	assert_true(desc->flags & (XENDRM_IOCTL_SUBMITS | XENDRM_IOCTL_NO_REPLY));
	assert_int_equal(pvdrm_pack_request(&carried, table, desc, cmd, at,
					    &program_mem), 0);
	pvdrm_plan_init(&there);
	assert_int_equal(pvdrm_parse_request(&there, table, desc, cmd,
					     carried.buf, carried.req_len,
					     carried.rsp_len), 0);
	assert_int_equal(there.must_wait, carried.must_wait);
	assert_int_equal(there.nr_handles, carried.nr_handles);
	assert_int_equal(there.nr_syncs, carried.nr_syncs);
	assert_memory_equal(there.syncs, carried.syncs,
			    there.nr_syncs * sizeof(*there.syncs));
	assert_memory_equal(&there.queue, &carried.queue, sizeof(there.queue));
	pvdrm_plan_free(&there);
	return carried.must_wait;
}

static bool must_wait_as(u32 cmd)
{
	return waits(&pvdrm_virtio_gpu_table, cmd, &arg, sizeof(arg));
}

/* The n-th syncobj that the last argument names */
static void names(u32 n, u32 handle, u8 use, u64 point)
{
	assert_true(n < carried.nr_syncs);
	assert_int_equal(carried.syncs[n].handle, handle);
	assert_int_equal(carried.syncs[n].use, use);
	assert_int_equal(carried.syncs[n].point, point);
}

static bool must_wait(void)
{
	return must_wait_as(DRM_IOCTL_VIRTGPU_EXECBUFFER);
}

static void an_ordinary_one(void **state)
{
	assert_false(must_wait());
	arg.flags = VIRTGPU_EXECBUF_FENCE_FD_OUT;
	assert_false(must_wait());
	assert_int_equal(carried.makes_fd, XENDRM_FD_SYNC_FILE);
	/* Of programs that are older than syncobjs */
	assert_false(must_wait_as(_IOC(_IOC_READ | _IOC_WRITE, 'd',
				       _IOC_NR(DRM_IOCTL_VIRTGPU_EXECBUFFER),
				       40)));
}

static void handles_are_found(void **state)
{
	u32 i, handle;

	assert_false(must_wait());
	assert_int_equal(carried.nr_handles, ARRAY_SIZE(some_handles));
	for (i = 0; i < carried.nr_handles; i++) {
		memcpy(&handle, carried.buf + carried.handles +
		       i * carried.handle_step, sizeof(handle));
		assert_int_equal(handle, some_handles[i]);
	}
	arg.num_bo_handles = 0;
	assert_false(must_wait());
	assert_int_equal(carried.nr_handles, 0);
	arg.bo_handles = 0;
	assert_false(must_wait());
}

static void by_flags(void **state)
{
	arg.ring_idx = 3;
	assert_false(must_wait());
	assert_int_equal(carried.queue.nr, 1);
	/* It may make an event. */
	arg.flags = VIRTGPU_EXECBUF_RING_IDX;
	assert_true(must_wait());
	/* It depends on the fence. */
	arg.flags = VIRTGPU_EXECBUF_FENCE_FD_IN | VIRTGPU_EXECBUF_FENCE_FD_OUT;
	assert_false(must_wait());
	assert_int_equal(carried.fixups[carried.nr_fixups - 1].dir,
			 XENDRM_FIELD_IN | XENDRM_FIELD_OUT);
}

static void by_syncobjs(void **state)
{
	struct drm_virtgpu_execbuffer_syncobj out[XENDRM_MAX_SYNCS + 1] = {
		{ .handle = 7 }, { .handle = 8, .point = 5 },
	};
	struct drm_virtgpu_execbuffer_syncobj in = {
		.handle = 9, .flags = VIRTGPU_EXECBUF_SYNCOBJ_RESET,
	};

	arg.syncobj_stride = sizeof(in);
	arg.in_syncobjs = space_put(&program, &in, sizeof(in));
	arg.num_in_syncobjs = 1;
	assert_true(must_wait());
	names(0, 9, XENDRM_SYNC_RESET, 0);
	arg.num_in_syncobjs = 0;
	assert_false(must_wait());
	arg.out_syncobjs = space_put(&program, out, sizeof(out));
	arg.num_out_syncobjs = 2;
	assert_false(must_wait());
	names(0, 7, XENDRM_SYNC_SIGNALLED, 0);
	names(1, 8, XENDRM_SYNC_SIGNALLED, 5);
	arg.num_out_syncobjs = XENDRM_MAX_SYNCS;
	assert_false(must_wait());
	arg.num_out_syncobjs++;
	assert_true(must_wait());
	assert_true(carried.more_syncs);
	out[0].flags = 1;
	arg.out_syncobjs = space_put(&program, out, sizeof(out));
	arg.num_out_syncobjs = 1;
	assert_true(must_wait());
}

static bool nouveau_waits(const struct drm_nouveau_exec *exec)
{
	return waits(&pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_EXEC, exec,
		     sizeof(*exec));
}

static void of_nouveau(void **state)
{
	struct drm_nouveau_sync syncs[] = {
		{ .handle = 4, .timeline_value = 9 },
		{ .flags = DRM_NOUVEAU_SYNC_TIMELINE_SYNCOBJ, .handle = 5,
		  .timeline_value = 6 },
		{ .flags = 2, .handle = 4 },
	};
	struct drm_nouveau_exec_push pushes[501] = { { .va_len = 0x7fffff } };
	struct drm_nouveau_exec exec = {
		.channel = 3, .push_count = 500, .wait_count = 2, .sig_count = 2,
		.wait_ptr = space_put(&program, syncs, sizeof(syncs)),
		.sig_ptr = space_put(&program, syncs, sizeof(syncs)),
		.push_ptr = space_put(&program, pushes, sizeof(pushes)),
	};

	assert_false(nouveau_waits(&exec));
	assert_int_equal(carried.queue.value[0], 3);
	names(0, 4, XENDRM_SYNC_WAITED, 0);
	names(1, 5, XENDRM_SYNC_WAITED, 6);
	names(2, 4, XENDRM_SYNC_SIGNALLED, 0);
	names(3, 5, XENDRM_SYNC_SIGNALLED, 6);
	exec.sig_count = 3;
	assert_true(nouveau_waits(&exec));
	exec.sig_count = 0;
	exec.wait_count = 3;
	assert_true(nouveau_waits(&exec));
	exec.wait_count = 0;
	assert_false(nouveau_waits(&exec));
	exec.push_count = 501;
	assert_true(nouveau_waits(&exec));
	pushes[1].va_len = 0x800000;
	exec.push_ptr = space_put(&program, pushes, sizeof(pushes));
	exec.push_count = 2;
	assert_true(nouveau_waits(&exec));
}

static bool xe_waits(const struct drm_xe_exec *exec)
{
	return waits(&pvdrm_xe_table, DRM_IOCTL_XE_EXEC, exec, sizeof(*exec));
}

static bool xe_sync_waits(struct drm_xe_exec *exec, const struct drm_xe_sync *sync)
{
	exec->num_syncs = 1;
	exec->syncs = space_put(&program, sync, sizeof(*sync));
	return xe_waits(exec);
}

static void of_xe(void **state)
{
	struct drm_xe_sync good = {
		.type = DRM_XE_SYNC_TYPE_TIMELINE_SYNCOBJ, .handle = 2,
		.flags = DRM_XE_SYNC_FLAG_SIGNAL, .timeline_value = 4,
	};
	struct drm_xe_exec exec = { .exec_queue_id = 6, .num_batch_buffer = 1 };
	struct drm_xe_sync sync = good;

	/* A queue without any may be full. */
	assert_true(xe_waits(&exec));
	assert_false(xe_sync_waits(&exec, &good));
	assert_int_equal(carried.queue.value[0], 6);
	assert_int_equal(carried.queue.value[1], 1);
	names(0, 2, XENDRM_SYNC_SIGNALLED, 4);
	sync.flags = 0;
	assert_false(xe_sync_waits(&exec, &sync));
	names(0, 2, XENDRM_SYNC_WAITED, 4);
	sync.type = DRM_XE_SYNC_TYPE_SYNCOBJ;
	assert_false(xe_sync_waits(&exec, &sync));
	names(0, 2, XENDRM_SYNC_WAITED, 0);
	sync.type = DRM_XE_SYNC_TYPE_USER_FENCE;
	assert_true(xe_sync_waits(&exec, &sync));
	sync = good;
	sync.timeline_value = 0;
	assert_true(xe_sync_waits(&exec, &sync));
	sync = good;
	sync.flags = 2;
	assert_true(xe_sync_waits(&exec, &sync));
	sync = good;
	sync.addr |= 1ull << 32;
	assert_true(xe_sync_waits(&exec, &sync));
	sync = good;
	sync.reserved[1] = 1;
	assert_true(xe_sync_waits(&exec, &sync));
	exec.pad[2] = 1;
	assert_true(xe_sync_waits(&exec, &good));
}

static bool panfrost_waits(const struct drm_panfrost_submit *submit)
{
	return waits(&pvdrm_panfrost_table, DRM_IOCTL_PANFROST_SUBMIT, submit,
		     sizeof(*submit));
}

static void of_panfrost(void **state)
{
	u64 list = space_put(&program, some_handles, sizeof(some_handles));
	struct drm_panfrost_submit submit = {
		.jc = 4096, .in_syncs = list, .in_sync_count = 2, .out_sync = 8,
		.bo_handles = list, .bo_handle_count = 3,
		.requirements = PANFROST_JD_REQ_FS, .jm_ctx_handle = 1,
	};

	assert_false(panfrost_waits(&submit));
	assert_int_equal(carried.nr_handles, 3);
	assert_int_equal(carried.queue.nr, 2);
	names(0, 8, XENDRM_SYNC_SIGNALLED, 0);
	names(1, some_handles[0], XENDRM_SYNC_WAITED, 0);
	names(2, some_handles[1], XENDRM_SYNC_WAITED, 0);
	submit.pad = 1;
	assert_true(panfrost_waits(&submit));
	submit.pad = 0;
	submit.jc = 0;
	assert_true(panfrost_waits(&submit));
}

static bool cl_waits(const struct drm_v3d_submit_cl *cl)
{
	return waits(&pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_CL, cl, sizeof(*cl));
}

static struct drm_v3d_submit_cl an_ordinary_cl(void)
{
	return (struct drm_v3d_submit_cl){
		.bcl_end = 64, .in_sync_bcl = 5, .in_sync_rcl = 6, .out_sync = 7,
		.bo_handles = space_put(&program, some_handles, sizeof(some_handles)),
		.bo_handle_count = 3,
	};
}

static void of_v3d(void **state)
{
	struct drm_v3d_submit_cl cl = an_ordinary_cl();

	assert_false(cl_waits(&cl));
	assert_int_equal(carried.nr_handles, 3);
	assert_int_equal(carried.queue.nr, 1);
	assert_int_equal(carried.nr_syncs, 3);
	names(0, 5, XENDRM_SYNC_WAITED, 0);
	names(1, 6, XENDRM_SYNC_WAITED, 0);
	names(2, 7, XENDRM_SYNC_SIGNALLED, 0);
	cl.flags = DRM_V3D_SUBMIT_CL_FLUSH_CACHE;
	cl.in_sync_bcl = 0;
	cl.in_sync_rcl = 0;
	assert_false(cl_waits(&cl));
	names(0, 7, XENDRM_SYNC_SIGNALLED, 0);
	cl.out_sync = 0;
	assert_false(cl_waits(&cl));
	assert_int_equal(carried.nr_syncs, 0);
	cl.perfmon_id = 1;
	assert_true(cl_waits(&cl));
	cl.perfmon_id = 0;
	cl.pad = 1;
	assert_true(cl_waits(&cl));
	cl.pad = 0;
	cl.bo_handle_count = 0;
	assert_true(cl_waits(&cl));
}

/* The extension's syncobjs are meant, not those of the argument. */
static void of_v3d_with_many_syncobjs(void **state)
{
	struct drm_v3d_sem several[] = { { .handle = 1 }, { .handle = 2 }, { 0 } };
	struct drm_v3d_multi_sync sync = {
		.base.id = DRM_V3D_EXT_ID_MULTI_SYNC,
		.in_sync_count = 3, .out_sync_count = 2,
		.in_syncs = space_put(&program, several, sizeof(several)),
		.out_syncs = space_put(&program, several, sizeof(several)),
	};
	struct drm_v3d_submit_cl cl = an_ordinary_cl();

	cl.in_sync_bcl = 0;
	cl.in_sync_rcl = 0;
	cl.flags = DRM_V3D_SUBMIT_EXTENSION;
	cl.extensions = space_put(&program, &sync, sizeof(sync));
	assert_false(cl_waits(&cl));
	assert_int_equal(carried.nr_syncs, 4);
	names(0, 1, XENDRM_SYNC_WAITED, 0);
	names(1, 2, XENDRM_SYNC_WAITED, 0);
	names(2, 1, XENDRM_SYNC_SIGNALLED, 0);
	names(3, 2, XENDRM_SYNC_SIGNALLED, 0);
	sync.in_sync_count = 0;
	cl.extensions = space_put(&program, &sync, sizeof(sync));
	assert_false(cl_waits(&cl));
	sync.out_sync_count = 0;
	cl.extensions = space_put(&program, &sync, sizeof(sync));
	assert_true(cl_waits(&cl));
	sync.out_sync_count = 2;
	sync.pad = 1;
	cl.extensions = space_put(&program, &sync, sizeof(sync));
	assert_true(cl_waits(&cl));
}

static void of_v3d_computing(void **state)
{
	struct drm_v3d_submit_csd csd = {
		.in_sync = 3, .out_sync = 4,
		.bo_handles = space_put(&program, some_handles, sizeof(some_handles)),
		.bo_handle_count = 3,
	};

	assert_false(waits(&pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_CSD, &csd, sizeof(csd)));
	assert_int_equal(carried.nr_handles, 3);
	names(0, 3, XENDRM_SYNC_WAITED, 0);
	names(1, 4, XENDRM_SYNC_SIGNALLED, 0);
	/* Without an extension it has no flags. */
	csd.flags = DRM_V3D_SUBMIT_CL_FLUSH_CACHE;
	assert_true(waits(&pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_CSD, &csd, sizeof(csd)));
}

/* Chunks of amdgpu's CS */
struct chunks {
	struct drm_amdgpu_cs_chunk chunk[8];
	u64 pointer[8];
	u32 nr;
};

static void add_chunk(struct chunks *c, u32 id, const void *data, size_t len)
{
	assert_true(c->nr < ARRAY_SIZE(c->chunk));
	c->chunk[c->nr++] = (struct drm_amdgpu_cs_chunk){
		.chunk_id = id, .length_dw = len / 4,
		.chunk_data = space_put(&program, data, len),
	};
}

static bool cs_waits(union drm_amdgpu_cs *cs, struct chunks *c)
{
	u32 i;

	for (i = 0; i < c->nr; i++)
		c->pointer[i] = space_put(&program, &c->chunk[i], sizeof(c->chunk[i]));
	cs->in.chunks = space_put(&program, c->pointer, c->nr * sizeof(u64));
	cs->in.num_chunks = c->nr;
	return waits(&pvdrm_amdgpu_table, DRM_IOCTL_AMDGPU_CS, cs, sizeof(*cs));
}

static struct drm_amdgpu_cs_chunk_ib an_ib(void)
{
	return (struct drm_amdgpu_cs_chunk_ib){
		.va_start = 1 << 20, .ib_bytes = 64, .ip_type = AMDGPU_HW_IP_COMPUTE, .ring = 1,
	};
}

static struct chunks ordinary_chunks(void)
{
	struct drm_amdgpu_bo_list_entry list[] = { { 3, 0 }, { 5, 1 } };
	struct drm_amdgpu_bo_list_in bos = {
		.operation = ~0u, .list_handle = ~0u, .bo_number = 2, .bo_info_size = sizeof(list[0]),
		.bo_info_ptr = space_put(&program, list, sizeof(list)),
	};
	struct drm_amdgpu_cs_chunk_ib ib = an_ib();
	struct drm_amdgpu_cs_chunk_fence fence = { .handle = 9, .offset = 16 };
	struct chunks c = { .nr = 0 };

	add_chunk(&c, AMDGPU_CHUNK_ID_BO_HANDLES, &bos, sizeof(bos));
	add_chunk(&c, AMDGPU_CHUNK_ID_FENCE, &fence, sizeof(fence));
	add_chunk(&c, AMDGPU_CHUNK_ID_IB, &ib, sizeof(ib));
	return c;
}

static bool ib_waits(const struct drm_amdgpu_cs_chunk_ib *more)
{
	struct chunks c = ordinary_chunks();
	union drm_amdgpu_cs cs = { .in.ctx_id = 2 };

	add_chunk(&c, AMDGPU_CHUNK_ID_IB, more, sizeof(*more));
	return cs_waits(&cs, &c);
}

static void of_amdgpu(void **state)
{
	struct chunks c = ordinary_chunks();
	union drm_amdgpu_cs cs = { .in.ctx_id = 2 };

	assert_false(cs_waits(&cs, &c));
	assert_int_equal(carried.number, 0);
	assert_int_equal(carried.nr_handles, 2);
	assert_int_equal(carried.nr_syncs, 0);
	assert_int_equal(carried.queue.nr, 3);
	assert_int_equal(carried.queue.counted, 7);
	assert_int_equal(carried.queue.value[0], 2);
	assert_int_equal(carried.queue.value[1], AMDGPU_HW_IP_COMPUTE);
	assert_int_equal(carried.queue.value[2], 1);
	cs.in.flags = 1;
	assert_true(cs_waits(&cs, &c));
	cs.in.flags = 0;
	cs.in.bo_list_handle = 1;
	assert_true(cs_waits(&cs, &c));
	cs.in.bo_list_handle = 0;
	add_chunk(&c, AMDGPU_CHUNK_ID_DEPENDENCIES, some_handles, sizeof(some_handles));
	assert_true(cs_waits(&cs, &c));
}

/* Two rings have two counts. */
static void of_amdgpu_by_ib(void **state)
{
	struct drm_amdgpu_cs_chunk_ib ib = an_ib();

	assert_false(ib_waits(&ib));
	assert_false(carried.queue.miscounted);
	ib.ring = 0;
	assert_true(ib_waits(&ib));
	assert_true(carried.queue.miscounted);
	ib = an_ib();
	ib.ip_type = AMDGPU_HW_IP_GFX;
	assert_true(ib_waits(&ib));
	assert_true(carried.queue.miscounted);
	ib = an_ib();
	ib.ip_type = AMDGPU_HW_IP_UVD;
	assert_true(ib_waits(&ib));
	ib = an_ib();
	ib.ip_instance = 1;
	assert_true(ib_waits(&ib));
	ib = an_ib();
	ib.ib_bytes = 0;
	assert_true(ib_waits(&ib));
	ib.ib_bytes = 0x400000;
	assert_true(ib_waits(&ib));
	assert_false(carried.queue.miscounted);
}

static void of_amdgpu_by_syncobjs(void **state)
{
	struct drm_amdgpu_cs_chunk_syncobj points[] = {
		{ .handle = 4, .flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT, .point = 7 },
		{ .handle = 5, .point = 8 },
	};
	struct chunks c = ordinary_chunks();
	union drm_amdgpu_cs cs = { .in.ctx_id = 2 };

	add_chunk(&c, AMDGPU_CHUNK_ID_SYNCOBJ_IN, some_handles, 2 * sizeof(u32));
	add_chunk(&c, AMDGPU_CHUNK_ID_SYNCOBJ_OUT, some_handles, sizeof(u32));
	add_chunk(&c, AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_WAIT, points, sizeof(points));
	add_chunk(&c, AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_SIGNAL, points, sizeof(points));
	assert_false(cs_waits(&cs, &c));
	assert_int_equal(carried.nr_syncs, 7);
	names(0, some_handles[0], XENDRM_SYNC_WAITED, 0);
	names(1, some_handles[1], XENDRM_SYNC_WAITED, 0);
	names(2, some_handles[0], XENDRM_SYNC_SIGNALLED, 0);
	names(3, 4, XENDRM_SYNC_WAITED, 7);
	names(4, 5, XENDRM_SYNC_WAITED, 8);
	names(5, 4, XENDRM_SYNC_SIGNALLED, 7);
	names(6, 5, XENDRM_SYNC_SIGNALLED, 8);
	points[1].flags = 1;
	c = ordinary_chunks();
	add_chunk(&c, AMDGPU_CHUNK_ID_SYNCOBJ_TIMELINE_WAIT, points, sizeof(points));
	assert_true(cs_waits(&cs, &c));
}

/* What the driver might refuse because of its form is of another form. */
static void of_amdgpu_by_form(void **state)
{
	struct drm_amdgpu_cs_chunk_ib ib = an_ib();
	struct chunks c = ordinary_chunks();
	union drm_amdgpu_cs cs = { .in.ctx_id = 2 };
	u64 form, before;

	assert_false(cs_waits(&cs, &c));
	form = carried.queue.form;
	assert_false(cs_waits(&cs, &c));
	assert_true(carried.queue.form == form);
	/* Where it is does not matter. */
	ib.va_start += 4096;
	ib.ib_bytes += 4;
	c.chunk[2].chunk_data = space_put(&program, &ib, sizeof(ib));
	assert_false(cs_waits(&cs, &c));
	assert_true(carried.queue.form == form);
	ib.flags = AMDGPU_IB_FLAG_PREEMPT;
	c.chunk[2].chunk_data = space_put(&program, &ib, sizeof(ib));
	assert_false(cs_waits(&cs, &c));
	before = carried.queue.form;
	assert_true(before != form);
	add_chunk(&c, AMDGPU_CHUNK_ID_IB, &ib, sizeof(ib));
	assert_false(cs_waits(&cs, &c));
	assert_true(carried.queue.form != before);
	c = ordinary_chunks();
	c.chunk[2].length_dw--;
	assert_false(cs_waits(&cs, &c));
	assert_true(carried.queue.form != form);
	c = ordinary_chunks();
	c.chunk[1].chunk_data = space_put(&program, some_handles, 2 * sizeof(u32));
	assert_false(cs_waits(&cs, &c));
	assert_true(carried.queue.form != form);
}

static bool core_waits(u32 cmd, const void *any, size_t len)
{
	return waits(&pvdrm_vgem_table, cmd, any, len);
}

static void of_core(void **state)
{
	struct drm_syncobj_array array = {
		.handles = space_put(&program, some_handles, sizeof(some_handles)),
		.count_handles = 2,
	};
	struct drm_syncobj_destroy destroy = { .handle = 5 };

	assert_false(core_waits(DRM_IOCTL_SYNCOBJ_RESET, &array, sizeof(array)));
	names(1, some_handles[1], XENDRM_SYNC_RESET, 0);
	assert_false(core_waits(DRM_IOCTL_SYNCOBJ_SIGNAL, &array, sizeof(array)));
	names(1, some_handles[1], XENDRM_SYNC_SIGNALLED, 0);
	array.pad = 1;
	assert_true(core_waits(DRM_IOCTL_SYNCOBJ_RESET, &array, sizeof(array)));
	array.pad = 0;
	array.count_handles = 0;
	assert_true(core_waits(DRM_IOCTL_SYNCOBJ_SIGNAL, &array, sizeof(array)));
	assert_false(core_waits(DRM_IOCTL_SYNCOBJ_DESTROY, &destroy, sizeof(destroy)));
	names(0, 5, XENDRM_SYNC_ENDED, 0);
	destroy.pad = 1;
	assert_true(core_waits(DRM_IOCTL_SYNCOBJ_DESTROY, &destroy, sizeof(destroy)));
}

/* Results, addresses and commands that only the driver knows to be good */
static void not_of_others(void **state)
{
	static const struct {
		const struct pvdrm_driver_table *table;
		u32 cmd;
	} others[] = {
		{ &pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_GEM_PUSHBUF },
		{ &pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_VM_BIND },
		{ &pvdrm_xe_table, DRM_IOCTL_XE_VM_BIND },
		{ &pvdrm_v3d_table, DRM_IOCTL_V3D_SUBMIT_TFU },
		{ &pvdrm_etnaviv_table, DRM_IOCTL_ETNAVIV_GEM_SUBMIT },
		{ &pvdrm_panthor_table, DRM_IOCTL_PANTHOR_GROUP_SUBMIT },
		{ &pvdrm_vgem_table, DRM_IOCTL_SYNCOBJ_CREATE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		const struct pvdrm_table *table = carry_table(others[i].table);

		assert_int_equal(pvdrm_table_find(table, others[i].cmd)->flags &
				 (XENDRM_IOCTL_SUBMITS | XENDRM_IOCTL_NO_REPLY), 0);
	}
}

/* What may end a queue has the next submission waited for. */
static void what_ends(void **state)
{
	static const struct {
		const struct pvdrm_driver_table *table;
		u32 cmd;
	} ends[] = {
		{ &pvdrm_amdgpu_table, DRM_IOCTL_AMDGPU_CTX },
		{ &pvdrm_nouveau_table, DRM_IOCTL_NOUVEAU_CHANNEL_FREE },
		{ &pvdrm_xe_table, DRM_IOCTL_XE_EXEC_QUEUE_DESTROY },
		{ &pvdrm_xe_table, DRM_IOCTL_XE_VM_DESTROY },
		{ &pvdrm_panfrost_table, DRM_IOCTL_PANFROST_JM_CTX_DESTROY },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		assert_true(pvdrm_table_find(carry_table(ends[i].table),
					     ends[i].cmd)->flags & XENDRM_IOCTL_ENDS);
}

static void by_bad_pointers(void **state)
{
	u64 handles = arg.bo_handles;

	arg.bo_handles = 0;
	assert_true(must_wait());
	arg.bo_handles = BAD_ADDRESS;
	assert_true(must_wait());
	arg.bo_handles = handles;
	arg.command = BAD_ADDRESS;
	assert_true(must_wait());
	arg.command = 0;
	assert_true(must_wait());
	arg.size = 0;
	assert_false(must_wait());
}

int main(void)
{
	const struct unit_case tests[] = {
		cmocka_unit_test_setup_teardown(an_ordinary_one, setup, teardown),
		cmocka_unit_test_setup_teardown(handles_are_found, setup, teardown),
		cmocka_unit_test_setup_teardown(by_flags, setup, teardown),
		cmocka_unit_test_setup_teardown(by_syncobjs, setup, teardown),
		cmocka_unit_test_setup_teardown(by_bad_pointers, setup, teardown),
		cmocka_unit_test_setup_teardown(of_nouveau, setup, teardown),
		cmocka_unit_test_setup_teardown(of_xe, setup, teardown),
		cmocka_unit_test_setup_teardown(of_panfrost, setup, teardown),
		cmocka_unit_test_setup_teardown(of_v3d, setup, teardown),
		cmocka_unit_test_setup_teardown(of_v3d_with_many_syncobjs, setup, teardown),
		cmocka_unit_test_setup_teardown(of_v3d_computing, setup, teardown),
		cmocka_unit_test_setup_teardown(of_amdgpu, setup, teardown),
		cmocka_unit_test_setup_teardown(of_amdgpu_by_ib, setup, teardown),
		cmocka_unit_test_setup_teardown(of_amdgpu_by_syncobjs, setup, teardown),
		cmocka_unit_test_setup_teardown(of_amdgpu_by_form, setup, teardown),
		cmocka_unit_test_setup_teardown(of_core, setup, teardown),
		cmocka_unit_test_setup_teardown(not_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(what_ends, setup, teardown),
	};

	return cmocka_run_group_tests_name("submit", tests, NULL, NULL);
}
