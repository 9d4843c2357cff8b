// SPDX-License-Identifier: GPL-2.0-only
/*
 * share-memory.c: buffers whose memory two processes have
 */
#include "share.h"

/* Patterns, by who has written them */
enum {
	BEFORE = 10,
	EXPORTER,
	IMPORTER,
	EXPORTER_GPU,
	IMPORTER_GPU,
	LAST,
};

static const struct kind {
	const char *name;
	VkExternalMemoryHandleTypeFlagBits type;
	const char *extension;
} kinds[] = {
	{ "memory by opaque-fd", VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
	  VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME },
	{ "memory by dma-buf", VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
	  VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME },
};

static VkExternalMemoryProperties ask(struct side *side, const struct kind *kind)
{
	const VkPhysicalDeviceExternalBufferInfo buffer = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO,
		.usage = VK_BUFFER_USES,
		.handleType = kind->type,
	};
	VkExternalBufferProperties properties = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES,
	};

	/* Descriptors of all types come by the first of the extensions. */
	if (vk_has(&side->vk, kinds[0].extension) && vk_has(&side->vk, kind->extension))
		vkGetPhysicalDeviceExternalBufferProperties(side->vk.physical, &buffer,
							    &properties);
	return properties.externalMemoryProperties;
}

static bool has(const VkExternalMemoryProperties *properties, VkExternalMemoryFeatureFlags features)
{
	return (properties->externalMemoryFeatures & features) == features;
}

static bool useful(struct side *side, const struct kind *kind)
{
	const VkExternalMemoryProperties properties = ask(side, kind);

	return has(&properties, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT |
		   VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT);
}

/* Begin making a shared buffer; @dedicated: for its memory, if that has to be the buffer's alone */
static void create(struct side *side, struct vk_buffer *buffer, const struct kind *kind,
		   VkMemoryRequirements *need, VkMemoryDedicatedAllocateInfo *dedicated)
{
	const VkExternalMemoryProperties properties = ask(side, kind);
	const VkExternalMemoryBufferCreateInfo external = {
		.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
		.handleTypes = kind->type,
	};

	vk_create_buffer(&side->vk, buffer, BYTES, &external, need);
	*dedicated = (VkMemoryDedicatedAllocateInfo) {
		.sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
	};
	if (has(&properties, VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT))
		dedicated->buffer = buffer->buffer;
}

/* Make a buffer and give its memory to the importer, which has to know these two numbers */
static void export(struct side *side, struct vk_buffer *buffer, const struct kind *kind)
{
	PFN_vkGetMemoryFdKHR get_fd = (void *)vk_function(&side->vk, "vkGetMemoryFdKHR");
	VkMemoryGetFdInfoKHR get = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR,
		.handleType = kind->type,
	};
	VkMemoryDedicatedAllocateInfo dedicated;
	const VkExportMemoryAllocateInfo how = {
		.sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
		.pNext = &dedicated,
		.handleTypes = kind->type,
	};
	VkMemoryRequirements need;
	uint32_t type;
	int fd;

	create(side, buffer, kind, &need, &dedicated);
	type = vk_memory_type(&side->vk, need.memoryTypeBits, VK_MAPPED);
	vk_give_memory(&side->vk, buffer, need.size, type, &how);
	vk_map_buffer(&side->vk, buffer);
	get.memory = buffer->memory;
	vk_must(get_fd(side->vk.device, &get, &fd), "vkGetMemoryFdKHR");
	share_say(side, need.size);
	share_say(side, type);
	share_give(side, fd);
}

/* The mask of memory types that a dma-buf can be */
static uint32_t types_of(struct side *side, const struct kind *kind, int fd)
{
	PFN_vkGetMemoryFdPropertiesKHR ask_fd =
		(void *)vk_function(&side->vk, "vkGetMemoryFdPropertiesKHR");
	VkMemoryFdPropertiesKHR properties = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_FD_PROPERTIES_KHR,
	};

	vk_must(ask_fd(side->vk.device, kind->type, fd, &properties),
		"vkGetMemoryFdPropertiesKHR");
	return properties.memoryTypeBits;
}

static void import(struct side *side, struct vk_buffer *buffer, const struct kind *kind)
{
	VkDeviceSize size = share_hear(side);
	uint32_t type = share_hear(side);
	VkMemoryDedicatedAllocateInfo dedicated;
	/* The descriptor is Vulkan's from then on. */
	const VkImportMemoryFdInfoKHR how = {
		.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
		.pNext = &dedicated,
		.handleType = kind->type,
		.fd = share_take(side),
	};
	VkMemoryRequirements need;

	create(side, buffer, kind, &need, &dedicated);
	/* Opaque memory keeps its type, any other is asked. */
	if (kind->type != VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT)
		type = vk_memory_type(&side->vk,
				      need.memoryTypeBits & types_of(side, kind, how.fd),
				      VK_MAPPED);
	vk_give_memory(&side->vk, buffer, size, type, &how);
	vk_map_buffer(&side->vk, buffer);
}

