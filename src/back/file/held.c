// SPDX-License-Identifier: GPL-2.0-only
/*
 * held.c: objects of the host that a guest's files hold
 *
 * Buffers, syncobjs, contexts, address spaces and the like take memory of this
 * domain's kernel that is accounted to nobody. So their number is limited. The
 * tables say which ioctls make and free them. As with bytes (buffers.c), an
 * object is charged before the driver makes it, and ioctls may run in any order,
 * so that the count is never too low. What is left of it goes when the file is
 * closed.
 *
 * Other ioctls take memory that depends on what was done before: entries of
 * address spaces, points of a timeline. Their number cannot be known from
 * outside, so these and the ones above fail while this domain is short of memory.
 *
 * Some drivers say that they have freed an object even if there is none. What they make
 * is remembered by its id, from after the driver has made it until before it frees it. So
 * no more is taken off the count than was added to it. If a guest frees an object before it
 * was told of it, that stays charged until the file is closed.
 */
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/file/held.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/tables/driver.h"

static int read_u32(const struct pvdrm_job *job, u32 off, u32 *value)
{
	u32 len = pvdrm_buffer_len(job->req.u.ioctl.cmd, job->desc->cmd,
				   _IOC_WRITE);

	/* The driver reads zeroes beyond what the program gives. */
	*value = 0;
	if (off >= len)
		return 0;
	len = min_t(u32, len - off, sizeof(*value));
	return copy_from_user(value, (void __user *)(job->arena + off), len) ?
	       -EFAULT : 0;
}

/* What the driver frees is only what it has. */
static int forget_named(const struct pvdrm_job *job,
			const struct pvdrm_object_rule *rule,
			struct pvdrm_holding *holding)
{
	int ret;

	if (!rule->named || !holding->freed)
		return 0;
	ret = read_u32(job, rule->freed_id, &holding->id);
	holding->freed = !ret && xa_erase(&job->file->named, holding->id);
	return ret;
}

static const struct pvdrm_object_rule *named_rule(const struct pvdrm_job *job)
{
	const struct pvdrm_object_rule *rule =
		job->link->server->node.objects[_IOC_NR(job->desc->cmd)];

	return rule && rule->named ? rule : NULL;
}

/* If that fails, the object is never counted as freed. */
static void remember(struct pvdrm_job *job, u32 id)
{
	xa_store(&job->file->named, id, xa_mk_value(1), GFP_KERNEL_ACCOUNT);
}

static void remember_made(struct pvdrm_job *job,
			  const struct pvdrm_object_rule *rule)
{
	u32 id, len = pvdrm_buffer_len(job->req.u.ioctl.cmd, job->desc->cmd,
				       _IOC_READ);

	if (rule->made_id + sizeof(id) <= len &&
	    !copy_from_user(&id, (void __user *)(job->arena + rule->made_id),
			    sizeof(id)))
		remember(job, id);
}

static int apply_rule(const struct pvdrm_job *job,
		      const struct pvdrm_object_rule *rule,
		      struct pvdrm_holding *holding)
{
	int ret;
	u32 op;

	switch (rule->kind) {
	case PVDRM_OBJECT_MAKES:
		holding->made = rule->nr;
		return 0;
	case PVDRM_OBJECT_FREES:
		holding->freed = 1;
		return 0;
	case PVDRM_OBJECT_BY_OP:
		ret = read_u32(job, rule->op, &op);
		if (ret)
			return ret;
		holding->made = (op & rule->mask) == rule->made;
		holding->freed = (op & rule->mask) == rule->freed;
		return forget_named(job, rule, holding);
	default:
		return 0;
	}
}

static void apply_buffer_rule(const struct pvdrm_buffer_rule *rule,
			      struct pvdrm_holding *holding)
{
	switch (rule->kind) {
	case PVDRM_BUFFER_CREATES:
	case PVDRM_BUFFER_CREATES_DUMB:
	case PVDRM_BUFFER_IMPORTS:
		holding->made = 1;
		break;
	case PVDRM_BUFFER_FREES:
		holding->freed = 1;
		break;
	default:
		break;
	}
}

/**
 * pvdrm_held_begin() - before the driver runs an ioctl
 * @job: the IOCTL at hand; its argument is in the arena
 *
 * Return: 0, -ENOMEM if it must not run, or -EFAULT.
 */
int pvdrm_held_begin(struct pvdrm_job *job)
{
	const struct pvdrm_node *node = &job->link->server->node;
	u32 nr = _IOC_NR(job->desc->cmd);
	struct pvdrm_holding *holding = &job->holding;
	struct pvdrm_back *back = job->link->back;
	int ret;

	memset(holding, 0, sizeof(*holding));
	if (node->buffers[nr])
		apply_buffer_rule(node->buffers[nr], holding);
	else if (!node->objects[nr])
		return 0;
	if (node->objects[nr]) {
		ret = apply_rule(job, node->objects[nr], holding);
		if (ret)
			return ret;
	}
	if (!holding->freed && pvdrm_limits_short_of_memory())
		goto refuse;
	if (!holding->made ||
	    pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_OBJECTS,
				    holding->made))
		return 0;
refuse:
	holding->made = 0;
	pvdrm_count(back, limits_met);
	return -ENOMEM;
}

/**
 * pvdrm_held_none_made() - the ioctl makes nothing: it is not run, or finds an object
 *	that was there before
 * @job: the IOCTL at hand
 */
void pvdrm_held_none_made(struct pvdrm_job *job)
{
	if (!job->holding.made)
		return;
	pvdrm_limits_uncharge(&job->link->back->limits, PVDRM_LIMIT_OBJECTS,
			      job->holding.made);
	job->holding.made = 0;
}

/**
 * pvdrm_held_drop() - a file holds fewer objects
 * @pf: the file
 * @nr: so many fewer, or none if it does not hold as many
 */
void pvdrm_held_drop(struct pvdrm_back_file *pf, u32 nr)
{
	int held = atomic_read(&pf->held);

	do {
		nr = min_t(u32, nr, held);
	} while (nr && !atomic_try_cmpxchg(&pf->held, &held, held - nr));
	if (!nr)
		return;
	pvdrm_limits_uncharge(&pf->link->back->limits, PVDRM_LIMIT_OBJECTS, nr);
}

/**
 * pvdrm_held_end() - after the driver has run an ioctl
 * @job: the IOCTL at hand; pvdrm_held_begin() returned 0
 * @status: its result
 */
void pvdrm_held_end(struct pvdrm_job *job, int status)
{
	const struct pvdrm_object_rule *rule = named_rule(job);
	struct pvdrm_holding *holding = &job->holding;

	if (status < 0) {
		pvdrm_held_none_made(job);
		if (rule && holding->freed)
			remember(job, holding->id);
		return;
	}
	if (holding->made)
		atomic_add(holding->made, &job->file->held);
	if (rule && holding->made)
		remember_made(job, rule);
	if (holding->freed)
		pvdrm_held_drop(job->file, holding->freed);
}
