// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops.c: run one request, in a thread of the serving process
 *
 * The request is a private copy. One that no honest guest sends closes the
 * device; one that merely fails is answered with its errno.
 */
#include <linux/fs.h>
#include <linux/nospec.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <drm/drm.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/eventfd.h"
#include "back/fd/fd.h"
#include "back/fd/fence.h"
#include "back/fd/implicit.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/fd/syncobj.h"
#include "back/file/file.h"
#include "back/file/read.h"
#include "back/file/recycle.h"
#include "back/gpu/pace.h"
#include "back/gpu/submission.h"
#include "back/memory/map.h"
#include "back/serve/failing.h"
#include "back/serve/job.h"
#include "back/serve/serve.h"
#include "back/serve/server.h"
#include "back/trace.h"
#include "back/transport/ring.h"
#include "back/transport/slot.h"
#include "back/vram/vram.h"
#include "user.h"

/* The kernel's own codes for "again, after the signal" */
#define LOWEST_RESTART	512	/* ERESTARTSYS */
#define HIGHEST_RESTART	514	/* ERESTARTNOHAND */
#define NO_SUCH_IOCTL	515	/* ENOIOCTLCMD */
#define RESTART_BLOCK	516	/* ERESTART_RESTARTBLOCK */

/* How often an ordered ioctl is made again */
#define MOST_TRIES	100

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

static int run_get_table(struct pvdrm_job *job)
{
	const struct pvdrm_node *node = &job->link->server->node;
	const struct xendrm_request *req = &job->req;
	u32 off = req->u.table.offset;
	u32 len;

	job->rsp.table_len = node->image_len;
	if (off > node->image_len)
		return -EINVAL;
	len = min_t(u32, req->rsp_len, node->image_len - off);
	job->rsp.rsp_len = len;
	return pvdrm_back_data_write(job->link, req->data_off,
				     node->image + off, len);
}

/*
 * Copy the request's payload and check it. Memory for the response is allocated
 * here as well, since what the driver creates must not be lost afterwards.
 */
static int ioctl_parse(struct pvdrm_job *job)
{
	const struct pvdrm_table *table = &job->link->server->node.table;
	const struct xendrm_request *req = &job->req;
	struct pvdrm_plan *plan = &job->plan;
	u32 cmd = req->u.ioctl.cmd;
	int ret;

	ret = pvdrm_job_need_buf(job, max(req->req_len, req->rsp_len));
	ret = ret ?: pvdrm_back_data_read(job->link, req->data_off, job->buf,
					  req->req_len);
	if (ret)
		return ret;
	ret = pvdrm_parse_request(plan, table, job->desc, cmd, job->buf,
				  req->req_len, req->rsp_len);
	if (ret == -EPROTO)
		pvdrm_violation(job->link,
				"ioctl %#x: malformed argument of %u bytes",
				cmd, req->req_len);
	return ret ?: pvdrm_job_need_arena(job, plan->arena_len);
}

/* As fcntl() in the guest: some drivers wait only without O_NONBLOCK. */
static void set_nonblock(struct file *file, bool nonblock)
{
	if (!(file->f_flags & O_NONBLOCK) == !nonblock)
		return;
	spin_lock(&file->f_lock);
	if (nonblock)
		file->f_flags |= O_NONBLOCK;
	else
		file->f_flags &= ~O_NONBLOCK;
	spin_unlock(&file->f_lock);
}

static int ioctl_call_once(struct pvdrm_job *job)
{
	struct file *file = job->file->file;
	long ret;

	if (!pvdrm_back_slot_run(job))
		return -XENDRM_ERESTARTSYS;
	set_nonblock(file, job->req.u.ioctl.flags & XENDRM_CALL_NONBLOCK);
	ret = file->f_op->unlocked_ioctl(file, job->req.u.ioctl.cmd,
					 job->arena);
	pvdrm_back_slot_stop(job);
	return wire_status(ret);
}

static bool is_ordered(const struct pvdrm_job *job)
{
	return job->req.u.ioctl.flags & XENDRM_CALL_ORDERED;
}

/*
 * No program waits that could make an ordered ioctl again, as libdrm does. A signal that
 * stays pending makes each attempt fail: it is for this process.
 */
static int ioctl_call_again(struct pvdrm_job *job, int status)
{
	int tries = MOST_TRIES;

	while ((status == -XENDRM_ERESTARTSYS || status == -EINTR ||
		status == -EAGAIN) && tries-- && !READ_ONCE(job->link->dead) &&
	       !signal_pending(current)) {
		cond_resched();
		status = ioctl_call_once(job);
	}
	return status == -XENDRM_ERESTARTSYS ? -EIO : status;
}

static int ioctl_call(struct pvdrm_job *job)
{
	int status = ioctl_call_once(job);

	if (is_ordered(job))
		status = ioctl_call_again(job, status);
	pvdrm_failing_note(job, status);
	return status;
}

