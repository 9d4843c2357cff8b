// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-main.c: a GPU that is none, by the name of a driver whose hardware is
 * not there
 *
 * It has the driver's ioctls, which see and write the same memory as the
 * driver's, so that what reaches it through PVDRM can be compared with what
 * reaches it natively. It has no buffers: there is nothing to map.
 *
 * /sys/kernel/debug/mockgpu: the nodes, and how often each was opened. A driver's name
 * written into exchange takes the device away as if it were unplugged, and puts one of that
 * driver in its place.
 */
#include "mockgpu.h"

#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/version.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>

static char *driver = "amdgpu";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "the driver's name");

static const struct mock_family *const families[] = {
	&mock_amdgpu, &mock_etnaviv, &mock_i915, &mock_panfrost, &mock_panthor,
	&mock_radeon, &mock_v3d, &mock_xe,
};

struct mock_device {
	struct platform_device *pdev;
	struct drm_device *drm;
	struct drm_driver driver;
};

/* The second one comes by an exchange. */
static struct mock_device devices[2];
static atomic_t opened[2];
static struct dentry *mock_debug;

bool mock_is_over(s64 when)
{
	return when <= ktime_get_ns();
}

DEFINE_DRM_GEM_FOPS(mock_fops);

static int mock_open(struct drm_device *drm, struct drm_file *file)
{
	atomic_inc(&opened[drm == devices[1].drm]);
	return 0;
}

static const struct drm_driver mock_driver = {
	.open = mock_open,
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE,
	.fops = &mock_fops,
	.desc = "A mock of a GPU",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
};

static int stats_show(struct seq_file *m, void *unused)
{
	int i;

	for (i = ARRAY_SIZE(devices) - 1; i >= 0; i--)
		if (devices[i].drm)
			seq_printf(m, "node: /dev/dri/renderD%d\nopened: %d\n",
				   devices[i].drm->render->index, atomic_read(&opened[i]));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int make_device(struct mock_device *device, const char *name)
{
	const struct mock_family *family;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(families[i]->driver, name))
			break;
	if (i == ARRAY_SIZE(families)) {
		pr_err("mockgpu: no mock of %s\n", name);
		return -EINVAL;
	}
	family = families[i];
	device->pdev = platform_device_register_simple("mockgpu", device == devices ? PLATFORM_DEVID_NONE :
						       PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(device->pdev))
		return PTR_ERR(device->pdev);
	device->driver = mock_driver;
	device->driver.name = (char *)family->driver;
	device->driver.major = family->major;
	device->driver.minor = family->minor;
	device->driver.ioctls = family->ioctls;
	device->driver.num_ioctls = family->nr_ioctls;
	if (family == &mock_i915)
		device->driver.fops = mock_i915_fops();
	device->drm = drm_dev_alloc(&device->driver, &device->pdev->dev);
	ret = PTR_ERR_OR_ZERO(device->drm);
	if (ret)
		goto err_pdev;
	ret = drm_dev_register(device->drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(device->drm);
err_pdev:
	device->drm = NULL;
	platform_device_unregister(device->pdev);
	return ret;
}

static ssize_t exchange_write(struct file *file, const char __user *from, size_t len,
			      loff_t *pos)
{
	char name[16] = "";
	int ret;

	if (len >= sizeof(name) || devices[1].drm)
		return -EINVAL;
	if (copy_from_user(name, from, len))
		return -EFAULT;
	drm_dev_unplug(devices[0].drm);
	ret = make_device(&devices[1], strim(name));
	return ret ?: len;
}

static const struct file_operations exchange_fops = {
	.owner = THIS_MODULE,
	.write = exchange_write,
};

static int __init mockgpu_init(void)
{
	int ret = make_device(&devices[0], driver);

	if (ret)
		return ret;
	mock_debug = debugfs_create_dir("mockgpu", NULL);
	debugfs_create_file("stats", 0444, mock_debug, NULL, &stats_fops);
	debugfs_create_file("exchange", 0200, mock_debug, NULL, &exchange_fops);
	return 0;
}
module_init(mockgpu_init);

static void __exit mockgpu_exit(void)
{
	size_t i;

	debugfs_remove(mock_debug);
	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		if (!devices[i].drm)
			continue;
		/* An exchange has done so with the first one. */
		if (i || !devices[1].drm)
			drm_dev_unregister(devices[i].drm);
		drm_dev_put(devices[i].drm);
		platform_device_unregister(devices[i].pdev);
	}
}
module_exit(mockgpu_exit);

MODULE_DESCRIPTION("A mock of the GPUs that are not there, for tests");
MODULE_LICENSE("GPL");
