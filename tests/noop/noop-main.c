// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-main.c: a GPU that does nothing, by the name and the PCI ids of one that
 * Mesa knows
 *
 * Mesa's drivers start on it, allocate, map, compile, submit and wait. Nothing is
 * executed. A PCI device is on a root bus in software; the GPUs of other machines
 * are platform devices there, and here.
 *
 * /sys/kernel/debug/noop/stats: the node, and a digest of the ioctls; a write
 * clears the digest.
 */
#include "noop.h"

#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/version.h>

#include <drm/drm_drv.h>
#include <drm/drm_gem.h>

#define DOMAIN		0xc000	/* four digits, or libdrm cannot read it */
#define PCI_CLASS		0x0302	/* 3D controller: no VGA for anybody to look for */

static char *driver = "amdgpu";
module_param(driver, charp, 0444);
MODULE_PARM_DESC(driver, "the driver's name");

static char *model;
module_param(model, charp, 0444);
MODULE_PARM_DESC(model, "the model of its GPUs, if it has several");

static const struct noop_family *const families[] = {
	&noop_amdgpu, &noop_amdgpu_vega10, &noop_etnaviv, &noop_etnaviv_gc2000, &noop_i915,
	&noop_i915_broadwell, &noop_i915_haswell, &noop_i915_skylake, &noop_nouveau,
	&noop_panfrost, &noop_panfrost_t860, &noop_radeon, &noop_v3d, &noop_v3d_71, &noop_xe,
};

const struct noop_family *noop_gpu;
static struct drm_device *noop_drm;
static struct pci_bus *noop_bus;
static struct platform_device *noop_pdev;
static struct dentry *noop_debug;
static __le32 config[PCI_STD_HEADER_SIZEOF / 4];

/* ----------------------------------------------------------- the DRM device */

static int noop_open(struct drm_device *dev, struct drm_file *file)
{
	struct noop_file *nfile = kzalloc(sizeof(*nfile), GFP_KERNEL);

	if (!nfile)
		return -ENOMEM;
	mutex_init(&nfile->lock);
	INIT_LIST_HEAD(&nfile->mappings);
	xa_init_flags(&nfile->contexts, XA_FLAGS_ALLOC1);
	xa_init_flags(&nfile->lists, XA_FLAGS_ALLOC1);
	file->driver_priv = nfile;
	return 0;
}

static void free_all(struct xarray *xa)
{
	unsigned long index;
	void *entry;

	xa_for_each(xa, index, entry)
		kfree(entry);
	xa_destroy(xa);
}

static void noop_postclose(struct drm_device *dev, struct drm_file *file)
{
	struct noop_file *nfile = file->driver_priv;

	noop_unmap_all(nfile);
	free_all(&nfile->contexts);
	free_all(&nfile->lists);
	mutex_destroy(&nfile->lock);
	kfree(nfile);
}

DEFINE_DRM_GEM_FOPS(noop_fops);

static struct drm_driver noop_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ | DRIVER_SYNCOBJ_TIMELINE,
	.open = noop_open,
	.postclose = noop_postclose,
	.gem_create_object = noop_create_object,
	.fops = &noop_fops,
	.desc = "A GPU that does nothing",
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	.date = "20260101",
#endif
	DRM_GEM_SHMEM_DRIVER_OPS,
};

static int stats_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "node: /dev/dri/renderD%d\n", noop_drm->render->index);
	noop_digest_show(m);
	return 0;
}

static int stats_open(struct inode *inode, struct file *file)
{
	return single_open(file, stats_show, NULL);
}

static ssize_t stats_write(struct file *file, const char __user *data, size_t len, loff_t *pos)
{
	noop_digest_reset();
	return len;
}

