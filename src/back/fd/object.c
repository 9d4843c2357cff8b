// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects: files of the host that a guest holds by an id
 *
 * A driver makes a descriptor, of a dma-buf say, and the guest gets an id for the
 * file behind it. The file stays open here until the guest says that it forgets
 * the id. The same file has the same id, as two descriptors of a program may
 * refer to one file.
 *
 * Races: the guest may forget an id while a response that tells it once more is
 * on its way. So both sides count how often an id was told, and FORGET says how
 * often that was to the guest's knowledge: the object goes when the counts agree.
 * Ids are not used again until all others were, so one that is unknown here was
 * forgotten, or never told.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "back/fd/import.h"
#include "back/fd/object.h"
#include "back/serve/job.h"

/**
 * struct pvdrm_object - a file that a guest holds
 */
struct pvdrm_object {
	/** @id: what the guest calls it */
	u32 id;

	/** @kind: enum xendrm_fd_kind */
	u8 kind;

	/** @uses: how often @id was told, less what was forgotten */
	u32 uses;

	/** @bytes: charged for its memory */
	u64 bytes;

	/** @file: a reference */
	struct file *file;

	/** @owner: what else goes with it; %NULL: nothing */
	struct pvdrm_object_owner *owner;

	/** @node: in pvdrm_objects.files */
	struct hlist_node node;
};

/**
 * pvdrm_objects_init() - prepare a connection's objects
 * @objects: zeroed
 */
void pvdrm_objects_init(struct pvdrm_objects *objects)
{
	mutex_init(&objects->lock);
	xa_init_flags(&objects->ids, XA_FLAGS_ALLOC1);
	hash_init(objects->files);
}

/* The memory may be freed a little later, when the thread goes to user space. */
static void object_free(struct pvdrm_link *link, struct pvdrm_object *object)
{
	struct pvdrm_back *back = link->back;

	if (object->owner)
		object->owner->gone(object->owner);
	fput(object->file);
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_BUFFER_BYTES,
			      object->bytes);
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_OBJECTS, 1);
	pvdrm_uncount(back, objects);
	kfree(object);
}

static struct pvdrm_object *find_file(struct pvdrm_objects *objects,
				      const struct file *file)
{
	struct pvdrm_object *object;

	hash_for_each_possible(objects->files, object, node,
			       (unsigned long)file)
		if (object->file == file)
			return object;
	return NULL;
}

/* Return: a new object that is in the table, or an error. Lock held. */
static struct pvdrm_object *object_create(struct pvdrm_link *link, u8 kind,
					  struct file *file, u64 bytes,
					  struct pvdrm_object_owner *owner)
{
	struct pvdrm_objects *objects = &link->objects;
	struct pvdrm_back *back = link->back;
	struct pvdrm_object *object;
	int ret = -ENOMEM;

	if (objects->nr >= PVDRM_MAX_OBJECTS)
		return ERR_PTR(-EMFILE);
	object = kzalloc(sizeof(*object), GFP_KERNEL_ACCOUNT);
	if (!object)
		return ERR_PTR(-ENOMEM);
	if (pvdrm_limits_short_of_memory() ||
	    !pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_OBJECTS, 1)) {
		pvdrm_count(back, limits_met);
		goto err_free;
	}
	if (!pvdrm_limits_try_charge(&back->limits, PVDRM_LIMIT_BUFFER_BYTES,
				     bytes)) {
		pvdrm_count(back, limits_met);
		goto err_object;
	}
	ret = xa_alloc_cyclic(&objects->ids, &object->id, object, xa_limit_31b,
			      &objects->next, GFP_KERNEL_ACCOUNT);
	if (ret < 0)
		goto err_charge;
	object->kind = kind;
	object->bytes = bytes;
	object->file = get_file(file);
	object->owner = owner;
	if (owner)
		owner->named(owner, object->id);
	hash_add(objects->files, &object->node, (unsigned long)file);
	objects->nr++;
	pvdrm_count(back, objects);
	pvdrm_count(back, objects_made);
	return object;

