/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_dma.h: for devices that only stand for others: their addresses are the kernel's
 *
 * In a PV domain the usual functions would copy what is not contiguous in the
 * machine's memory, for a device that does not exist.
 */
#ifndef PVDRM_NO_DMA_H
#define PVDRM_NO_DMA_H

#include <linux/dma-map-ops.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>

static inline int pvdrm_no_dma_map_sg(struct device *dev,
				      struct scatterlist *list, int nents,
				      enum dma_data_direction direction,
				      unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, nents, i) {
		sg_dma_address(sg) = sg_phys(sg);
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static inline void pvdrm_no_dma_unmap_sg(struct device *dev,
					 struct scatterlist *list, int nents,
					 enum dma_data_direction direction,
					 unsigned long attrs)
{
}

static const struct dma_map_ops pvdrm_no_dma_ops = {
	.map_sg = pvdrm_no_dma_map_sg,
	.unmap_sg = pvdrm_no_dma_unmap_sg,
};

/**
 * pvdrm_no_dma_device() - make such a device
 * @name: its name
 *
 * Return: the device, for platform_device_unregister(), or an error.
 */
static inline struct platform_device *pvdrm_no_dma_device(const char *name)
{
	struct platform_device *device;

	device = platform_device_register_simple(name, PLATFORM_DEVID_NONE,
						 NULL, 0);
	if (IS_ERR(device))
		return device;
	device->dev.coherent_dma_mask = DMA_BIT_MASK(64);
	device->platform_dma_mask = DMA_BIT_MASK(64);
	set_dma_ops(&device->dev, &pvdrm_no_dma_ops);
	return device;
}

#endif /* PVDRM_NO_DMA_H */
