// SPDX-License-Identifier: GPL-2.0-only
/*
 * server.c: bind a process and its DRM node to a guest's device
 */
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <drm/drm.h>

#include "back/bus/back.h"
#include "back/bus/teardown.h"
#include "back/bus/xenbus.h"
#include "back/file/file.h"
#include "back/serve/isolation.h"
#include "back/gpu/submission.h"
#include "back/serve/server.h"
#include "back/serve/worker.h"
#include "back/tables/driver.h"
#include "pvdrm_back.h"

#define DRM_CHAR_MAJOR	226

/* What DRM_IOCTL_VERSION writes to, in the memory of the process */
struct version_page {
	struct drm_version v;
	char name[32];
	char date[32];
	char desc[128];
};

struct pvdrm_server *pvdrm_server_create(void)
{
	struct pvdrm_server *server = kzalloc(sizeof(*server), GFP_KERNEL);

	if (!server)
		return NULL;
	mutex_init(&server->bind_lock);
	spin_lock_init(&server->lock);
	INIT_LIST_HEAD(&server->dead_links);
	INIT_LIST_HEAD(&server->closed_files);
	INIT_LIST_HEAD(&server->idle);
	INIT_LIST_HEAD(&server->workers);
	init_waitqueue_head(&server->leader_wait);
	init_waitqueue_head(&server->event_wait);
	pvdrm_stock_init(&server->stock, &server->event_wait);
	return server;
}

static void node_release(struct pvdrm_node *node)
{
	kvfree(node->image);
	node->image = NULL;
	pvdrm_gpu_put(node->gpu);
	node->gpu = NULL;
	if (node->file)
		fput(node->file);
	node->file = NULL;
}

/**
 * pvdrm_server_destroy() - the process has closed its file, or died
 * @server: no thread is in SERVE, BIND or NEXT any more
 */
void pvdrm_server_destroy(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker, *next;

	if (server->back) {
		pvdrm_back_detach(server->back);
		pvdrm_link_reap_all(server);
		pvdrm_back_files_finish(server, NULL);
		list_for_each_entry_safe(worker, next, &server->workers, all) {
			pvdrm_uncount(server->back, threads);
			pvdrm_worker_free(worker);
		}
		pvdrm_gpu_leave(server->node.gpu, &server->back->gpu);
		pvdrm_back_put(server->back);
	}
	pvdrm_stock_free(&server->stock);
	node_release(&server->node);
	if (server->mm)
		mmdrop(server->mm);
	kfree(server);
}

static bool is_drm_node(struct file *file)
{
	const struct inode *inode = file_inode(file);

	return S_ISCHR(inode->i_mode) && imajor(inode) == DRM_CHAR_MAJOR &&
	       file->f_op->unlocked_ioctl;
}

/* For xenstore and the guest's user space: plain text only */
static void copy_text(char *dst, const char *src, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && src[i]; i++)
		dst[i] = isascii(src[i]) && isprint(src[i]) ? src[i] : '?';
	dst[i] = '\0';
}

static int ask_version(struct pvdrm_node *node, struct version_page *page,
		       struct version_page __user *there)
{
	unsigned long arg = (unsigned long)&there->v;
	long ret;

	page->v.name = there->name;
	page->v.name_len = sizeof(page->name) - 1;
	page->v.date = there->date;
	page->v.date_len = sizeof(page->date) - 1;
	page->v.desc = there->desc;
	page->v.desc_len = sizeof(page->desc) - 1;
	if (copy_to_user(there, page, sizeof(*page)))
		return -EFAULT;
	ret = node->file->f_op->unlocked_ioctl(node->file, DRM_IOCTL_VERSION,
					       arg);
	if (ret < 0)
		return -ENOTTY;
	if (copy_from_user(page, there, sizeof(*page)))
		return -EFAULT;
	copy_text(node->name, page->name, sizeof(node->name));
	copy_text(node->date, page->date, sizeof(node->date));
	copy_text(node->desc, page->desc, sizeof(node->desc));
	snprintf(node->version, sizeof(node->version), "%d.%d.%d",
		 page->v.version_major, page->v.version_minor,
		 page->v.version_patchlevel);
	return 0;
}

static int node_identify(struct pvdrm_node *node)
{
	struct version_page *page = kzalloc(sizeof(*page), GFP_KERNEL);
	unsigned long addr;
	int ret;

	if (!page)
		return -ENOMEM;
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr)) {
		kfree(page);
		return addr;
	}
	ret = ask_version(node, page, (struct version_page __user *)addr);
	vm_munmap(addr, PAGE_SIZE);
	kfree(page);
	return ret;
}

