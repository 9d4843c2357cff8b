// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops.c: run one request, in a thread of the serving process
 *
 * By pvdrm_exec() the request is a private copy. A request that no honest
 * guest sends closes the device; one that merely fails gets its errno.
 */
#include <linux/fs.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <drm/drm.h>

#include "back/bus/back.h"
#include "back/vram/vram.h"
#include "back/memory/map.h"
#include "user.h"

/* The kernel's own codes for "again, after the signal" */
#define LOWEST_RESTART	512	/* ERESTARTSYS */
#define HIGHEST_RESTART	514	/* ERESTARTNOHAND */
#define NO_SUCH_IOCTL	515	/* ENOIOCTLCMD */
#define RESTART_BLOCK	516	/* ERESTART_RESTARTBLOCK */

static int wire_status(long ret)
{
	if (ret >= 0)
		return min_t(long, ret, INT_MAX);
	if ((-ret >= LOWEST_RESTART && -ret <= HIGHEST_RESTART) ||
	    -ret == RESTART_BLOCK)
		return -XENDRM_ERESTARTSYS;
	if (-ret == NO_SUCH_IOCTL)
		return -ENOTTY;
	return ret;
}

static int run_get_table(struct pvdrm_worker *worker)
{
	const struct pvdrm_node *node = &worker->server->node;
	const struct xendrm_request *req = &worker->req;
	u32 off = req->u.table.offset;
	u32 len;

	worker->rsp.table_len = node->image_len;
	if (off > node->image_len)
		return -EINVAL;
	len = min_t(u32, req->rsp_len, node->image_len - off);
	worker->rsp.rsp_len = len;
	return pvdrm_back_data_write(worker->link, req->data_off,
				     node->image + off, len);
}

/*
 * The request's payload: to the kernel, and checked. From there on memory for the
 * response is there, too: what the driver makes must not be lost.
 */
static int ioctl_plan(struct pvdrm_worker *worker,
		      const struct xendrm_ioctl *desc)
{
	const struct xendrm_request *req = &worker->req;
	struct pvdrm_plan *plan = &worker->plan;
	u32 cmd = req->u.ioctl.cmd;
	int ret;

	ret = pvdrm_worker_need_buf(worker, max(req->req_len, req->rsp_len));
	ret = ret ?: pvdrm_back_data_read(worker->link, req->data_off,
					  worker->buf, req->req_len);
	if (ret)
		return ret;
	pvdrm_plan_reset(plan);
	ret = pvdrm_parse_request(plan, &worker->server->node.table, desc, cmd,
				  worker->buf, req->req_len, req->rsp_len);
	if (ret == -EPROTO)
		pvdrm_violation(worker->link,
				"ioctl %#x: malformed argument of %u bytes",
				cmd, req->req_len);
	return ret ?: pvdrm_worker_need_arena(worker, plan->arena_len);
}

static int ioctl_collect(struct pvdrm_worker *worker, int status)
{
	struct pvdrm_plan *plan = &worker->plan;
	int ret;

	ret = pvdrm_pack_response(plan, worker->buf, status, &user_mem);
	ret = ret ?: pvdrm_back_data_write(worker->link, worker->req.data_off,
					   worker->buf, plan->rsp_len);
	ret = ret ?: pvdrm_back_fence_export(worker);
	if (!ret)
		worker->rsp.rsp_len = plan->rsp_len;
	return ret;
}

static int ioctl_call(struct pvdrm_worker *worker, struct file *file)
{
	long ret;

	if (!pvdrm_back_slot_run(worker))
		return -XENDRM_ERESTARTSYS;
	ret = file->f_op->unlocked_ioctl(file, worker->req.u.ioctl.cmd,
					 worker->arena);
	pvdrm_back_slot_stop(worker);
	return wire_status(ret);
}

/* From the private copy to the process's memory, to the driver, and back */
static int ioctl_carry(struct pvdrm_worker *worker,
		       const struct xendrm_ioctl *desc,
		       struct pvdrm_back_file *pf)
{
	struct pvdrm_charge charge;
	int status, ret;

