/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h: the pages behind a mapping of the process
 */
#ifndef PVDRM_BACK_FRAME_H
#define PVDRM_BACK_FRAME_H

#include <linux/types.h>

struct page;
struct pvdrm_back_map;

/**
 * struct pvdrm_frame - a page as the host's page tables have it at the moment
 */
struct pvdrm_frame {
	union {
		/** @page: system memory; %NULL: there is none */
		struct page *page;

		/** @mfn: if @vram: the machine's frame, not 0 */
		unsigned long mfn;
	};

	/** @cache: enum xendrm_cache of the host's mapping */
	u8 cache;

	/** @held: @page is referenced, and so has no other use meanwhile */
	bool held;

	/** @dirty: mark @page dirty when it is dropped */
	bool dirty;

	/** @vram: the device's own memory: @mfn instead of @page */
	bool vram;
};

int pvdrm_frames_find(struct pvdrm_back_map *map, u32 first, u32 count,
		      u32 wanted, struct pvdrm_frame *frames);
void pvdrm_frame_drop(struct pvdrm_frame *frame);
void pvdrm_frames_drop(struct pvdrm_frame *frames, u32 count);

#endif /* PVDRM_BACK_FRAME_H */
