/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h: mappings of the guest and the grants behind them
 */
#ifndef PVDRM_BACK_MAP_H
#define PVDRM_BACK_MAP_H

#include "back/bus/back.h"
#include "back/vram/vram.h"

/**
 * struct pvdrm_frame - a page as the host's page tables have it at the moment
 * @page: system memory; NULL: not there
 * @mfn: with @vram: the machine's frame, not 0
 * @cache: enum xendrm_cache of the host's mapping
 * @held: a reference on @page is ours, and keeps it from any other use
 * @dirty: to be marked dirty when it is let go
 * @vram: a device's own memory, with @mfn instead of @page
 */
struct pvdrm_frame {
	union {
		struct page *page;
		unsigned long mfn;
	};
	u8 cache;
	bool held;
	bool dirty;
	bool vram;
};

/**
 * struct pvdrm_grant - a page the guest may map
 * @frame: the page; its reference is ours
 * @ref: the grant reference
 * @guest_frame: for a device's memory, instead: the frame the guest has it at;
 *		 PV: the machine address of the page table entry
 * @live: the guest may map it
 * @stale: the guest still maps it, though it may not any more
 */
struct pvdrm_grant {
	struct pvdrm_frame frame;
	union {
		grant_ref_t ref;
		u64 guest_frame;
	};
	bool live;
	bool stale;
};

/**
 * struct pvdrm_back_map - one mmap of the guest, and the same in the process
 * @ref: the link's table and each FAULT hold one
 * @id: its name on the wire
 * @link: valid while @hooked, and in requests
 * @file: mapped; a reference, while the process has the mapping
 * @back: the device; a reference
 * @va: its address in the process
 * @npages: its length
 * @write: the pages may be written to
 * @host_lock: @va is used as memory, or unmapped; outside of mmap_lock
 * @unmapped: @va is somebody else's now; under @host_lock
 * @vm_file: what the VMA maps; only compared
 * @notifier: tells of changes in [va, va + npages)
 * @hooked: the notifier is in place
 * @lock: what follows, and the order of events of this map
 * @dead: serves no more faults
 * @gone: the process's mapping was removed, by itself
 * @nr_live: live grants, and live pages of a device's memory
 * @nr_vram: the latter
 * @nr_stale: stale grants
 * @zombies: in the list of maps with stale grants
 * @grants: by page
 * @chunks: by page >> PVDRM_LRU_SHIFT
 */
struct pvdrm_back_map {
	struct kref ref;
	u32 id;
	struct pvdrm_link *link;
	struct pvdrm_back_file *file;
	struct pvdrm_back *back;
	unsigned long va;
	u32 npages;
	bool write;
	struct mutex host_lock;		/* unmapped */
	bool unmapped;
	struct file *vm_file;
	struct mmu_interval_notifier notifier;
	bool hooked;
	struct mutex lock;		/* grants, and events about them */
	bool dead;
	bool gone;
	u32 nr_live;
	u32 nr_vram;
	u32 nr_stale;
	struct list_head zombies;
	struct pvdrm_grant *grants;
	struct pvdrm_lru_chunk *chunks;
};

/* map.c: a mapping's life */
struct pvdrm_back_map *pvdrm_back_map_get(struct pvdrm_link *link, u32 id);
void pvdrm_back_map_put(struct pvdrm_back_map *map);
int pvdrm_back_map_create(struct pvdrm_worker *worker,
			  const struct xendrm_request *req, u32 *id);
int pvdrm_back_map_destroy(struct pvdrm_worker *worker, u32 id);
int pvdrm_back_map_clear(struct pvdrm_worker *worker,
			 const struct pvdrm_back_file *pf, u32 id);
void pvdrm_back_maps_detach(struct pvdrm_link *link);
void pvdrm_back_maps_reap(struct pvdrm_link *link, bool in_process);

/* fault.c: pages to the guest, and back */
extern const struct mmu_interval_notifier_ops pvdrm_back_map_notifier_ops;
int pvdrm_back_map_fault(struct pvdrm_worker *worker,
			 const struct xendrm_request *req,
			 struct xendrm_page *pages, u32 *inval_seq);
void pvdrm_back_maps_revoke(struct pvdrm_link *link);

/* frame.c */
int pvdrm_frames_find(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames);
void pvdrm_frame_drop(struct pvdrm_frame *frame);
void pvdrm_frames_drop(struct pvdrm_frame *frames, u32 count);

/* grant.c */
int pvdrm_grants_make(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames,
		      struct xendrm_page *pages);
u32 pvdrm_grants_end(struct pvdrm_back_map *map, u32 first, u32 count);
void pvdrm_grants_force(struct pvdrm_back_map *map, u32 first, u32 count);
int pvdrm_guest_stop(u32 domid);
void pvdrm_zombies_exit(void);

#endif /* PVDRM_BACK_MAP_H */
