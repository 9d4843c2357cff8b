/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vulkan for computing: on a DRM node, or in software
 */
#ifndef VK_H
#define VK_H

#include <stdbool.h>
#include <stddef.h>
#include <vulkan/vulkan.h>

#define VK_MAX_BUFFERS		3	/* that a shader has */
#define VK_MAX_EXTENSIONS	4

/* What buffers are for, and the memory of those that are mapped */
#define VK_BUFFER_USES	(VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | \
			 VK_BUFFER_USAGE_TRANSFER_DST_BIT)
#define VK_MAPPED	(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT)

/**
 * struct vk - a device with one queue
 */
struct vk {
	VkInstance instance;
	VkPhysicalDevice physical;
	VkPhysicalDeviceMemoryProperties memory;
	VkDevice device;
	const char *extension[VK_MAX_EXTENSIONS];	/* that are enabled, */
	int extensions;					/* so many */
	VkQueue queue;
	uint32_t family;				/* of the queue */
	VkCommandPool pool;
	VkCommandBuffer commands;
	VkFence done;
};

/**
 * struct vk_buffer - a buffer with memory of its own
 */
struct vk_buffer {
	VkBuffer buffer;
	VkDeviceMemory memory;
	void *map;		/* NULL: the CPU does not see it */
	size_t bytes;
};

/**
 * struct vk_shader - a compute shader: its buffers have bindings 0, 1, ...; its push
 * constant is one 32-bit number
 */
struct vk_shader {
	VkDescriptorSetLayout buffers;
	VkPipelineLayout layout;
	VkPipeline pipeline;
	VkDescriptorPool pool;
	VkDescriptorSet set;
};

/**
 * struct vk_point - what a submission waits for or signals
 */
struct vk_point {
	VkSemaphore semaphore;
	uint64_t value;		/* of a timeline */
};

/* All end the program with a message when they fail. */
void vk_must(VkResult result, const char *what);

/* The device whose render node is @node; @software: the one that is no GPU */
void vk_open(struct vk *vk, const char *node, bool software);
void vk_close(struct vk *vk);

/* With timeline semaphores, and with those of @count extensions that the device has */
void vk_open_with(struct vk *vk, const char *node, bool software, const char *const *extension,
		  int count);
bool vk_has(struct vk *vk, const char *extension);
PFN_vkVoidFunction vk_function(struct vk *vk, const char *name);

/* @mapped: host-visible and coherent memory, mapped until the buffer is freed */
void vk_make_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, bool mapped);
void vk_free_buffer(struct vk *vk, struct vk_buffer *buffer);

/* The same in steps. @how: chained structures, may be NULL; @usable: a mask of memory types */
void vk_create_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, const void *how,
		      VkMemoryRequirements *need);
uint32_t vk_memory_type(struct vk *vk, uint32_t usable, VkMemoryPropertyFlags flags);
void vk_give_memory(struct vk *vk, struct vk_buffer *buffer, VkDeviceSize size, uint32_t type,
		    const void *how);
void vk_map_buffer(struct vk *vk, struct vk_buffer *buffer);

/* @code: SPIR-V of @bytes bytes with @count buffers */
void vk_make_shader(struct vk *vk, struct vk_shader *shader, const uint32_t *code, size_t bytes,
		    const struct vk_buffer *const *buffer, int count);
void vk_free_shader(struct vk *vk, struct vk_shader *shader);

/* Commands run one after the other when vk_run() is called, which waits for them. */
void vk_begin(struct vk *vk);
void vk_dispatch(struct vk *vk, const struct vk_shader *shader, uint32_t number, int x, int y);
void vk_copy(struct vk *vk, const struct vk_buffer *from, const struct vk_buffer *to);
void vk_run(struct vk *vk);

/* Commands that use a buffer whose memory other processes use are between these. */
void vk_take(struct vk *vk, const struct vk_buffer *buffer);
void vk_give(struct vk *vk, const struct vk_buffer *buffer);

/* As vk_run(), but nobody waits. @wait, @signal, @fence: may be NULL */
void vk_submit(struct vk *vk, const struct vk_point *wait, const struct vk_point *signal,
	       VkFence fence);

#endif /* VK_H */
