// SPDX-License-Identifier: GPL-2.0-only
/*
 * fencer.c: a GPU whose work is done when somebody says so
 *
 * It calls itself virtio_gpu. Of that driver it has EXECBUFFER alone, which does
 * nothing but make a fence. Real drivers see to it that their fences are signalled
 * before long; this one's stay until a byte is written to the file "signal".
 *
 * /sys/kernel/debug/fencer: stats (the node, fences not signalled), signal.
 */
#include <linux/debugfs.h>
#include <linux/dma-fence.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sync_file.h>
#include <linux/version.h>

#include <drm/drm_device.h>
#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/virtgpu_drm.h>

struct fencer_fence {
	struct dma_fence base;	/* first: it is freed as one */
	spinlock_t lock;	/* base's */
	struct list_head node;
};

static struct platform_device *fencer_pdev;
static struct drm_device *fencer_drm;
static DEFINE_MUTEX(fencer_lock);	/* the list, with a reference to each */
static LIST_HEAD(fencer_fences);

static const char *fence_name(struct dma_fence *fence)
{
	return "fencer";
}

static const struct dma_fence_ops fence_ops = {
	.get_driver_name = fence_name,
	.get_timeline_name = fence_name,
};

static struct fencer_fence *make_fence(void)
{
	struct fencer_fence *fence = kzalloc(sizeof(*fence), GFP_KERNEL);

	if (!fence)
		return NULL;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &fence_ops, &fence->lock, dma_fence_context_alloc(1), 1);
	return fence;
}

static void signal_all(void)
{
	struct fencer_fence *fence, *next;

	mutex_lock(&fencer_lock);
	list_for_each_entry_safe(fence, next, &fencer_fences, node) {
		list_del(&fence->node);
		dma_fence_signal(&fence->base);
		dma_fence_put(&fence->base);
	}
	mutex_unlock(&fencer_lock);
}

/* As virtio_gpu does with a fence in. */
static int wait_for(int fd)
{
	struct dma_fence *fence = sync_file_get_fence(fd);
	int err;

	if (!fence)
		return -EINVAL;
	err = dma_fence_wait(fence, true);
	dma_fence_put(fence);
	return err;
}

/* The list's reference goes with the fence to the descriptor's. */
static int execbuffer(struct drm_device *drm, void *data, struct drm_file *drm_file)
{
	struct drm_virtgpu_execbuffer *arg = data;
	struct fencer_fence *fence;
	struct sync_file *file;
	int fd, err;

	if ((arg->flags & ~VIRTGPU_EXECBUF_FENCE_FD_IN) != VIRTGPU_EXECBUF_FENCE_FD_OUT)
		return -EINVAL;
	if (arg->flags & VIRTGPU_EXECBUF_FENCE_FD_IN) {
		err = wait_for(arg->fence_fd);
		if (err)
			return err;
	}
	fence = make_fence();
	if (!fence)
		return -ENOMEM;
	file = sync_file_create(&fence->base);
	fd = file ? get_unused_fd_flags(O_CLOEXEC) : -ENOMEM;
	if (fd < 0) {
		if (file)
			fput(file->file);
		dma_fence_put(&fence->base);
		return fd;
	}
	mutex_lock(&fencer_lock);
	list_add_tail(&fence->node, &fencer_fences);
	mutex_unlock(&fencer_lock);
	fd_install(fd, file->file);
	arg->fence_fd = fd;
	return 0;
}

static const struct drm_ioctl_desc fencer_ioctls[] = {
	DRM_IOCTL_DEF_DRV(VIRTGPU_EXECBUFFER, execbuffer, DRM_RENDER_ALLOW),
};

DEFINE_DRM_GEM_FOPS(fencer_fops);

static const struct drm_driver fencer_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ,
	.fops = &fencer_fops,
	.ioctls = fencer_ioctls,
	.num_ioctls = ARRAY_SIZE(fencer_ioctls),
	.name = "virtio_gpu",
	.desc = "Fences, and no GPU",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
	.minor = 1,
};

static int stats_show(struct seq_file *m, void *unused)
{
	struct fencer_fence *fence;
	int count = 0;

	mutex_lock(&fencer_lock);
	list_for_each_entry(fence, &fencer_fences, node)
		count++;
	mutex_unlock(&fencer_lock);
	seq_printf(m, "node: /dev/dri/renderD%d\n", fencer_drm->render->index);
	seq_printf(m, "fences: %d\n", count);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static ssize_t signal_write(struct file *file, const char __user *bytes, size_t len, loff_t *pos)
{
	signal_all();
	return len;
}

static const struct file_operations signal_fops = {
	.owner = THIS_MODULE,
	.write = signal_write,
};

/* For good: somebody may hold a fence, whose functions are here. */
static int __init fencer_init(void)
{
	struct dentry *dir;
	int ret;

	fencer_pdev = platform_device_register_simple("fencer", -1, NULL, 0);
	if (IS_ERR(fencer_pdev))
		return PTR_ERR(fencer_pdev);
	fencer_drm = drm_dev_alloc(&fencer_driver, &fencer_pdev->dev);
	ret = PTR_ERR_OR_ZERO(fencer_drm);
	if (ret)
		goto err_pdev;
	ret = drm_dev_register(fencer_drm, 0);
	if (ret)
		goto err_drm;
	dir = debugfs_create_dir("fencer", NULL);
	debugfs_create_file("stats", 0444, dir, NULL, &stats_fops);
	debugfs_create_file("signal", 0200, dir, NULL, &signal_fops);
	return 0;

err_drm:
	drm_dev_put(fencer_drm);
err_pdev:
	platform_device_unregister(fencer_pdev);
	return ret;
}
module_init(fencer_init);

MODULE_DESCRIPTION("A GPU whose fences are signalled when somebody says so, for tests");
MODULE_LICENSE("GPL");
