// SPDX-License-Identifier: GPL-2.0-only
/*
 * fd.c: the descriptors of an ioctl, of whatever kind
 */
#include <linux/dma-fence.h>
#include <linux/file.h>

#include "front/call/ring.h"
#include "front/fd/fd.h"
#include "front/front.h"

static const struct pvdrm_fd_kind * const kinds[] = {
	[XENDRM_FD_DMABUF] = &pvdrm_fd_dmabuf,
	[XENDRM_FD_SYNC_FILE] = &pvdrm_fd_fence,
	[XENDRM_FD_SYNCOBJ] = &pvdrm_fd_syncobj,
	[XENDRM_FD_EVENTFD] = &pvdrm_fd_eventfd,
};

static const struct pvdrm_fd_kind *find_kind(const struct pvdrm_front *front,
					     u8 kind)
{
	if (kind >= ARRAY_SIZE(kinds))
		return NULL;
	if (kind != XENDRM_FD_SYNC_FILE && !front->feature_objects)
		return NULL;
	return kinds[kind];
}

static int pack_one(struct pvdrm_front *front, const struct file *user,
		    struct pvdrm_plan *plan, struct pvdrm_fixup *fixup)
{
	const struct pvdrm_fd_kind *kind = find_kind(front, fixup->fd_kind);
	u32 id;
	int err;

	if (!kind)
		return -EOPNOTSUPP;
	err = kind->identify(front, user, (s32)fixup->here, &id);
	if (!err)
		pvdrm_pack_fd(plan, fixup, id);
	return err;
}

/**
 * pvdrm_fds_pack() - put ids for the program's descriptors into a request
 * @front: the connection
 * @user: the ioctl's file
 * @plan: its request is packed but for these
 *
 * May wait for fences that the host does not know. pvdrm_fds_release() is due either
 * way.
 *
 * Return: 0; -EOPNOTSUPP: one cannot cross; -ENODEV; -ERESTARTSYS.
 */
int pvdrm_fds_pack(struct pvdrm_front *front, const struct file *user,
		   struct pvdrm_plan *plan)
{
	int err = 0;
	u32 i;

	for (i = 0; i < plan->nr_fixups && !err; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN))
			err = pack_one(front, user, plan, &plan->fixups[i]);
	return err;
}

static void release_one(struct pvdrm_front *front, struct pvdrm_fixup *fixup)
{
	const struct pvdrm_fd_kind *kind = find_kind(front, fixup->fd_kind);

	if (kind && kind->release && xendrm_is_import(fixup->wire))
		kind->release(front, fixup->wire);
}

/**
 * pvdrm_fds_release() - the ioctl is done with what its descriptors stand for
 * @front: the connection
 * @plan: of its request
 */
void pvdrm_fds_release(struct pvdrm_front *front, struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (pvdrm_fixup_fd(&plan->fixups[i], XENDRM_FIELD_IN))
			release_one(front, &plan->fixups[i]);
}

/**
 * pvdrm_new_fd_prepare() - before a request that may make a descriptor
 * @new: filled in; pvdrm_new_fd_finish() is due either way
 * @front: the connection
 * @kind: enum xendrm_fd_kind; 0: it makes none
 *
 * Return: 0; -EOPNOTSUPP; -ENOMEM; -EMFILE; -ENFILE.
 */
int pvdrm_new_fd_prepare(struct pvdrm_new_fd *new, struct pvdrm_front *front,
			 u8 kind)
{
	memset(new, 0, sizeof(*new));
	new->fd = -1;
	new->front = front;
	if (!kind)
		return 0;
	new->kind = find_kind(front, kind);
	if (!new->kind || !new->kind->prepare)
		return -EOPNOTSUPP;
	return new->kind->prepare(new);
}

/**
 * pvdrm_new_fd_bind() - have the new descriptor stand for what the host made
 * @new: prepared
 * @rsp: the answer
 * @plan: is told of the descriptor if there is one
 *
 * Return: 0; -errno; -EPROTO: the backend broke a rule, and is told.
 */
int pvdrm_new_fd_bind(struct pvdrm_new_fd *new,
		      const struct xendrm_response *rsp,
		      struct pvdrm_plan *plan)
{
	bool wants_object;
	int err;

	if (!rsp->fence && !rsp->fence_status && !rsp->object)
		return 0;
	wants_object = new->kind && new->kind != &pvdrm_fd_fence;
	if (!new->kind || !!rsp->object != wants_object) {
		pvdrm_front_fail(new->front,
				 "ioctl answered with a descriptor that was not asked for");
		return -EPROTO;
	}
	if (xendrm_is_import(rsp->object) && !new->kind->release) {
		pvdrm_front_fail(new->front,
				 "ioctl answered with an object that cannot be");
		return -EPROTO;
	}
	err = new->kind->bind(new, rsp);
	if (!err)
		plan->new_fd = new->fd;
	return err;
}

/**
 * pvdrm_new_fd_finish() - give the descriptor to the program, or drop it
 * @new: from pvdrm_new_fd_prepare(), whatever that returned
 * @install: the program has been told its number
 */
void pvdrm_new_fd_finish(struct pvdrm_new_fd *new, bool install)
{
	if (install) {
		fd_install(new->fd, new->file);
	} else {
		if (new->fd >= 0)
			put_unused_fd(new->fd);
		if (new->file)
			fput(new->file);
	}
	dma_fence_put(new->fence);
	if (new->object)
		pvdrm_object_free(new->object);
}