static void run(struct side *side, const struct vk_buffer *buffer, const struct vk_buffer *from,
		const struct vk_buffer *to, bool owned)
{
	vk_begin(&side->vk);
	if (!owned)
		vk_take(&side->vk, buffer);
	vk_copy(&side->vk, from, to);
	vk_give(&side->vk, buffer);
	vk_submit(&side->vk, NULL, NULL, side->vk.done);
	if (!share_done(side))
		die("a copy is not done");
}

/* By a submission. @owned: the buffer has never been given away */
static void write_buffer(struct side *side, const struct vk_buffer *buffer, bool owned,
			 uint32_t seed)
{
	share_fill(side->from.map, seed);
	run(side, buffer, &side->from, buffer, owned);
}

/* By a submission; if none is executed, BEFORE is what has been read. */
static bool reads_buffer(struct side *side, const struct vk_buffer *buffer, uint32_t seed)
{
	share_fill(side->to.map, BEFORE);
	run(side, buffer, buffer, &side->to, false);
	return share_has(side->to.map, side->executes ? seed : BEFORE);
}

static void exporter(struct side *side, const struct kind *kind)
{
	bool executes = side->executes;
	struct vk_buffer buffer;

	export(side, &buffer, kind);
	share_fill(buffer.map, EXPORTER);
	share_say(side, 0);
	share_hear(side);
	check(share_has(buffer.map, IMPORTER), "%s: the exporter reads what the importer writes",
	      kind->name);
	write_buffer(side, &buffer, true, EXPORTER_GPU);
	share_say(side, 0);
	share_hear(side);
	check(share_has(buffer.map, executes ? IMPORTER_GPU : IMPORTER),
	      "%s: the exporter reads what the importer's submission writes", kind->name);
	share_fill(buffer.map, LAST);
	vk_free_buffer(&side->vk, &buffer);
	share_say(side, 0);
	share_hear(side);
}

static void importer(struct side *side, const struct kind *kind)
{
	bool executes = side->executes;
	struct vk_buffer buffer;

	import(side, &buffer, kind);
	share_hear(side);
	check(share_has(buffer.map, EXPORTER), "%s: the importer reads what the exporter writes",
	      kind->name);
	share_fill(buffer.map, IMPORTER);
	share_say(side, 0);
	share_hear(side);
	check(share_has(buffer.map, executes ? EXPORTER_GPU : IMPORTER),
	      "%s: the importer reads what the exporter's submission writes", kind->name);
	check(reads_buffer(side, &buffer, EXPORTER_GPU), "%s: so does the importer's submission",
	      kind->name);
	write_buffer(side, &buffer, false, IMPORTER_GPU);
	share_say(side, 0);
	share_hear(side);
	check(share_has(buffer.map, LAST), "%s: it is there when the exporter has freed it",
	      kind->name);
	vk_free_buffer(&side->vk, &buffer);
	share_say(side, 0);
}

void share_memory(struct side *side)
{
	const struct kind *kind;

	for (kind = kinds; kind < kinds + ARRAY_SIZE(kinds); kind++) {
		const VkExternalMemoryProperties properties = ask(side, kind);

		share_step(side, kind->name);
		if (side->exporter)
			share_offers(kind->name, useful(side, kind),
				     properties.externalMemoryFeatures,
				     properties.exportFromImportedHandleTypes,
				     properties.compatibleHandleTypes);
		if (!useful(side, kind))
			continue;
		if (side->exporter)
			exporter(side, kind);
		else
			importer(side, kind);
	}
}

void share_leave_memory(struct side *side)
{
	struct vk_buffer buffer[ARRAY_SIZE(kinds)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!useful(side, &kinds[i]))
			continue;
		export(side, &buffer[i], &kinds[i]);
		share_fill(buffer[i].map, LAST);
	}
}

void share_inherit_memory(struct side *side)
{
	struct vk_buffer buffer;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!useful(side, &kinds[i]))
			continue;
		import(side, &buffer, &kinds[i]);
		check(share_has(buffer.map, LAST), "%s: it is there when the exporter has ended",
		      kinds[i].name);
		check(reads_buffer(side, &buffer, LAST), "%s: also for a submission",
		      kinds[i].name);
		vk_free_buffer(&side->vk, &buffer);
	}
}
