// SPDX-License-Identifier: GPL-2.0-only
/*
 * syncobj.c: descriptors of the host's syncobjs
 *
 * All that a program can do with one is pass it on and import it, so the file here
 * has no operations.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "front/fd/fd.h"
#include "front/front.h"

static int syncobj_release(struct inode *inode, struct file *file)
{
	pvdrm_object_release(file->private_data);
	return 0;
}

static const struct file_operations syncobj_fops = {
	.owner = THIS_MODULE,
	.release = syncobj_release,
};

static int find_id(struct pvdrm_front *front, const struct file *file, u32 *id)
{
	const struct pvdrm_object *object = file->private_data;

	if (file->f_op != &syncobj_fops) {
		*id = XENDRM_FD_WRONG;
		return 0;
	}
	if (object->front != front)
		return READ_ONCE(object->front->dead) ? -ENODEV : -EOPNOTSUPP;
	*id = object->id;
	return 0;
}

static int syncobj_identify(struct pvdrm_front *front, const struct file *user,
			    int fd, u32 *id)
{
	struct file *file = fget(fd);
	int err;

	*id = XENDRM_FD_BAD;
	if (!file)
		return 0;
	err = find_id(front, file, id);
	fput(file);
	return err;
}

static struct file *syncobj_open(struct pvdrm_object *object,
				 const struct xendrm_response *rsp)
{
	/* As the host's own are called, for those who look at /proc */
	return anon_inode_getfile("syncobj_file", &syncobj_fops, object, 0);
}

const struct pvdrm_fd_kind pvdrm_fd_syncobj = {
	.identify = syncobj_identify,
	.prepare = pvdrm_object_prepare,
	.bind = pvdrm_object_bind,
	.open = syncobj_open,
};