static bool pvdrm_allow_newer_kernel;
module_param_named(allow_newer_kernel, pvdrm_allow_newer_kernel, bool, 0644);
MODULE_PARM_DESC(allow_newer_kernel,
		 "serve on a kernel newer than the tables of ioctls, whose drivers may read pointers that the tables do not have (default: 0)");

static int check_kernel(void)
{
	if (PVDRM_KERNEL_IS_KNOWN || READ_ONCE(pvdrm_allow_newer_kernel))
		return 0;
	pr_warn("pvdrm-back: not shared without allow_newer_kernel=1: the kernel is newer than the tables of ioctls\n");
	return -EPERM;
}

static int node_load_table(struct pvdrm_node *node)
{
	const struct pvdrm_driver_table *drv;
	const char *why = NULL;
	u32 where = 0;
	int ret;

	ret = check_kernel();
	if (ret)
		return ret;
	drv = pvdrm_driver_table_find(node->name);
	if (!drv)
		return -EOPNOTSUPP;
	BUILD_BUG_ON(ARRAY_SIZE(node->buffers) != PVDRM_BUFFER_RULES);
	pvdrm_buffer_rules(drv, node->buffers);
	pvdrm_object_rules(drv, node->objects);
	node->idle = drv->idle;
	node->hangs = drv->hangs;
	node->work = drv->work;
	node->work_hides = pvdrm_submission_may_hide(drv->work);
	ret = pvdrm_isolation_check(node->file, drv->isolation);
	if (ret)
		return ret;
	ret = pvdrm_table_build(drv, &node->image, &node->image_len);
	if (ret)
		return ret;
	ret = pvdrm_table_check(node->image, node->image_len, &node->table,
				&why, &where);
	if (ret)
		pr_err("pvdrm-back: table of %s: %s (%u)\n", node->name, why,
		       where);
	return ret;
}

static int node_prepare(struct pvdrm_node *node, int fd)
{
	int ret;

	node->file = fget(fd);
	if (!node->file)
		return -EBADF;
	if (!is_drm_node(node->file))
		return -ENOTTY;
	pvdrm_back_file_drop_master(node->file);
	node->gpu = pvdrm_gpu_get(pvdrm_back_file_device(node->file));
	if (!node->gpu)
		return -ENOMEM;
	ret = node_identify(node);
	return ret ?: node_load_table(node);
}

static int server_prepare(struct pvdrm_server *server,
			  const struct pvdrm_back *back)
{
	unsigned long bad;

	/* So large that no array that starts there ends outside */
	bad = vm_mmap(NULL, 0, XENDRM_MAX_ARG + PAGE_SIZE, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(bad))
		return bad;
	server->bad = bad;
	server->mm = current->mm;
	mmgrab(server->mm);
	return 0;
}

static void server_unprepare(struct pvdrm_server *server)
{
	vm_munmap(server->bad, XENDRM_MAX_ARG + PAGE_SIZE);
	mmdrop(server->mm);
	server->mm = NULL;
}

static int bind_locked(struct pvdrm_server *server,
		       struct pvdrm_back_bind *bind, struct pvdrm_back *back)
{
	int ret;

	ret = node_prepare(&server->node, bind->node_fd);
	strscpy(bind->driver, server->node.name, sizeof(bind->driver));
	if (ret)
		goto err_node;
	ret = server_prepare(server, back);
	if (ret)
		goto err_node;
	ret = pvdrm_back_attach(back, server);
	if (ret)
		goto err_server;
	return 0;

err_server:
	server_unprepare(server);
err_node:
	node_release(&server->node);
	return ret;
}

/**
 * pvdrm_server_bind() - serve a device with a node
 * @server: the calling process's
 * @bind: the request; its @driver is filled in
 *
 * Return: as include/pvdrm_back.h tells.
 */
int pvdrm_server_bind(struct pvdrm_server *server,
		      struct pvdrm_back_bind *bind)
{
	struct pvdrm_back *back;
	int ret = -EBUSY;

	if (bind->version != PVDRM_BACK_VERSION)
		return -EPROTO;
	if (bind->flags)
		return -EINVAL;
	back = pvdrm_back_find(bind->domid, bind->devid);
	if (!back)
		return -ENOENT;
	mutex_lock(&server->bind_lock);
	if (!server->back)
		ret = bind_locked(server, bind, back);
	mutex_unlock(&server->bind_lock);
	if (ret)
		pvdrm_back_put(back);
	return ret;
}
