// SPDX-License-Identifier: GPL-2.0-only
/*
 * share-semaphore.c: semaphores that two processes have
 */
#include <stdio.h>
#include <unistd.h>

#include "share.h"

#define LAST	100	/* the value that outlives the exporter */

static const struct kind {
	const char *name;
	VkSemaphoreType semaphore;
	VkExternalSemaphoreHandleTypeFlagBits type;
} binary_sync_fd = {
	"binary semaphore by sync-fd", VK_SEMAPHORE_TYPE_BINARY,
	VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
}, binary_opaque = {
	"binary semaphore by opaque-fd", VK_SEMAPHORE_TYPE_BINARY,
	VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
}, timeline_opaque = {
	"timeline semaphore by opaque-fd", VK_SEMAPHORE_TYPE_TIMELINE,
	VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
};

static VkExternalSemaphoreProperties ask(struct side *side, const struct kind *kind)
{
	const VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.semaphoreType = kind->semaphore,
	};
	const VkPhysicalDeviceExternalSemaphoreInfo semaphore = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_SEMAPHORE_INFO,
		.pNext = &type,
		.handleType = kind->type,
	};
	VkExternalSemaphoreProperties properties = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_SEMAPHORE_PROPERTIES,
	};

	if (vk_has(&side->vk, VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME))
		vkGetPhysicalDeviceExternalSemaphoreProperties(side->vk.physical, &semaphore,
							       &properties);
	return properties;
}

static bool useful(struct side *side, const struct kind *kind)
{
	const VkExternalSemaphoreFeatureFlags both =
		VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT |
		VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;

	return (ask(side, kind).externalSemaphoreFeatures & both) == both;
}

/* Begin a step, if the device offers it */
static bool begin(struct side *side, const struct kind *kind)
{
	const VkExternalSemaphoreProperties properties = ask(side, kind);

	share_step(side, kind->name);
	if (side->exporter)
		share_offers(kind->name, useful(side, kind), properties.externalSemaphoreFeatures,
			     properties.exportFromImportedHandleTypes,
			     properties.compatibleHandleTypes);
	return useful(side, kind);
}

static VkSemaphore create(struct side *side, VkSemaphoreType semaphore, const void *how)
{
	const VkSemaphoreTypeCreateInfo type = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
		.pNext = how,
		.semaphoreType = semaphore,
	};
	const VkSemaphoreCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
		.pNext = &type,
	};
	VkSemaphore made;

	vk_must(vkCreateSemaphore(side->vk.device, &info, NULL, &made), "vkCreateSemaphore");
	return made;
}

static VkSemaphore create_exportable(struct side *side, const struct kind *kind)
{
	const VkExportSemaphoreCreateInfo how = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
		.handleTypes = kind->type,
	};

	return create(side, kind->semaphore, &how);
}

static void export(struct side *side, VkSemaphore semaphore, const struct kind *kind)
{
	PFN_vkGetSemaphoreFdKHR get_fd = (void *)vk_function(&side->vk, "vkGetSemaphoreFdKHR");
	const VkSemaphoreGetFdInfoKHR get = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR,
		.semaphore = semaphore,
		.handleType = kind->type,
	};
	int fd;

	vk_must(get_fd(side->vk.device, &get, &fd), "vkGetSemaphoreFdKHR");
	share_give(side, fd);
}

/* @fd: Vulkan's from then on; sync-fds are for one wait. */
static void import(struct side *side, VkSemaphore semaphore, const struct kind *kind, int fd)
{
	PFN_vkImportSemaphoreFdKHR import_fd =
		(void *)vk_function(&side->vk, "vkImportSemaphoreFdKHR");
	const VkImportSemaphoreFdInfoKHR how = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
		.semaphore = semaphore,
		.flags = kind->type == VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT ?
			 VK_SEMAPHORE_IMPORT_TEMPORARY_BIT : 0,
		.handleType = kind->type,
		.fd = fd,
	};

	vk_must(import_fd(side->vk.device, &how), "vkImportSemaphoreFdKHR");
}

