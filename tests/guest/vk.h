/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vulkan for computing: on a DRM node, or in software
 */
#ifndef VK_H
#define VK_H

#include <stdbool.h>
#include <stddef.h>
#include <vulkan/vulkan.h>

#define VK_MAX_BUFFERS	3	/* that a shader has */

/**
 * struct vk - a device with one queue
 */
struct vk {
	VkInstance instance;
	VkPhysicalDevice physical;
	VkPhysicalDeviceMemoryProperties memory;
	VkDevice device;
	VkQueue queue;
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

/* All end the program with a message when they fail. */

/* The device whose render node is @node; @software: the one that is no GPU */
void vk_open(struct vk *vk, const char *node, bool software);
void vk_close(struct vk *vk);

/* @mapped: host-visible and coherent memory, mapped until the buffer is freed */
void vk_make_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, bool mapped);
void vk_free_buffer(struct vk *vk, struct vk_buffer *buffer);

/* @code: SPIR-V of @bytes bytes with @count buffers */
void vk_make_shader(struct vk *vk, struct vk_shader *shader, const uint32_t *code, size_t bytes,
		    const struct vk_buffer *const *buffer, int count);
void vk_free_shader(struct vk *vk, struct vk_shader *shader);

/* Commands run one after the other when vk_run() is called, which waits for them. */
void vk_begin(struct vk *vk);
void vk_dispatch(struct vk *vk, const struct vk_shader *shader, uint32_t number, int x, int y);
void vk_copy(struct vk *vk, const struct vk_buffer *from, const struct vk_buffer *to);
void vk_run(struct vk *vk);

#endif /* VK_H */