static const struct file_operations stats_fops = {
	.owner = THIS_MODULE,
	.open = stats_open,
	.read = seq_read,
	.write = stats_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/* Its parent has a 64-bit DMA mask. */
static int add_drm(struct device *parent)
{
	struct drm_device *drm = drm_dev_alloc(&noop_driver, parent);
	int ret;

	if (IS_ERR(drm))
		return PTR_ERR(drm);
	ret = drm_dev_register(drm, 0);
	if (ret) {
		drm_dev_put(drm);
		return ret;
	}
	noop_drm = drm;
	return 0;
}

static void remove_drm(void)
{
	drm_dev_unplug(noop_drm);
	drm_dev_put(noop_drm);
	noop_drm = NULL;
}

/* ------------------------------------------------------ the platform device */

static int add_platform(void)
{
	int ret;

	noop_pdev = platform_device_register_simple(noop_gpu->platform, PLATFORM_DEVID_NONE,
						    NULL, 0);
	if (IS_ERR(noop_pdev))
		return PTR_ERR(noop_pdev);
	ret = dma_coerce_mask_and_coherent(&noop_pdev->dev, DMA_BIT_MASK(64));
	ret = ret ?: add_drm(&noop_pdev->dev);
	if (ret)
		platform_device_unregister(noop_pdev);
	return ret;
}

static void remove_platform(void)
{
	remove_drm();
	platform_device_unregister(noop_pdev);
}

/* ----------------------------------------------------------- the PCI device */

static int config_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	u32 word = 0;

	if (devfn) {
		PCI_SET_ERROR_RESPONSE(value);
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	if (where < PCI_STD_HEADER_SIZEOF)
		word = le32_to_cpu(config[where / 4]) >> where % 4 * 8;
	*value = size == 4 ? word : word & (BIT(size * 8) - 1);
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	return devfn ? PCIBIOS_DEVICE_NOT_FOUND : PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = {
	.read = config_read,
	.write = config_write,
};

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret;

	if (pdev->bus->ops != &config_ops)
		return -ENODEV;
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	return ret ?: add_drm(&pdev->dev);
}

static void remove(struct pci_dev *pdev)
{
	remove_drm();
}

static struct pci_device_id ids[2];

static struct pci_driver pci_driver = {
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

static void fill_config(void)
{
	config[PCI_VENDOR_ID / 4] = cpu_to_le32((u32)noop_gpu->device << 16 | noop_gpu->vendor);
	config[PCI_CLASS_REVISION / 4] = cpu_to_le32(PCI_CLASS << 16 | noop_gpu->revision);
	config[PCI_SUBSYSTEM_VENDOR_ID / 4] = config[PCI_VENDOR_ID / 4];
	ids[0] = (struct pci_device_id){ PCI_DEVICE(noop_gpu->vendor, noop_gpu->device) };
}

/* See src/front/bus/pci.c. */
static void free_bridge(struct pci_host_bridge *bridge)
{
	bridge->domain_nr = PCI_DOMAIN_NR_NOT_SET;
	pci_free_host_bridge(bridge);
}

static int add_bus(void)
{
	static struct pci_sysdata sysdata = { .domain = DOMAIN, .node = NUMA_NO_NODE };
	static struct resource busn = { .name = "noop", .flags = IORESOURCE_BUS };
	struct pci_host_bridge *bridge = pci_alloc_host_bridge(0);
	int ret;

	if (!bridge)
		return -ENOMEM;
	pci_add_resource(&bridge->windows, &busn);
	bridge->domain_nr = DOMAIN;
	bridge->ops = &config_ops;
	bridge->sysdata = &sysdata;
	ret = pci_scan_root_bus_bridge(bridge);
	if (ret) {
		free_bridge(bridge);
		return ret;
	}
	noop_bus = bridge->bus;
	pci_bus_add_devices(noop_bus);
	return 0;
}

static void remove_bus(void)
{
	struct pci_host_bridge *bridge = to_pci_host_bridge(noop_bus->bridge);

	pci_lock_rescan_remove();
	pci_stop_root_bus(noop_bus);
	pci_remove_root_bus(noop_bus);
	free_bridge(bridge);
	pci_unlock_rescan_remove();
}

static int add_pci(void)
{
	int ret;

	/* Mesa may look at it */
	pci_driver.name = noop_gpu->driver;
	fill_config();
	ret = pci_register_driver(&pci_driver);
	if (ret)
		return ret;
	pci_lock_rescan_remove();
	ret = add_bus();
	pci_unlock_rescan_remove();
	if (!ret && !noop_drm) {
		remove_bus();
		ret = -ENODEV;
	}
	if (ret)
		pci_unregister_driver(&pci_driver);
	return ret;
}

static void remove_pci(void)
{
	remove_bus();
	pci_unregister_driver(&pci_driver);
}

/* -------------------------------------------------------------------- either */

static int make_device(void)
{
	noop_driver.name = (char *)noop_gpu->driver;
	noop_driver.major = noop_gpu->major;
	noop_driver.minor = noop_gpu->minor;
	noop_driver.ioctls = noop_gpu->ioctls;
	noop_driver.num_ioctls = noop_gpu->nr_ioctls;
	return noop_gpu->platform ? add_platform() : add_pci();
}

static const struct noop_family *find_family(void)
{
	const struct noop_family *family;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		family = families[i];
		if (!strcmp(family->driver, driver) &&
		    (model && family->model ? !strcmp(family->model, model) : model == family->model))
			return family;
	}
	return NULL;
}

static int __init noop_init(void)
{
	int ret;

	noop_gpu = find_family();
	if (!noop_gpu) {
		pr_err("noop: no GPU of %s %s\n", driver, model ?: "");
		return -EINVAL;
	}
	ret = make_device();
	if (ret)
		return ret;
	noop_debug = debugfs_create_dir("noop", NULL);
	debugfs_create_file("stats", 0644, noop_debug, NULL, &stats_fops);
	return 0;
}
module_init(noop_init);

static void __exit noop_exit(void)
{
	debugfs_remove(noop_debug);
	if (noop_gpu->platform)
		remove_platform();
	else
		remove_pci();
}
module_exit(noop_exit);

MODULE_DESCRIPTION("A GPU that does nothing, for tests with Mesa");
MODULE_LICENSE("GPL");
