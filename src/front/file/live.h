/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h: handles of buffers that are known to exist
 */
#ifndef PVDRM_FRONT_LIVE_H
#define PVDRM_FRONT_LIVE_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "engine.h"
#include "front/file/counts.h"
#include "front/file/queues.h"
#include "front/file/syncs.h"

/**
 * struct pvdrm_live - what is known to exist in a file
 */
struct pvdrm_live {
	/** @lock: mutex: orders closes and uses of the same handle */
	struct mutex lock; /* those that are being sent */
	/**
	 * @handles: has an entry for each buffer; its xa_lock protects the others, too
	 */
	struct xarray handles;
	/** @syncs: syncobjs */
	struct pvdrm_syncs syncs;
	/** @queues: contexts and the like, to which work was given */
	struct pvdrm_queues queues;
	/** @counts: numbers that were given to work */
	struct pvdrm_counts counts;
	/** @mark: of the handles that were last looked at */
	u32 mark;
	/** @closing: ioctls that may close or change anything and run now */
	u32 closing;
	/** @closed: number of those that were waited for and are done */
	u32 closed;
	/** @sent: number of those that nobody waits for and that are on the ring */
	u32 sent;
};

/**
 * struct pvdrm_live_call - what one ioctl does to the handles of its file
 */
struct pvdrm_live_call {
	/** @made: says where the handle is that it creates or imports; or %NULL */
	const struct xendrm_field *made;
	/** @sync_made: likewise of a syncobj */
	const struct xendrm_field *sync_made;
	/** @closed: pvdrm_live.closed at the beginning */
	u32 closed;
	/** @sent: pvdrm_live.sent then */
	u32 sent;
	/** @locked: pvdrm_live.lock was taken */
	bool locked;
	/** @closes: it closes or changes something */
	bool closes;
	/** @one_way: need not be waited for; pvdrm_live.lock is held meanwhile */
	bool one_way;
};

void pvdrm_live_init(struct pvdrm_live *live);
void pvdrm_live_destroy(struct pvdrm_live *live);
int pvdrm_live_before_call(struct pvdrm_live *live,
			   const struct pvdrm_table *table,
			   const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan,
			   struct pvdrm_live_call *call);
void pvdrm_live_after_call(struct pvdrm_live *live,
			   const struct xendrm_ioctl *desc,
			   const struct pvdrm_plan *plan,
			   const struct pvdrm_live_call *call, const u8 *rsp,
			   long ret);
bool pvdrm_live_know(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
		     const struct pvdrm_plan *plan, u64 *number);
void pvdrm_live_submitted(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			  const struct pvdrm_plan *plan);
void pvdrm_live_count_begin(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			    const struct pvdrm_plan *plan,
			    struct pvdrm_counted *counted);
void pvdrm_live_count_end(struct pvdrm_live *live, const struct xendrm_ioctl *desc,
			  const struct pvdrm_plan *plan,
			  const struct pvdrm_counted *counted, const u8 *rsp, bool done);
void pvdrm_live_forget_queues(struct pvdrm_live *live);
bool pvdrm_live_async(void);

#endif /* PVDRM_FRONT_LIVE_H */
