// SPDX-License-Identifier: GPL-2.0-only
/*
 * hangs.c: which guest's work has hung the GPU
 *
 * Drivers tell a program whether a context of its own has hung the GPU, so that it
 * makes a new one; what others lost by the same reset is told apart. A guest may not
 * ask, so the driver is asked here, by the rule of its table: about the contexts that
 * a file has used from time to time, when the guest frees one, and when the file
 * goes. A context that is freed before the driver has noticed that it hangs is missed.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/file/file.h"
#include "back/file/hangs.h"
#include "back/serve/job.h"
#include "back/serve/server.h"
#include "back/tables/driver.h"

/* While a file is used; and how many contexts are asked about then */
#define LOOK_AGAIN	HZ
#define MOST_AT_ONCE	64

static bool ask_hangs = true;
module_param(ask_hangs, bool, 0444);
MODULE_PARM_DESC(ask_hangs,
		 "Ask drivers which contexts have hung the GPU, to count the hangs of each guest (default: Y)");

/* %NULL: the driver cannot be asked, or is not to be. */
static const struct pvdrm_hang_rule *rule_of(const struct pvdrm_back_file *pf)
{
	return ask_hangs ? pf->link->server->node.hangs : NULL;
}

/*
 * @memory: of the process, PVDRM_BUFFER_ARG bytes. An answer that is higher than the
 * last one says that the context has hung the GPU since. Return: 0 or -errno.
 */
static int ask(const struct pvdrm_back_file *pf, unsigned long memory, u32 id,
	       u32 *answer)
{
	const struct pvdrm_hang_rule *rule = rule_of(pf);
	u8 arg[PVDRM_BUFFER_ARG] = { 0 };
	long ret;

	memcpy(arg + rule->op, &rule->value, sizeof(rule->value));
	memcpy(arg + rule->id, &id, sizeof(id));
	if (copy_to_user((void __user *)memory, arg, sizeof(arg)))
		return -EFAULT;
	ret = pf->file->f_op->unlocked_ioctl(pf->file, rule->ask, memory);
	if (rule->error) {
		*answer = ret == -rule->error;
		return 0;
	}
	if (ret < 0)
		return ret;
	if (copy_from_user(answer, (void __user *)(memory + rule->answer),
			   sizeof(*answer)))
		return -EFAULT;
	*answer &= rule->mask;
	return 0;
}

static void found(struct pvdrm_back *back)
{
	u64 most = pvdrm_limits_max(&back->limits, PVDRM_LIMIT_HANGS);
	u64 hangs = atomic64_inc_return(pvdrm_counter(back, hangs));

	pvdrm_limits_set(&back->limits, PVDRM_LIMIT_HANGS, hangs);
	pr_warn_ratelimited("pvdrm-back: domain %u, device %u has hung the GPU, %llu times so far\n",
			    back->domid, back->devid, hangs);
	if (most && hangs >= most)
		pvdrm_back_fail(back, -EIO,
				"it has hung the GPU %llu times, and %s is %llu",
				hangs, XENDRM_KEY_BAN_AFTER, most);
}

static void look_at(struct pvdrm_back_file *pf, unsigned long memory, u32 id)
{
	struct xarray *contexts = &pf->hangs.contexts;
	void *old = xa_load(contexts, id);
	u32 answer;

	if (!old || ask(pf, memory, id, &answer) ||
	    answer <= xa_to_value(old))
		return;
	/* Another thread may have seen the same. */
	if (xa_cmpxchg(contexts, id, old, xa_mk_value(answer),
		       GFP_KERNEL_ACCOUNT) == old)
		found(pf->link->back);
}

/**
 * pvdrm_hangs_init() - a file is open
 * @hangs: of the file
 */
void pvdrm_hangs_init(struct pvdrm_hangs *hangs)
{
	xa_init(&hangs->contexts);
	hangs->looked = jiffies;
}

static bool is_nr(const struct pvdrm_job *job, u32 cmd)
{
	return _IOC_NR(job->desc->cmd) == _IOC_NR(cmd);
}

/* The driver reads zeroes beyond what the program gives. */
static u32 id_at(const struct pvdrm_job *job, const u8 *arg, u32 offset)
{
	u32 id = 0;

	if (offset + sizeof(id) <= _IOC_SIZE(job->req.u.ioctl.cmd))
		memcpy(&id, arg + offset, sizeof(id));
	return id;
}

