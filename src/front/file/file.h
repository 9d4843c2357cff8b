/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * file.h: an open file of the device
 */
#ifndef PVDRM_FRONT_FILE_H
#define PVDRM_FRONT_FILE_H

#include <linux/types.h>
#include <linux/wait.h>

#include "front/file/live.h"
#include "front/file/submit.h"

struct drm_device;
struct drm_file;
struct file;
struct pvdrm_cache;
struct pvdrm_post;

/**
 * struct pvdrm_front_file - an open file
 *
 * Found by @id in pvdrm_front.files, whose lock protects @told and @empty.
 */
struct pvdrm_front_file {
	/** @id: the backend's */
	u32 id;
	/** @cache: its buffers that can be cached */
	struct pvdrm_cache *cache;
	/** @live: its buffers that are known to exist */
	struct pvdrm_live live;
	/** @submits: its submissions */
	struct pvdrm_submits submits;
	/** @close: the request that closes it, allocated ahead */
	struct pvdrm_post *close;
	/** @wait: where programs wait for its DRM events */
	wait_queue_head_t wait;
	/** @watched: the backend tells of DRM events, or knows none */
	bool watched;
	/** @told: number of the last time when it told that there are some */
	u32 told;
	/** @empty: number of the last such time that is out of date */
	u32 empty;
};

int pvdrm_front_file_open(struct drm_device *drm, struct drm_file *drm_file);
void pvdrm_front_file_postclose(struct drm_device *drm,
				struct drm_file *drm_file);
struct pvdrm_front_file *pvdrm_front_file_of(struct file *fp);
u32 pvdrm_front_file_id(struct file *fp);
struct pvdrm_cache *pvdrm_front_file_cache(struct file *fp);

#endif /* PVDRM_FRONT_FILE_H */