/* The exporter's semaphore, on either side */
static VkSemaphore shared(struct side *side, const struct kind *kind)
{
	VkSemaphore semaphore;

	if (side->exporter) {
		semaphore = create_exportable(side, kind);
		export(side, semaphore, kind);
	} else {
		semaphore = create(side, kind->semaphore, NULL);
		import(side, semaphore, kind, share_take(side));
	}
	return semaphore;
}

/* ------------------------------------------------------------------- binary */

static void submit_signal(struct side *side, VkSemaphore semaphore)
{
	const struct vk_point point = { semaphore };

	share_submit(side, NULL, &point, VK_NULL_HANDLE);
}

/* A submission that waits for it is done. */
static bool wakes_submission(struct side *side, VkSemaphore semaphore)
{
	const struct vk_point point = { semaphore };

	share_submit(side, &point, NULL, VK_NULL_HANDLE);
	return share_done(side);
}

/* A submission's signal goes with the descriptor, so it has to come before. */
static void sync_fd(struct side *side)
{
	const struct kind *kind = &binary_sync_fd;
	VkSemaphore semaphore;

	if (side->exporter) {
		semaphore = create_exportable(side, kind);
		submit_signal(side, semaphore);
		export(side, semaphore, kind);
		share_hear(side);
		share_came(share_done(side), "%s: the exporter's submission is done", kind->name);
	} else {
		semaphore = create(side, kind->semaphore, NULL);
		import(side, semaphore, kind, share_take(side));
		share_came(wakes_submission(side, semaphore), "%s: it wakes the importer's submission",
			   kind->name);
		/* Vulkan says that it is a fence that is signalled. */
		import(side, semaphore, kind, -1);
		share_came(wakes_submission(side, semaphore), "%s: so does -1", kind->name);
		share_say(side, 0);
	}
	vkDestroySemaphore(side->vk.device, semaphore, NULL);
}

/* One side's submission signals it, the other one's waits; then the other way round. */
static void binary(struct side *side)
{
	const struct kind *kind = &binary_opaque;
	VkSemaphore semaphore = shared(side, kind);
	int turn;

	for (turn = 0; turn < 4; turn++) {
		/* Nobody may wait before it is to be signalled. */
		if (side->exporter == !(turn & 1)) {
			submit_signal(side, semaphore);
			share_say(side, 0);
			share_hear(side);
			if (!share_done(side))
				die("a submission is not done");
		} else {
			share_hear(side);
			share_came(wakes_submission(side, semaphore), "%s: it wakes the %s's submission",
				   kind->name, side->exporter ? "exporter" : "importer");
			share_say(side, 0);
		}
	}
	vkDestroySemaphore(side->vk.device, semaphore, NULL);
}

/* ---------------------------------------------------------------- timelines */

static VkResult wait_any(struct side *side, const struct vk_point *point, int count, int ms)
{
	VkSemaphore semaphore[2];
	uint64_t value[2];
	const VkSemaphoreWaitInfo wait = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
		.flags = VK_SEMAPHORE_WAIT_ANY_BIT,
		.semaphoreCount = count,
		.pSemaphores = semaphore,
		.pValues = value,
	};
	int i;

	for (i = 0; i < count; i++) {
		semaphore[i] = point[i].semaphore;
		value[i] = point[i].value;
	}
	return vkWaitSemaphores(side->vk.device, &wait, ms * 1000000ull);
}

static void signal_point(struct side *side, const struct vk_point *point)
{
	const VkSemaphoreSignalInfo signal = {
		.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
		.semaphore = point->semaphore,
		.value = point->value,
	};

	vk_must(vkSignalSemaphore(side->vk.device, &signal), "vkSignalSemaphore");
}

static uint64_t value_of(struct side *side, VkSemaphore semaphore)
{
	uint64_t value;

	vk_must(vkGetSemaphoreCounterValue(side->vk.device, semaphore, &value),
		"vkGetSemaphoreCounterValue");
	return value;
}