static int ioctl_respond(struct pvdrm_job *job, int status)
{
	struct pvdrm_plan *plan = &job->plan;
	int ret;

	ret = pvdrm_pack_response(plan, job->buf, status, &user_mem);
	ret = ret ?: pvdrm_back_data_write(job->link, job->req.data_off,
					   job->buf, plan->rsp_len);
	ret = ret ?: pvdrm_fds_export(job);
	if (!ret)
		job->rsp.rsp_len = plan->rsp_len;
	return ret ?: status;
}

/* From the private copy to the process's memory, to the driver, and back */
static int ioctl_carry(struct pvdrm_job *job)
{
	int ret;

	ret = pvdrm_unpack_request(&job->plan, job->buf, job->arena,
				   job->link->server->bad, &user_mem);
	ret = ret ?: pvdrm_held_begin(job);
	if (ret)
		return ret;
	ret = pvdrm_buffers_begin(job);
	if (ret) {
		pvdrm_held_end(job, ret);
		return ret;
	}
	pvdrm_hangs_begin(job);
	ret = pvdrm_pace_begin(job);
	pvdrm_submission_begin(job);
	ret = pvdrm_buffers_end(job, ret ?: ioctl_call(job));
	pvdrm_held_end(job, ret);
	pvdrm_hangs_end(job, ret);
	if (ret >= 0)
		pvdrm_submission_done(job);
	pvdrm_submission_end(job);
	pvdrm_pace_end(job);
	return ioctl_respond(job, ret);
}

/* The driver might wait for the fence. */
static bool reads_fence(const struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN) &&
		    plan->fixups[i].wire != XENDRM_FENCE_SIGNALED)
			return true;
	return false;
}

static int ioctl_run(struct pvdrm_job *job)
{
	int ret;

	if (job->desc->flags & XENDRM_IOCTL_MAY_BLOCK && !is_ordered(job))
		pvdrm_job_may_block(job);
	ret = ioctl_parse(job);
	if (ret)
		return ret;
	/* It might wait for what another request would bring. */
	if (is_ordered(job) && (job->plan.must_wait || reads_fence(&job->plan)))
		return -EINVAL;
	ret = pvdrm_fds_import(job);
	if (!ret)
		ret = ioctl_carry(job);
	pvdrm_fds_close(job);
	return ret;
}

/* Its fence is one that the guest has named. */
static int ioctl_run_named(struct pvdrm_job *job)
{
	int ret = pvdrm_fence_reserve(job);

	if (ret)
		return ret;
	ret = ioctl_run(job);
	pvdrm_fence_settle(job, ret);
	return ret;
}

/* Only submissions are ordered, and only an ordered ioctl names its fence. */
static bool order_is_wrong(const struct pvdrm_job *job)
{
	if (!is_ordered(job))
		return job->req.u.ioctl.fence;
	return !(job->desc->flags & XENDRM_IOCTL_SUBMITS);
}

static int run_ioctl(struct pvdrm_job *job)
{
	u32 cmd = job->req.u.ioctl.cmd;
	struct pvdrm_back *back = job->link->back;
	u32 unknown = ~XENDRM_CALL_FLAGS;
	int ret;

	if (!job->link->feature_submit)
		unknown |= XENDRM_CALL_ORDERED;
	if (job->req.u.ioctl.flags & unknown)
		return -EINVAL;
	job->desc = pvdrm_table_find(&job->link->server->node.table, cmd);
	if (!job->desc || job->desc->flags & XENDRM_IOCTL_LOCAL) {
		pvdrm_count(back, refused_ioctls);
		atomic_inc(&back->stats.refused[_IOC_NR(cmd)]);
		return _IOC_TYPE(cmd) == DRM_IOCTL_BASE ? -EINVAL : -ENOTTY;
	}
	if (order_is_wrong(job)) {
		pvdrm_violation(job->link, "ioctl %#x: flags %u and fence %#x",
				cmd, job->req.u.ioctl.flags,
				job->req.u.ioctl.fence);
		return -EPROTO;
	}
	job->file = pvdrm_back_file_get(job->link, job->req.file);
	if (!job->file)
		return -EBADF;
	/* The worker's last request has left its own there. */
	pvdrm_plan_reset(&job->plan);
	atomic_inc(&back->stats.ran[_IOC_NR(cmd)]);
	ret = job->req.u.ioctl.fence ? ioctl_run_named(job) : ioctl_run(job);
	if (ret < 0 && is_ordered(job))
		pvdrm_syncobj_signal(job);
	pvdrm_hangs_look(job);
	pvdrm_back_file_put(job->file);
	job->file = NULL;
	return ret;
}

static int run_fault(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	u32 count = req->u.fault.count;
	u32 len;
	int ret;

	if (!count || count > XENDRM_MAX_FAULT_PAGES)
		return -EINVAL;
	if (pvdrm_vram_fault_is_bad(job->link->vram, req))
		return -EINVAL;
	len = count * sizeof(struct xendrm_page);
	if (len > req->rsp_len)
		return -ENOSPC;
	ret = pvdrm_job_need_buf(job, len);
	ret = ret ?: pvdrm_back_map_fault(job, job->buf);
	pvdrm_vram_fault_done(job);
	ret = ret ?: pvdrm_back_data_write(job->link, req->data_off,
					   job->buf, len);
	if (!ret)
		job->rsp.rsp_len = len;
	return ret;
}

