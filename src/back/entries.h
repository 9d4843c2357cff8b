/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * entries.h: page table entries of a PV guest that we write and clear
 */
#ifndef PVDRM_BACK_ENTRIES_H
#define PVDRM_BACK_ENTRIES_H

#include <linux/errno.h>
#include <linux/types.h>

struct pvdrm_entries;

#ifdef CONFIG_XEN_PV
bool pvdrm_entries_possible(void);
struct pvdrm_entries *pvdrm_entries_create(u32 domid);
void pvdrm_entries_destroy(struct pvdrm_entries *entries);

/* Between these two the guest stands still. */
int pvdrm_entries_begin(struct pvdrm_entries *entries);
void pvdrm_entries_end(struct pvdrm_entries *entries);

void pvdrm_entries_add(struct pvdrm_entries *entries, u64 at, u64 mfn,
		       bool uncached, bool write);
u16 *pvdrm_entries_index(struct pvdrm_entries *entries);
bool pvdrm_entries_commit(struct pvdrm_entries *entries);
bool pvdrm_entries_added(const struct pvdrm_entries *entries, u32 n);
bool pvdrm_entries_remove(struct pvdrm_entries *entries, u64 at, u64 mfn);
#else
/* A kernel that can be no PV domain: what follows is never called. */
static inline bool pvdrm_entries_possible(void)
{
	return false;
}

static inline struct pvdrm_entries *pvdrm_entries_create(u32 domid)
{
	return NULL;
}

static inline void pvdrm_entries_destroy(struct pvdrm_entries *entries)
{
}

static inline int pvdrm_entries_begin(struct pvdrm_entries *entries)
{
	return -ENXIO;
}

static inline void pvdrm_entries_end(struct pvdrm_entries *entries)
{
}

static inline void pvdrm_entries_add(struct pvdrm_entries *entries, u64 at,
				     u64 mfn, bool uncached, bool write)
{
}

static inline u16 *pvdrm_entries_index(struct pvdrm_entries *entries)
{
	return NULL;
}

static inline bool pvdrm_entries_commit(struct pvdrm_entries *entries)
{
	return false;
}

static inline bool pvdrm_entries_added(const struct pvdrm_entries *entries,
				       u32 n)
{
	return false;
}

static inline bool pvdrm_entries_remove(struct pvdrm_entries *entries, u64 at,
					u64 mfn)
{
	return false;
}
#endif

#endif /* PVDRM_BACK_ENTRIES_H */
