/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl.h: what only Xen can do to a domain
 */
#ifndef PVDRM_BACK_DOMCTL_H
#define PVDRM_BACK_DOMCTL_H

#include <linux/bits.h>
#include <linux/types.h>

/* Of pvdrm_domctl_flags() */
#define PVDRM_DOMAIN_DYING	BIT(0)
#define PVDRM_DOMAIN_HVM	BIT(1)	/* PVH as well */
#define PVDRM_DOMAIN_SHUTDOWN	BIT(2)

int pvdrm_domctl_flags(u32 domid, u32 *flags);
int pvdrm_domctl_permit(u32 domid, u64 mfn, u64 count, bool allow);
int pvdrm_domctl_map(u32 domid, u64 gfn, u64 mfn, u32 count, u32 *done);
int pvdrm_domctl_unmap(u32 domid, u64 gfn, u64 mfn, u32 count);
int pvdrm_domctl_pause(u32 domid);
int pvdrm_domctl_unpause(u32 domid);
int pvdrm_domain_stop(u32 domid);
int pvdrm_domctl_destroy(u32 domid);

#endif /* PVDRM_BACK_DOMCTL_H */