static int run_cpu_access(struct pvdrm_job *job)
{
	return wire_status(pvdrm_dmabuf_cpu_access(job));
}

static int run_eventfd(struct pvdrm_job *job)
{
	return wire_status(pvdrm_eventfd_create(job));
}

static int run_get_fence(struct pvdrm_job *job)
{
	return wire_status(pvdrm_implicit_get_fence(job));
}

static int run_add_fence(struct pvdrm_job *job)
{
	return wire_status(pvdrm_implicit_add_fence(job));
}

static bool region_is_bad(const struct pvdrm_link *link,
			  const struct xendrm_request *req)
{
	u32 size = link->data_pages * XENDRM_PAGE_SIZE;
	u32 len = max(req->req_len, req->rsp_len);

	return req->data_off % XENDRM_DATA_UNIT || req->data_off > size ||
	       len > size - req->data_off || len > XENDRM_MAX_MESSAGE;
}

static int run_nop(struct pvdrm_job *job)
{
	return 0;
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
	int (*run)(struct pvdrm_job *job);
	u8 args;	/* bytes used of the union; the rest must be 0 */
	bool may_block;	/* on a lock of the process, or in the driver */
};

static const struct op ops[XENDRM_OP_COUNT] = {
	[XENDRM_OP_NOP]		= { run_nop },
	[XENDRM_OP_GET_TABLE]	= { run_get_table, ARGS_UP_TO(table) },
	[XENDRM_OP_OPEN]	= { pvdrm_back_file_open, .may_block = true },
	[XENDRM_OP_CLOSE]	= { pvdrm_back_file_close, .may_block = true },
	/* The table says whether it may block. */
	[XENDRM_OP_IOCTL]	= { run_ioctl, ARGS_UP_TO(ioctl) },
	[XENDRM_OP_MMAP]	= { pvdrm_back_map_create, ARGS_UP_TO(mmap.flags),
				    true },
	[XENDRM_OP_MUNMAP]	= { pvdrm_back_map_destroy, ARGS_UP_TO(munmap),
				    true },
	[XENDRM_OP_FAULT]	= { run_fault, ARGS_UP_TO(fault), true },
	[XENDRM_OP_RECYCLE]	= { pvdrm_recycle, ARGS_UP_TO(recycle), true },
	[XENDRM_OP_RELEASE]	= { pvdrm_release, ARGS_UP_TO(release) },
	[XENDRM_OP_READ]	= { pvdrm_back_file_read, .may_block = true },
	[XENDRM_OP_FDINFO]	= { pvdrm_back_file_fdinfo, .may_block = true },
	[XENDRM_OP_FORGET]	= { pvdrm_object_forget, ARGS_UP_TO(forget) },
	[XENDRM_OP_CPU_ACCESS]	= { run_cpu_access, ARGS_UP_TO(access), true },
	[XENDRM_OP_EVENTFD]	= { run_eventfd, .may_block = true },
	[XENDRM_OP_MERGE]	= { pvdrm_fence_merge },
	[XENDRM_OP_GET_FENCE]	= { run_get_fence, ARGS_UP_TO(fence) },
	[XENDRM_OP_ADD_FENCE]	= { run_add_fence, ARGS_UP_TO(fence), true },
	[XENDRM_OP_IMPORT]	= { pvdrm_import_create, ARGS_UP_TO(import), true },
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

static void begin_response(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;

	memset(&job->rsp, 0, sizeof(job->rsp));
	job->rsp.op = req->op;
	job->rsp.id = req->id;
	job->rsp.seq = req->seq;
	job->early = false;
}

/* Return: false if that ends the connection. */
static bool accept_request(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	const struct xendrm_request *req = &job->req;

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
 * pvdrm_job_run() - run @job->req, leave the response in @job->rsp
 * @job: of the leading worker, which may have stepped aside afterwards
 *
 * Return: false if there is no response to be sent.
 */
bool pvdrm_job_run(struct pvdrm_job *job)
{
	struct pvdrm_link *link = job->link;
	const struct op *op = find_op(job->req.op);
	const char *fault;

	begin_response(job);
	if (!accept_request(job))
		return false;
	trace_back_request_begin(link, &job->req);
	if (!op) {
		pvdrm_count(link->back, unknown_ops);
		job->rsp.status = -XENDRM_ENOTSUPP;
		return true;
	}
	atomic64_inc(&link->back->stats.ops[op - ops]);
	fault = find_fault(link, &job->req, op->args);
	if (fault) {
		pvdrm_violation(link, "request op %u: %s", job->req.op,
				fault);
		return false;
	}
	if (op->may_block)
		pvdrm_job_may_block(job);
	job->rsp.status = op->run(job);
	return true;
}
