// SPDX-License-Identifier: GPL-2.0-only
/*
 * mockgpu-main.c: a GPU that is none, by the name of a driver whose hardware is
 * not there
 *
 * It has the driver's ioctls, which see and write the same memory as the
 * driver's, so that what reaches it through PVDRM can be compared with what
 * reaches it natively. It has no buffers: there is nothing to map.
 *
 * /sys/kernel/debug/mockgpu: the nodes.
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

static struct platform_device *mock_pdev;
static struct drm_device *mock_drm;
static struct dentry *mock_debug;

bool mock_is_over(s64 when)
{
	return when <= ktime_get_ns();
}

DEFINE_DRM_GEM_FOPS(mock_fops);

static struct drm_driver mock_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE,
	.fops = &mock_fops,
	.desc = "A mock of a GPU",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
};

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "node: /dev/dri/renderD%d\n", mock_drm->render->index);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int make_device(const struct mock_family *family)
{
	int ret;

	mock_pdev = platform_device_register_simple("mockgpu", -1, NULL, 0);
	if (IS_ERR(mock_pdev))
		return PTR_ERR(mock_pdev);
	mock_driver.name = (char *)family->driver;
	mock_driver.major = family->major;
	mock_driver.minor = family->minor;
	mock_driver.ioctls = family->ioctls;
	mock_driver.num_ioctls = family->nr_ioctls;
	if (family == &mock_i915)
		mock_driver.fops = mock_i915_fops();
	mock_drm = drm_dev_alloc(&mock_driver, &mock_pdev->dev);
	ret = PTR_ERR_OR_ZERO(mock_drm);
	if (ret)
		goto err_pdev;
	ret = drm_dev_register(mock_drm, 0);
	if (ret)
		goto err_drm;
	return 0;

err_drm:
	drm_dev_put(mock_drm);
err_pdev:
	platform_device_unregister(mock_pdev);
	return ret;
}

static int __init mockgpu_init(void)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		if (!strcmp(families[i]->driver, driver))
			break;
	if (i == ARRAY_SIZE(families)) {
		pr_err("mockgpu: no mock of %s\n", driver);
		return -EINVAL;
	}
	ret = make_device(families[i]);
	if (ret)
		return ret;
	mock_debug = debugfs_create_dir("mockgpu", NULL);
	debugfs_create_file("stats", 0444, mock_debug, NULL, &stats_fops);
	return 0;
}
module_init(mockgpu_init);

static void __exit mockgpu_exit(void)
{
	debugfs_remove(mock_debug);
	drm_dev_unregister(mock_drm);
	drm_dev_put(mock_drm);
	platform_device_unregister(mock_pdev);
}
module_exit(mockgpu_exit);

MODULE_DESCRIPTION("A mock of the GPUs that are not there, for tests");
MODULE_LICENSE("GPL");