	ret = pvdrm_unpack_request(&worker->plan, worker->buf, worker->arena,
				   worker->server->bad, &user_mem);
	ret = ret ?: pvdrm_buffers_begin(worker, desc, pf, &charge);
	if (ret)
		return ret;
	status = ioctl_call(worker, pf->file);
	status = pvdrm_buffers_end(worker, desc, pf, &charge, status);
	ret = ioctl_collect(worker, status);
	return ret ?: status;
}

static int ioctl_run(struct pvdrm_worker *worker,
		     const struct xendrm_ioctl *desc,
		     struct pvdrm_back_file *pf)
{
	int ret;

	if (desc->flags & XENDRM_IOCTL_MAY_BLOCK)
		pvdrm_leader_step_aside(worker);
	ret = ioctl_plan(worker, desc);
	if (ret)
		return ret;
	ret = pvdrm_back_fences_import(worker);
	if (!ret)
		ret = ioctl_carry(worker, desc, pf);
	pvdrm_back_fences_close(worker);
	return ret;
}

static int run_ioctl(struct pvdrm_worker *worker)
{
	u32 cmd = worker->req.u.ioctl.cmd;
	struct pvdrm_back_stats *stats = &worker->link->back->stats;
	const struct xendrm_ioctl *desc;
	struct pvdrm_back_file *pf;
	int ret;

	desc = pvdrm_table_find(&worker->server->node.table, cmd);
	if (!desc || desc->flags & XENDRM_IOCTL_LOCAL) {
		pvdrm_count(worker->link->back, refused_ioctls);
		atomic_inc(&stats->refused[_IOC_NR(cmd)]);
		return _IOC_TYPE(cmd) == DRM_IOCTL_BASE ? -EINVAL : -ENOTTY;
	}
	pf = pvdrm_back_file_get(worker->link, worker->req.file);
	if (!pf)
		return -EBADF;
	atomic_inc(&stats->ran[_IOC_NR(cmd)]);
	ret = ioctl_run(worker, desc, pf);
	pvdrm_back_file_put(pf);
	return ret;
}

static int run_fault(struct pvdrm_worker *worker)
{
	const struct xendrm_request *req = &worker->req;
	u32 count = req->u.fault.count;
	u32 len;
	int ret;

	if (!count || count > XENDRM_MAX_FAULT_PAGES)
		return -EINVAL;
	if (pvdrm_vram_fault_is_bad(worker->link->vram, req))
		return -EINVAL;
	len = count * sizeof(struct xendrm_page);
	if (len > req->rsp_len)
		return -ENOSPC;
	ret = pvdrm_worker_need_buf(worker, len);
	ret = ret ?: pvdrm_back_map_fault(worker, req, worker->buf,
					  &worker->rsp.inval_seq);
	ret = ret ?: pvdrm_back_data_write(worker->link, req->data_off,
					   worker->buf, len);
	if (!ret)
		worker->rsp.rsp_len = len;
	return ret;
}

static bool region_is_bad(const struct pvdrm_link *link,
			  const struct xendrm_request *req)
{
	u32 size = link->data_pages * XENDRM_PAGE_SIZE;
	u32 len = max(req->req_len, req->rsp_len);

	return req->data_off % XENDRM_DATA_UNIT || req->data_off > size ||
	       len > size - req->data_off || len > XENDRM_MAX_MESSAGE;
}

static int run_nop(struct pvdrm_worker *worker)
{
	return 0;
}

static int run_open(struct pvdrm_worker *worker)
{
	return pvdrm_back_file_open(worker, &worker->rsp.file);
}

static int run_close(struct pvdrm_worker *worker)
{
	return pvdrm_back_file_close(worker->link, worker->req.file);
}

static int run_mmap(struct pvdrm_worker *worker)
{
	return pvdrm_back_map_create(worker, &worker->req, &worker->rsp.map);
}

static int run_munmap(struct pvdrm_worker *worker)
{
	return pvdrm_back_map_destroy(worker, worker->req.u.munmap.map);
}

