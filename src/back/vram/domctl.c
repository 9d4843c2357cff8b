// SPDX-License-Identifier: GPL-2.0-only
/*
 * domctl.c: what only Xen can do to a domain
 *
 * Xen's control interface is versioned and meant for tools, but what is used
 * here has not changed since Xen 4.14. Xen refuses any version but its own, so
 * the right one is found by trying. A domain without the privilege gets -EPERM.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <xen/interface/sched.h>
#include <xen/interface/xen.h>
#include <asm/xen/hypercall.h>

#include "back/vram/domctl.h"

/* Xen 4.14 to 4.21; others are not trusted to look the same. */
#define FIRST_VERSION		0x13
#define LAST_VERSION		0x17

#define DOMCTL_DESTROY		2
#define DOMCTL_PAUSE		3
#define DOMCTL_UNPAUSE		4
#define DOMCTL_GET_INFO		5
#define DOMCTL_IOMEM_PERMISSION	20
#define DOMCTL_MEMORY_MAPPING	39

/* struct xen_domctl, as far as we need it */
struct domctl {
	u32 cmd;
	u32 version;
	u16 domid;
	u16 pad[3];
	union {
		struct {
			u16 domid;
			u16 pad;
			u32 flags;
		} info;
		struct {
			u64 first_mfn;
			u64 nr_mfns;
			u8 allow;
		} iomem;
		struct {
			u64 first_gfn;
			u64 first_mfn;
			u64 nr_mfns;
			u32 add;
			u32 pad;
		} mapping;
		u8 pad[128];
	} u;
};

static_assert(sizeof(struct domctl) == 144);

/* 0: not found yet. Several threads may find the same one at once. */
static u32 found_version;

static int call(struct domctl *op)
{
	return privcmd_call(__HYPERVISOR_domctl, (unsigned long)op, 0, 0, 0, 0);
}

static int domctl(struct domctl *op, u32 cmd, u32 domid)
{
	u32 version = READ_ONCE(found_version);
	int ret = -EACCES;

	op->cmd = cmd;
	op->domid = domid;
	if (version) {
		op->version = version;
		return call(op);
	}
	for (version = FIRST_VERSION; version <= LAST_VERSION; version++) {
		op->version = version;
		ret = call(op);
		if (ret == -EACCES)
			continue;
		WRITE_ONCE(found_version, version);
		break;
	}
	return ret;
}

/**
 * pvdrm_domctl_flags() - what a domain is
 * @domid: the domain
 * @flags: result, PVDRM_DOMAIN_*
 *
 * Return: 0; -ESRCH: there is none; -EPERM, -EACCES: Xen does not let us ask.
 */
int pvdrm_domctl_flags(u32 domid, u32 *flags)
{
	struct domctl op = {};
	int ret = domctl(&op, DOMCTL_GET_INFO, domid);

	if (ret)
		return ret;
	/* Older versions of Xen answer with the next domain there is. */
	if (op.u.info.domid != domid)
		return -ESRCH;
	*flags = op.u.info.flags;
	return 0;
}

/**
 * pvdrm_domctl_permit() - permit a domain to map frames, or stop permitting it
 * @domid: the domain
 * @mfn: first frame
 * @count: frames
 * @allow: whether it may
 *
 * Mappings that a PV guest already has remain.
 *
 * Return: 0 or -errno.
 */
int pvdrm_domctl_permit(u32 domid, u64 mfn, u64 count, bool allow)
{
	struct domctl op = {
		.u.iomem.first_mfn = mfn,
		.u.iomem.nr_mfns = count,
		.u.iomem.allow = allow,
	};

	return domctl(&op, DOMCTL_IOMEM_PERMISSION, domid);
}

/* Return: frames done, at most @count; or the error of the first. */
static int mapping(u32 domid, u64 gfn, u64 mfn, u32 count, bool add)
{
	struct domctl op = {
		.u.mapping.first_gfn = gfn,
		.u.mapping.first_mfn = mfn,
		.u.mapping.nr_mfns = count,
		.u.mapping.add = add,
	};
	int ret = domctl(&op, DOMCTL_MEMORY_MAPPING, domid);

	/* A long run is done in parts. */
	if (ret > 0)
		return min_t(u32, ret, count);
	return ret ? ret : (int)count;
}

/**
 * pvdrm_domctl_map() - put frames of a device into a guest's physical memory
 * @domid: a guest that is not PV, permitted to have them
 * @gfn: where; nothing may be there
 * @mfn: first frame
 * @count: frames
 * @done: result: the first so many are mapped, even after an error
 *
 * Return: 0 or -errno.
 */
int pvdrm_domctl_map(u32 domid, u64 gfn, u64 mfn, u32 count, u32 *done)
{
	int ret = 0;

	for (*done = 0; *done < count; *done += ret) {
		ret = mapping(domid, gfn + *done, mfn + *done, count - *done,
			      true);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/**
 * pvdrm_domctl_unmap() - take frames out of a guest's physical memory
 * @domid: the guest
 * @gfn: where they are
 * @mfn: first frame
 * @count: frames
 *
 * Afterwards the guest reads ones there, and its writes go nowhere. It is no
 * error if the guest has removed a page itself.
 *
 * Return: 0; or -errno if any may still be there.
 */
int pvdrm_domctl_unmap(u32 domid, u64 gfn, u64 mfn, u32 count)
{
	int ret, failed = 0;
	u32 i = 0;

	while (i < count) {
		ret = mapping(domid, gfn + i, mfn + i, count - i, false);
		if (ret == -ESRCH)
			return 0;
		if (ret < 0 && ret != -EINVAL)
			failed = ret;
		/* The error is about the first frame; go on with the others. */
		i += ret > 0 ? ret : 1;
	}
	return failed;
}

/**
 * pvdrm_domctl_pause() - pause a domain
 * @domid: the domain
 *
 * Afterwards none of its CPUs runs, and their TLBs are flushed.
 *
 * Return: 0: pvdrm_domctl_unpause() is due; or -errno.
 */
int pvdrm_domctl_pause(u32 domid)
{
	struct domctl op = {};

	return domctl(&op, DOMCTL_PAUSE, domid);
}

/**
 * pvdrm_domctl_unpause() - unpause it, unless others have paused it as well
 * @domid: the domain
 *
 * Return: 0 or -errno.
 */
int pvdrm_domctl_unpause(u32 domid)
{
	struct domctl op = {};

	return domctl(&op, DOMCTL_UNPAUSE, domid);
}

/**
 * pvdrm_domain_stop() - crash a domain that keeps pages it must not have
 * @domid: the domain
 *
 * Return: 0 or -errno.
 */
int pvdrm_domain_stop(u32 domid)
{
	struct sched_remote_shutdown arg = {
		.domain_id = domid,
		.reason = SHUTDOWN_crash,
	};

	pr_err_ratelimited("pvdrm-back: stopping domain %u: it keeps pages of the host mapped that go to somebody else\n",
			   domid);
	return HYPERVISOR_sched_op(SCHEDOP_remote_shutdown, &arg);
}

/**
 * pvdrm_domctl_destroy() - destroy a stopped domain that its owner keeps
 * @domid: the domain
 *
 * Takes the time that Xen needs for all of its memory. What its owner has of it
 * elsewhere, in xenstore and in other backends, is left to the owner.
 *
 * Return: 0: no page of this domain is mapped there any more; or -errno.
 */
int pvdrm_domctl_destroy(u32 domid)
{
	struct domctl op = {};
	int ret = domctl(&op, DOMCTL_DESTROY, domid);

	return ret == -ESRCH ? 0 : ret;
}
