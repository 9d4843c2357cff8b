// SPDX-License-Identifier: GPL-2.0-only
/*
 * share-fence.c: fences that two processes have
 */
#include <unistd.h>

#include "share.h"

static const struct kind {
	const char *name;
	VkExternalFenceHandleTypeFlagBits type;
} sync_fd = {
	"fence by sync-fd", VK_EXTERNAL_FENCE_HANDLE_TYPE_SYNC_FD_BIT,
}, opaque = {
	"fence by opaque-fd", VK_EXTERNAL_FENCE_HANDLE_TYPE_OPAQUE_FD_BIT,
};

static VkExternalFenceProperties ask(struct side *side, const struct kind *kind)
{
	const VkPhysicalDeviceExternalFenceInfo fence = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_FENCE_INFO,
		.handleType = kind->type,
	};
	VkExternalFenceProperties properties = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_FENCE_PROPERTIES,
	};

	if (vk_has(&side->vk, VK_KHR_EXTERNAL_FENCE_FD_EXTENSION_NAME))
		vkGetPhysicalDeviceExternalFenceProperties(side->vk.physical, &fence, &properties);
	return properties;
}

/* Begin a step, if the device offers it */
static bool begin(struct side *side, const struct kind *kind)
{
	const VkExternalFenceProperties properties = ask(side, kind);
	const VkExternalFenceFeatureFlags both = VK_EXTERNAL_FENCE_FEATURE_EXPORTABLE_BIT |
						 VK_EXTERNAL_FENCE_FEATURE_IMPORTABLE_BIT;
	bool useful = (properties.externalFenceFeatures & both) == both;

	share_step(side, kind->name);
	if (side->exporter)
		share_offers(kind->name, useful, properties.externalFenceFeatures,
			     properties.exportFromImportedHandleTypes,
			     properties.compatibleHandleTypes);
	return useful;
}

static VkFence create(struct side *side, const struct kind *kind)
{
	const VkExportFenceCreateInfo how = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_FENCE_CREATE_INFO,
		.handleTypes = kind->type,
	};
	const VkFenceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO,
		.pNext = side->exporter ? &how : NULL,
	};
	VkFence fence;

	vk_must(vkCreateFence(side->vk.device, &info, NULL, &fence), "vkCreateFence");
	return fence;
}

static void export(struct side *side, VkFence fence, const struct kind *kind)
{
	PFN_vkGetFenceFdKHR get_fd = (void *)vk_function(&side->vk, "vkGetFenceFdKHR");
	const VkFenceGetFdInfoKHR get = {
		.sType = VK_STRUCTURE_TYPE_FENCE_GET_FD_INFO_KHR,
		.fence = fence,
		.handleType = kind->type,
	};
	int fd;

	vk_must(get_fd(side->vk.device, &get, &fd), "vkGetFenceFdKHR");
	share_give(side, fd);
}

/* A sync-fd is the fence's until it is reset. */
static void import(struct side *side, VkFence fence, const struct kind *kind)
{
	PFN_vkImportFenceFdKHR import_fd = (void *)vk_function(&side->vk, "vkImportFenceFdKHR");
	const VkImportFenceFdInfoKHR how = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_FENCE_FD_INFO_KHR,
		.fence = fence,
		.flags = kind->type == VK_EXTERNAL_FENCE_HANDLE_TYPE_SYNC_FD_BIT ?
			 VK_FENCE_IMPORT_TEMPORARY_BIT : 0,
		.handleType = kind->type,
		.fd = share_take(side),
	};

	vk_must(import_fd(side->vk.device, &how), "vkImportFenceFdKHR");
}

static bool waits(struct side *side, VkFence fence)
{
	return share_wait(side, fence, share_limit(side)) == VK_SUCCESS;
}

static bool is_reset(struct side *side, VkFence fence)
{
	return vkGetFenceStatus(side->vk.device, fence) == VK_NOT_READY;
}

static void reset(struct side *side, VkFence fence)
{
	vk_must(vkResetFences(side->vk.device, 1, &fence), "vkResetFences");
}

/* A submission's signal goes with the descriptor, and the fence is reset. */
static void by_sync_fd(struct side *side)
{
	const char *name = sync_fd.name;
	VkFence fence = create(side, &sync_fd);

	if (side->exporter) {
		share_submit(side, NULL, NULL, fence);
		export(side, fence, &sync_fd);
		share_hear(side);
		check(is_reset(side, fence), "%s: the exporter's is reset", name);
		vk_must(vkQueueWaitIdle(side->vk.queue), "vkQueueWaitIdle");
	} else {
		import(side, fence, &sync_fd);
		share_came(waits(side, fence), "%s: it wakes the importer", name);
		reset(side, fence);
		check(is_reset(side, fence), "%s: what was imported is gone after a reset", name);
		share_say(side, 0);
	}
	vkDestroyFence(side->vk.device, fence, NULL);
}

/* Both sides have one fence. */
static void by_opaque(struct side *side)
{
	const char *name = opaque.name;
	VkFence fence = create(side, &opaque);

	if (side->exporter) {
		export(side, fence, &opaque);
		share_hear(side);
		usleep(SOON * 1000);
		share_submit(side, NULL, NULL, fence);
		share_hear(side);
		vk_must(vkQueueWaitIdle(side->vk.queue), "vkQueueWaitIdle");
		check(is_reset(side, fence), "%s: the importer has reset the exporter's", name);
		share_say(side, 0);
		share_came(waits(side, fence), "%s: the importer's submission wakes the exporter", name);
		share_say(side, 0);
	} else {
		import(side, fence, &opaque);
		check(share_wait(side, fence, SOON) == VK_TIMEOUT, "%s: nothing comes before",
		      name);
		share_say(side, 0);
		share_came(waits(side, fence), "%s: the exporter's submission wakes the importer", name);
		reset(side, fence);
		share_say(side, 0);
		share_hear(side);
		usleep(SOON * 1000);
		share_submit(side, NULL, NULL, fence);
		share_hear(side);
		vk_must(vkQueueWaitIdle(side->vk.queue), "vkQueueWaitIdle");
	}
	vkDestroyFence(side->vk.device, fence, NULL);
}

void share_fences(struct side *side)
{
	if (begin(side, &sync_fd))
		by_sync_fd(side);
	if (begin(side, &opaque))
		by_opaque(side);
}
