/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * map.h: mappings of the guest, and the same mappings in the serving process
 */
#ifndef PVDRM_BACK_MAP_H
#define PVDRM_BACK_MAP_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct file;
struct pvdrm_back;
struct pvdrm_back_file;
struct pvdrm_grant;
struct pvdrm_job;
struct pvdrm_link;
struct pvdrm_lru_chunk;
struct pvdrm_pin;
struct xendrm_page;

/**
 * struct pvdrm_back_map - one mmap of the guest, and the same in the process
 */
struct pvdrm_back_map {
	/** @ref: held by the link's table and by each FAULT */
	struct kref ref;

	/** @id: by which the guest knows it */
	u32 id;

	/** @link: valid while @hooked, and in requests */
	struct pvdrm_link *link;

	/** @back: the device; a reference */
	struct pvdrm_back *back;

	/**
	 * @file: what is mapped; a reference while the process has the mapping
	 */
	struct pvdrm_back_file *file;

	/** @va: its address in the process */
	unsigned long va;

	/** @npages: its length */
	u32 npages;

	/** @write: the guest may write to the pages */
	bool write;

	/** @host_write: the process may; differs only with @pin */
	bool host_write;

	/**
	 * @pin: keeps the memory where it is, for devices of the guest, as long
	 * as the guest has any of it mapped; %NULL: the host may move it
	 */
	struct pvdrm_pin *pin;

	/**
	 * @host_lock: held while @va is used or unmapped; outside of mmap_lock
	 */
	struct mutex host_lock;

	/** @unmapped: @va may be another mapping's by now; under @host_lock */
	bool unmapped;

	/** @vm_file: what the VMA maps; only compared */
	struct file *vm_file;

	/** @notifier: reports changes to the mapping of the process */
	struct mmu_interval_notifier notifier;

	/** @hooked: @notifier is registered */
	bool hooked;

	/** @lock: guards all below, and orders the events about this mapping */
	struct mutex lock;

	/** @dead: serves no more faults */
	bool dead;

	/** @gone: the process has removed the mapping itself */
	bool gone;

	/** @nr_live: live grants, and live pages of VRAM */
	u32 nr_live;

	/** @nr_vram: live pages of VRAM */
	u32 nr_vram;

	/** @nr_stale: stale grants */
	u32 nr_stale;

	/** @zombies: entry in the list of maps with stale grants */
	struct list_head zombies;

	/** @grants: by page */
	struct pvdrm_grant *grants;

	/** @chunks: by page >> PVDRM_LRU_SHIFT */
	struct pvdrm_lru_chunk *chunks;
};

/* map.c */
struct pvdrm_back_map *pvdrm_back_map_alloc(struct pvdrm_link *link,
					    u32 npages);
struct pvdrm_back_map *pvdrm_back_map_get(struct pvdrm_link *link, u32 id);
void pvdrm_back_map_put(struct pvdrm_back_map *map);

/* mmap.c */
int pvdrm_back_map_create(struct pvdrm_job *job);
int pvdrm_back_map_destroy(struct pvdrm_job *job);
int pvdrm_back_map_clear(struct pvdrm_job *job,
			 const struct pvdrm_back_file *pf, u32 id);
void pvdrm_back_maps_detach(struct pvdrm_link *link);
void pvdrm_back_maps_reap(struct pvdrm_link *link, bool in_process);

/* fault.c */
int pvdrm_back_map_fault(struct pvdrm_job *job, struct xendrm_page *pages);

#endif /* PVDRM_BACK_MAP_H */