/* The bytes of the request's union up to the end of a member */
#define ARGS_UP_TO(member) \
	(offsetofend(struct xendrm_request, u.member) - \
	 offsetof(struct xendrm_request, u))

/*
 * Every request runs by its entry here. An op without one is answered with
 * -ENOTSUPP, like one that a later version of the protocol may have.
 */
struct op {
	int (*run)(struct pvdrm_worker *worker);
	u8 args;	/* bytes of the union that are used; the rest must be 0 */
	bool may_block;	/* on a lock of the process, or in the driver */
};

static const struct op ops[XENDRM_OP_COUNT] = {
	[XENDRM_OP_NOP]		= { run_nop },
	[XENDRM_OP_GET_TABLE]	= { run_get_table, ARGS_UP_TO(table) },
	[XENDRM_OP_OPEN]	= { run_open, .may_block = true },
	[XENDRM_OP_CLOSE]	= { run_close, .may_block = true },
	/* The table says whether it may block. */
	[XENDRM_OP_IOCTL]	= { run_ioctl, ARGS_UP_TO(ioctl) },
	[XENDRM_OP_MMAP]	= { run_mmap, ARGS_UP_TO(mmap.prot), true },
	[XENDRM_OP_MUNMAP]	= { run_munmap, ARGS_UP_TO(munmap), true },
	[XENDRM_OP_FAULT]	= { run_fault, ARGS_UP_TO(fault), true },
	[XENDRM_OP_RECYCLE]	= { pvdrm_recycle, ARGS_UP_TO(recycle), true },
	[XENDRM_OP_RELEASE]	= { pvdrm_release, ARGS_UP_TO(release) },
};

static const struct op *find_op(u16 nr)
{
	const struct op *op;

	if (nr >= ARRAY_SIZE(ops))
		return NULL;
	op = &ops[array_index_nospec(nr, ARRAY_SIZE(ops))];
	return op->run ? op : NULL;
}

static const char *find_fault(const struct pvdrm_link *link,
			      const struct xendrm_request *req, u32 args)
{
	if (req->reserved)
		return "reserved is not 0";
	if (memchr_inv(req->u.pad + args, 0, sizeof(req->u.pad) - args))
		return "unused bytes are not 0";
	if (region_is_bad(link, req))
		return "its region is not in the data area";
	return NULL;
}

static void begin_response(struct pvdrm_worker *worker)
{
	const struct xendrm_request *req = &worker->req;

	memset(&worker->rsp, 0, sizeof(worker->rsp));
	worker->rsp.op = req->op;
	worker->rsp.id = req->id;
	worker->rsp.seq = req->seq;
	worker->early = false;
}

/* Return: false when the connection ends for it. */
static bool accept_request(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;
	const struct xendrm_request *req = &worker->req;

	if (req->id >= link->ring_ents)
		pvdrm_violation(link, "request id %u: the ring has %u entries",
				req->id, link->ring_ents);
	else if (pvdrm_back_slot_claim(link, req))
		pvdrm_violation(link, "request id %u is outstanding already",
				req->id);
	else
		return true;
	return false;
}

/**
 * pvdrm_exec() - run @worker->req, leave the response in @worker->rsp
 * @worker: the calling thread's, leading; may have stepped aside after it
 *
 * Return: false when there is nothing to answer.
 */
bool pvdrm_exec(struct pvdrm_worker *worker)
{
	struct pvdrm_link *link = worker->link;
	const struct op *op = find_op(worker->req.op);
	const char *fault;

	begin_response(worker);
	if (!accept_request(worker))
		return false;
	if (!op) {
		pvdrm_count(link->back, unknown_ops);
		worker->rsp.status = -XENDRM_ENOTSUPP;
		return true;
	}
	atomic64_inc(&link->back->stats.ops[op - ops]);
	fault = find_fault(link, &worker->req, op->args);
	if (fault) {
		pvdrm_violation(link, "request op %u: %s", worker->req.op,
				fault);
		return false;
	}
	if (op->may_block)
		pvdrm_leader_step_aside(worker);
	worker->rsp.status = op->run(worker);
	return true;
}
