/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * object.h: files of the host that a guest holds by an id
 */
#ifndef PVDRM_BACK_OBJECT_H
#define PVDRM_BACK_OBJECT_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

struct file;
struct pvdrm_link;
struct pvdrm_job;

/* Each pins a file of the host, in kernel memory */
#define PVDRM_MAX_OBJECTS	16384u

/**
 * struct pvdrm_object_owner - what else goes with an object
 */
struct pvdrm_object_owner {
	/** @named: the object has this id, which nobody knows yet */
	void (*named)(struct pvdrm_object_owner *owner, u32 id);

	/** @gone: the object is in no table any more; may sleep */
	void (*gone)(struct pvdrm_object_owner *owner);
};

/**
 * struct pvdrm_objects - the objects of one connection
 */
struct pvdrm_objects {
	struct mutex lock;		/* protects all below; takes no other */
	struct xarray ids;		/* struct pvdrm_object by id */
	DECLARE_HASHTABLE(files, 8);	/* the same by file */
	u32 next;			/* where the next id is looked for */
	u32 nr;
	bool closed;			/* takes no more objects */
};

void pvdrm_objects_init(struct pvdrm_objects *objects);
void pvdrm_objects_reap(struct pvdrm_link *link);
int pvdrm_object_add(struct pvdrm_link *link, u8 kind, struct file *file,
		     u64 bytes, struct pvdrm_object_owner *owner, u32 *id);
struct file *pvdrm_object_get(struct pvdrm_link *link, u8 kind, u32 id);
int pvdrm_object_forget(struct pvdrm_job *job);

#endif /* PVDRM_BACK_OBJECT_H */