err_charge:
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_BUFFER_BYTES, bytes);
err_object:
	pvdrm_limits_uncharge(&back->limits, PVDRM_LIMIT_OBJECTS, 1);
err_free:
	kfree(object);
	return ERR_PTR(ret);
}

/**
 * pvdrm_object_add() - have an id for a file, and tell it once more
 * @link: the connection
 * @kind: enum xendrm_fd_kind
 * @file: the file; a reference is taken
 * @bytes: memory that it keeps
 * @owner: of a new file, goes with the object from now on; %NULL: nothing does
 * @id: the id, for the response
 *
 * Return: 0; -EMFILE: too many; -ENOMEM: over max-objects or max-buffer-bytes as
 * well; -ENODEV: the connection is dead.
 */
int pvdrm_object_add(struct pvdrm_link *link, u8 kind, struct file *file,
		     u64 bytes, struct pvdrm_object_owner *owner, u32 *id)
{
	struct pvdrm_objects *objects = &link->objects;
	struct pvdrm_object *object;
	int ret = 0;

	mutex_lock(&objects->lock);
	object = find_file(objects, file);
	if (objects->closed)
		ret = -ENODEV;
	else if (!object)
		object = object_create(link, kind, file, bytes, owner);
	else if (object->uses == U32_MAX)
		ret = -EMFILE;
	if (!ret)
		ret = PTR_ERR_OR_ZERO(object);
	if (!ret) {
		object->uses++;
		*id = object->id;
	}
	mutex_unlock(&objects->lock);
	return ret;
}

/**
 * pvdrm_object_get() - a file by its id
 * @link: the connection
 * @kind: what it has to be
 * @id: from the guest
 *
 * Return: the file with a reference for the caller, or NULL.
 */
struct file *pvdrm_object_get(struct pvdrm_link *link, u8 kind, u32 id)
{
	struct pvdrm_objects *objects = &link->objects;
	struct pvdrm_object *object;
	struct file *file = NULL;

	mutex_lock(&objects->lock);
	object = xa_load(&objects->ids, id);
	if (object && object->kind == kind)
		file = get_file(object->file);
	mutex_unlock(&objects->lock);
	return file;
}

/* Lock held */
static void object_remove(struct pvdrm_objects *objects,
			  struct pvdrm_object *object)
{
	xa_erase(&objects->ids, object->id);
	hash_del(&object->node);
	objects->nr--;
}

/**
 * pvdrm_object_forget() - FORGET
 * @job: the request at hand
 *
 * Return: 0; -EINVAL: the id was not told that often; or as pvdrm_import_forget().
 */
int pvdrm_object_forget(struct pvdrm_job *job)
{
	const struct xendrm_request *req = &job->req;
	struct pvdrm_link *link = job->link;
	struct pvdrm_objects *objects = &link->objects;
	u32 uses = req->u.forget.uses;
	struct pvdrm_object *object;
	bool last = false;

	if (xendrm_is_import(req->u.forget.object))
		return pvdrm_import_forget(job);
	mutex_lock(&objects->lock);
	object = xa_load(&objects->ids, req->u.forget.object);
	if (!object || !uses || uses > object->uses) {
		mutex_unlock(&objects->lock);
		return -EINVAL;
	}
	object->uses -= uses;
	if (!object->uses) {
		object_remove(objects, object);
		last = true;
	}
	mutex_unlock(&objects->lock);
	if (last)
		object_free(link, object);
	return 0;
}

/**
 * pvdrm_objects_reap() - let go of all objects of a dead connection
 * @link: the connection
 */
void pvdrm_objects_reap(struct pvdrm_link *link)
{
	struct pvdrm_objects *objects = &link->objects;
	struct pvdrm_object *object;
	unsigned long id;

	mutex_lock(&objects->lock);
	objects->closed = true;
	xa_for_each(&objects->ids, id, object) {
		object_remove(objects, object);
		object_free(link, object);
	}
	mutex_unlock(&objects->lock);
}