static bool ends_context(const struct pvdrm_job *job,
			 const struct pvdrm_hang_rule *rule)
{
	return job->holding.freed && is_nr(job, rule->free);
}

/* The arena is needed to ask, and has the argument again afterwards. */
static void begin_ending(struct pvdrm_job *job, const u8 *arg, u32 id)
{
	struct pvdrm_context *context = &job->context;

	look_at(job->file, job->arena, id);
	/* Its number may be another one's before the ioctl returns. */
	context->entry = xa_erase(&job->file->hangs.contexts, id);
	context->id = id;
	/* If that fails, the driver cannot read its argument, either. */
	if (copy_to_user((void __user *)job->arena, arg, PVDRM_BUFFER_ARG))
		return;
}

/**
 * pvdrm_hangs_begin() - before the driver runs an ioctl
 * @job: the IOCTL at hand, after pvdrm_held_begin(); its argument is in the arena
 */
void pvdrm_hangs_begin(struct pvdrm_job *job)
{
	const struct pvdrm_hang_rule *rule = rule_of(job->file);
	struct pvdrm_context *context = &job->context;
	u8 arg[PVDRM_BUFFER_ARG];
	bool ends, submits;

	memset(context, 0, sizeof(*context));
	if (!rule)
		return;
	submits = is_nr(job, rule->submit);
	ends = ends_context(job, rule);
	if ((!submits && !ends) || job->arena_size < sizeof(arg) ||
	    copy_from_user(arg, (void __user *)job->arena, sizeof(arg)))
		return;
	if (submits)
		context->id = id_at(job, arg, rule->used);
	else
		begin_ending(job, arg, id_at(job, arg, rule->freed));
}

/**
 * pvdrm_hangs_end() - after the driver has run an ioctl
 * @job: the IOCTL at hand, after pvdrm_hangs_begin()
 * @status: what the driver returned
 */
void pvdrm_hangs_end(struct pvdrm_job *job, int status)
{
	const struct pvdrm_hang_rule *rule = rule_of(job->file);
	struct xarray *contexts = &job->file->hangs.contexts;
	const struct pvdrm_context *context = &job->context;

	if (!rule)
		return;
	if (status < 0 && context->entry)
		xa_store(contexts, context->id, context->entry,
			 GFP_KERNEL_ACCOUNT);
	else if (status >= 0 && is_nr(job, rule->submit) &&
		 !xa_load(contexts, context->id))
		xa_store(contexts, context->id, xa_mk_value(0),
			 GFP_KERNEL_ACCOUNT);
}

/**
 * pvdrm_hangs_look() - ask the driver about contexts, unless that was done just now
 * @job: the IOCTL at hand, which is done
 */
void pvdrm_hangs_look(struct pvdrm_job *job)
{
	struct pvdrm_hangs *hangs = &job->file->hangs;
	unsigned long id;
	int left = MOST_AT_ONCE;
	void *entry;

	if (xa_empty(&hangs->contexts) ||
	    time_before(jiffies, READ_ONCE(hangs->looked) + LOOK_AGAIN))
		return;
	WRITE_ONCE(hangs->looked, jiffies);
	/* Drivers have locks that they hold while they wait for the GPU. */
	pvdrm_job_may_block(job);
	if (pvdrm_job_need_arena(job, PVDRM_BUFFER_ARG))
		return;
	xa_for_each_start(&hangs->contexts, id, entry, READ_ONCE(hangs->next)) {
		if (!left--)
			break;
		look_at(job->file, job->arena, id);
	}
	WRITE_ONCE(hangs->next, left < 0 ? id : 0);
}

static void look_at_all(struct pvdrm_back_file *pf)
{
	unsigned long id, page;
	void *entry;

	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(page))
		return;
	xa_for_each(&pf->hangs.contexts, id, entry) {
		look_at(pf, page, id);
		cond_resched();
	}
	vm_munmap(page, PAGE_SIZE);
}

/**
 * pvdrm_hangs_finish() - the guest has closed a file, or has gone
 * @pf: the file; ioctls of it may still run
 * @in_process: the caller is a thread of the process
 */
void pvdrm_hangs_finish(struct pvdrm_back_file *pf, bool in_process)
{
	if (in_process && !xa_empty(&pf->hangs.contexts))
		look_at_all(pf);
}
