// SPDX-License-Identifier: GPL-2.0-only
/*
 * object.c: files of the host's that programs here hold
 *
 * The backend keeps a file of the host's under an id; here is a file of our own
 * for it, which programs share, pass on and close as they like. When the last
 * of them has closed it, the backend is told to forget the id.
 *
 * Races: the backend may tell an id again while that request is on its way. Both
 * sides count how often it was told, and the request says how often we know of,
 * so the backend keeps what it has told meanwhile. And our file may be on its way
 * to release when its id is told again: then there is a second one for the id, and
 * each has its own count.
 *
 * Unlike a fence, what the host made can be forgotten again, so the file is made
 * after the answer, and the ioctl fails if that fails.
 */
#include <linux/file.h>
#include <linux/slab.h>

#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/front.h"

/**
 * pvdrm_object_prepare() - pvdrm_fd_kind.prepare of objects
 * @new: the descriptor in the making
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_object_prepare(struct pvdrm_new_fd *new)
{
	struct pvdrm_object *object = kzalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	object->forget = kzalloc(sizeof(*object->forget), GFP_KERNEL);
	if (!object->forget) {
		kfree(object);
		return -ENOMEM;
	}
	object->front = pvdrm_front_get(new->front);
	object->kind = new->kind;
	mutex_init(&object->pin_lock);
	new->object = object;
	return 0;
}

/**
 * pvdrm_object_free() - free one that stands for nothing
 * @object: in no table
 */
void pvdrm_object_free(struct pvdrm_object *object)
{
	pvdrm_front_put(object->front);
	kfree(object->forget);
	kfree(object);
}

/* Have the backend forget what it told; takes over @object. */
static void forget(struct pvdrm_object *object)
{
	struct pvdrm_post *post = object->forget;

	if (object->uses) {
		object->forget = NULL;
		post->req.op = XENDRM_OP_FORGET;
		post->req.u.forget.object = object->id;
		post->req.u.forget.uses = object->uses;
		pvdrm_front_post(object->front, post);
	}
	pvdrm_object_free(object);
}

/* Lock held. A file for the id that programs still hold, counted once more */
static struct file *find_file(struct pvdrm_front *front, u32 id)
{
	struct pvdrm_object *object = xa_load(&front->objects, id);
	struct file *file;

	if (!object)
		return NULL;
	file = pvdrm_get_file_active(&object->file);
	if (file)
		object->uses++;
	return file;
}

/*
 * Lock held. Return: the id's file, which may be another caller's; then @object
 * has no use any more.
 */
static struct file *add(struct pvdrm_object *object, struct file *file)
{
	struct pvdrm_front *front = object->front;
	struct file *other = find_file(front, object->id);
	int err;

	if (other) {
		object->uses = 0;
		return other;
	}
	err = xa_err(xa_store(&front->objects, object->id, object, GFP_KERNEL));
	if (err)
		return ERR_PTR(err);
	object->file = file;
	return get_file(file);
}

/* @object is the file's from now on: it goes with it. */
static struct file *open_object(struct pvdrm_object *object,
				const struct xendrm_response *rsp)
{
	struct pvdrm_front *front = object->front;
	struct file *own, *file;

	object->id = rsp->object;
	object->uses = 1;
	own = object->kind->open(object, rsp);
	if (IS_ERR(own)) {
		forget(object);
		return own;
	}
	mutex_lock(&front->objects_lock);
	file = add(object, own);
	mutex_unlock(&front->objects_lock);
	fput(own);
	return file;
}

/* Return: the object's kind is not what the backend said before. */
static bool kind_differs(struct pvdrm_front *front, u32 id,
			 const struct pvdrm_fd_kind *kind)
{
	struct pvdrm_object *object = xa_load(&front->objects, id);

	return object && object->kind != kind;
}

/**
 * pvdrm_object_reserve_fd() - reserve a number for a new descriptor
 * @new: the descriptor in the making
 * @rsp: the answer
 *
 * Return: 0 or -EMFILE.
 */
int pvdrm_object_reserve_fd(struct pvdrm_new_fd *new,
			    const struct xendrm_response *rsp)
{
	int flags = rsp->object_flags & XENDRM_OBJECT_CLOEXEC ? O_CLOEXEC : 0;
	int fd = get_unused_fd_flags(flags);

	if (fd < 0)
		return fd;
	new->fd = fd;
	return 0;
}

/**
 * pvdrm_object_bind() - pvdrm_fd_kind.bind of objects
 * @new: the descriptor in the making
 * @rsp: the answer
 *
 * Return: 0; -ENOMEM; -EMFILE; -EPROTO.
 */
int pvdrm_object_bind(struct pvdrm_new_fd *new,
		      const struct xendrm_response *rsp)
{
	struct pvdrm_object *object = new->object;
	struct pvdrm_front *front = new->front;
	struct file *file = NULL;
	bool differs;

	mutex_lock(&front->objects_lock);
	differs = kind_differs(front, rsp->object, new->kind);
	if (!differs)
		file = find_file(front, rsp->object);
	mutex_unlock(&front->objects_lock);
	if (differs) {
		pvdrm_front_fail(front, "an object changed its kind");
		return -EPROTO;
	}
	if (!file) {
		new->object = NULL;
		file = open_object(object, rsp);
	}
	if (IS_ERR(file))
		return PTR_ERR(file);
	new->file = file;
	return pvdrm_object_reserve_fd(new, rsp);
}

/**
 * pvdrm_object_release() - the last program has closed the file
 * @object: the file's; gone afterwards
 *
 * Does not wait.
 */
void pvdrm_object_release(struct pvdrm_object *object)
{
	struct pvdrm_front *front = object->front;

	mutex_lock(&front->objects_lock);
	/* Unless there is a newer one for the id by now */
	if (object->file)
		xa_cmpxchg(&front->objects, object->id, object, NULL,
			   GFP_KERNEL);
	object->file = NULL;
	mutex_unlock(&front->objects_lock);
	forget(object);
}
