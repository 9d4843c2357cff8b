// SPDX-License-Identifier: GPL-2.0-only
/*
 * show.c: what the GPU does for a guest, in sysfs
 */
#include <linux/device.h>

#include "back/bus/back.h"
#include "back/gpu/gpu.h"
#include "back/serve/server.h"

static ssize_t time_ns_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct pvdrm_back *back = dev_get_drvdata(dev);

	mutex_lock(&back->lock);
	if (back->server)
		pvdrm_gpu_settle(back->server->node.gpu);
	mutex_unlock(&back->lock);
	return sysfs_emit(buf, "%lld\n", atomic64_read(&back->gpu.time_ns));
}
static DEVICE_ATTR_RO(time_ns);

static ssize_t submissions_show(struct device *dev,
				struct device_attribute *attr, char *buf)
{
	struct pvdrm_back *back = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lld\n", atomic64_read(&back->gpu.submissions));
}
static DEVICE_ATTR_RO(submissions);

static ssize_t inflight_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct pvdrm_back *back = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(back->gpu.turn.inflight));
}
static DEVICE_ATTR_RO(inflight);

static ssize_t unseen_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	struct pvdrm_back *back = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(back->gpu.turn.unseen));
}
static DEVICE_ATTR_RO(unseen);

static struct attribute *attrs[] = {
	&dev_attr_time_ns.attr,
	&dev_attr_submissions.attr,
	&dev_attr_inflight.attr,
	&dev_attr_unseen.attr,
	NULL
};

const struct attribute_group pvdrm_gpu_group = {
	.name = "gpu",
	.attrs = attrs,
};