/* What signals the next value: the program itself, or a submission */
static void signaller(struct side *side, const struct vk_point *point, bool submission)
{
	/* The other one is about to wait. */
	share_hear(side);
	usleep(SOON * 1000);
	if (submission)
		share_submit(side, NULL, point, VK_NULL_HANDLE);
	else
		signal_point(side, point);
	share_hear(side);
	if (submission && !share_done(side))
		die("a submission is not done");
}

/* The program waits for the next value, of its own as well */
static void waiter(struct side *side, const struct vk_point *point, bool own, const char *what)
{
	struct vk_point points[2] = { *point };

	if (own)
		points[1] = (struct vk_point) { create(side, VK_SEMAPHORE_TYPE_TIMELINE, NULL), 1 };
	check(wait_any(side, points, 1 + own, SOON) == VK_TIMEOUT, "%s: nothing comes before", what);
	share_say(side, 0);
	share_came(wait_any(side, points, 1 + own, share_limit(side)) == VK_SUCCESS,
		   "%s: it wakes the other process%s", what,
		   own ? ", which waits for either of two" : "");
	check(value_of(side, point->semaphore) == point->value, "%s: the value is the one", what);
	share_say(side, 0);
	if (own)
		vkDestroySemaphore(side->vk.device, points[1].semaphore, NULL);
}

/* A submission waits for the next value. */
static void submitter(struct side *side, const struct vk_point *point, const char *what)
{
	share_submit(side, point, NULL, VK_NULL_HANDLE);
	check(share_wait(side, side->vk.done, SOON) == VK_TIMEOUT,
	      "%s: a submission waits for it", what);
	share_say(side, 0);
	share_came(share_done(side), "%s: and is done then", what);
	share_say(side, 0);
}

/* Either side signals values, in both ways; it begins with the exporter's. */
static void timeline(struct side *side)
{
	static const struct {
		const char *what;
		bool submission, own;
	} ways[] = {
		{ "vkSignalSemaphore", false, false },
		{ "vkQueueSubmit", true, false },
		{ "vkQueueSubmit", true, true },
	};
	const struct kind *kind = &timeline_opaque;
	struct vk_point point = { shared(side, kind) };
	size_t i, turn;

	for (turn = 0; turn < 2 * ARRAY_SIZE(ways); turn++) {
		bool signals = side->exporter == !(turn & 1);
		char what[128];

		i = turn / 2;
		snprintf(what, sizeof(what), "%s, %s's %s", kind->name,
			 turn & 1 ? "importer" : "exporter", ways[i].what);
		point.value++;
		if (signals)
			signaller(side, &point, ways[i].submission);
		else
			waiter(side, &point, ways[i].own, what);
		/* A turn's end is its waiter's word. */
		point.value += 10;
		if (signals)
			signaller(side, &point, ways[i].submission);
		else
			submitter(side, &point, what);
	}
	vkDestroySemaphore(side->vk.device, point.semaphore, NULL);
}

void share_semaphores(struct side *side)
{
	if (begin(side, &binary_sync_fd))
		sync_fd(side);
	if (begin(side, &binary_opaque))
		binary(side);
	if (begin(side, &timeline_opaque))
		timeline(side);
}

void share_leave_semaphore(struct side *side)
{
	struct vk_point point = { .value = LAST };

	if (!useful(side, &timeline_opaque))
		return;
	point.semaphore = shared(side, &timeline_opaque);
	signal_point(side, &point);
}

void share_inherit_semaphore(struct side *side)
{
	const char *name = timeline_opaque.name;
	struct vk_point point = { .value = LAST };

	if (!useful(side, &timeline_opaque))
		return;
	point.semaphore = shared(side, &timeline_opaque);
	check(value_of(side, point.semaphore) == LAST,
	      "%s: its value is there when the exporter has ended", name);
	share_came(wait_any(side, &point, 1, share_limit(side)) == VK_SUCCESS, "%s: as is its signal",
		   name);
	point.value++;
	share_submit(side, NULL, &point, VK_NULL_HANDLE);
	share_came(share_done(side) && value_of(side, point.semaphore) == point.value,
		   "%s: a submission signals it", name);
	vkDestroySemaphore(side->vk.device, point.semaphore, NULL);
}
