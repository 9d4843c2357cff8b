// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vulkan set-up, buffers, shaders, commands: see vk.h
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common.h"
#include "vk.h"

#define MAX_DEVICES	16

static void must(VkResult result, const char *what)
{
	if (result != VK_SUCCESS)
		die("%s: Vulkan error %d", what, result);
}

static void open_instance(struct vk *vk)
{
	const VkApplicationInfo app = {
		.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
		.apiVersion = VK_API_VERSION_1_2,
	};
	const VkInstanceCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
		.pApplicationInfo = &app,
	};

	must(vkCreateInstance(&create, NULL, &vk->instance), "vkCreateInstance");
}

static bool has_extension(VkPhysicalDevice device, const char *name)
{
	VkExtensionProperties *list;
	uint32_t count = 0, i;
	bool found = false;

	if (vkEnumerateDeviceExtensionProperties(device, NULL, &count, NULL))
		return false;
	list = calloc(count, sizeof(*list));
	if (!list || vkEnumerateDeviceExtensionProperties(device, NULL, &count, list))
		count = 0;
	for (i = 0; i < count && !found; i++)
		found = !strcmp(list[i].extensionName, name);
	free(list);
	return found;
}

/* Is it the device behind the DRM node number @number? */
static bool has_node(VkPhysicalDevice device, dev_t number)
{
	VkPhysicalDeviceDrmPropertiesEXT drm = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRM_PROPERTIES_EXT,
	};
	VkPhysicalDeviceProperties2 properties = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &drm,
	};

	if (!has_extension(device, VK_EXT_PHYSICAL_DEVICE_DRM_EXTENSION_NAME))
		return false;
	vkGetPhysicalDeviceProperties2(device, &properties);
	return drm.hasRender && drm.renderMajor == major(number) &&
	       drm.renderMinor == minor(number);
}

static bool is_software(VkPhysicalDevice device)
{
	VkPhysicalDeviceDriverProperties driver = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
	};
	VkPhysicalDeviceProperties2 properties = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver,
	};

	vkGetPhysicalDeviceProperties2(device, &properties);
	return driver.driverID == VK_DRIVER_ID_MESA_LLVMPIPE;
}

static void choose_device(struct vk *vk, const char *node, bool software)
{
	VkPhysicalDevice list[MAX_DEVICES];
	VkPhysicalDeviceProperties properties;
	uint32_t count = MAX_DEVICES, i;
	struct stat status;
	VkResult result;

	if (!software && stat(node, &status))
		die("no %s", node);
	result = vkEnumeratePhysicalDevices(vk->instance, &count, list);
	if (result != VK_INCOMPLETE)
		must(result, "vkEnumeratePhysicalDevices");
	for (i = 0; i < count; i++)
		if (software ? is_software(list[i]) : has_node(list[i], status.st_rdev))
			break;
	if (i == count)
		die("none of Vulkan's %u devices is %s", count, software ? "software" : node);
	vk->physical = list[i];
	vkGetPhysicalDeviceProperties(vk->physical, &properties);
	info("renderer %s", properties.deviceName);
	info("version %u.%u.%u", VK_API_VERSION_MAJOR(properties.apiVersion),
	     VK_API_VERSION_MINOR(properties.apiVersion),
	     VK_API_VERSION_PATCH(properties.apiVersion));
	vkGetPhysicalDeviceMemoryProperties(vk->physical, &vk->memory);
}

static uint32_t compute_family(struct vk *vk)
{
	VkQueueFamilyProperties family[MAX_DEVICES];
	uint32_t count = MAX_DEVICES, i;

	vkGetPhysicalDeviceQueueFamilyProperties(vk->physical, &count, family);
	for (i = 0; i < count; i++)
		if (family[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
			return i;
	die("the device does not compute");
}

static void open_device(struct vk *vk)
{
	const float priority = 1;
	const VkDeviceQueueCreateInfo queue = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueFamilyIndex = compute_family(vk),
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const VkDeviceCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue,
	};
	const VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
		.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
		.queueFamilyIndex = queue.queueFamilyIndex,
	};
	VkCommandBufferAllocateInfo commands = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
		.commandBufferCount = 1,
	};
	const VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };

	must(vkCreateDevice(vk->physical, &create, NULL, &vk->device), "vkCreateDevice");
	vkGetDeviceQueue(vk->device, queue.queueFamilyIndex, 0, &vk->queue);
	must(vkCreateCommandPool(vk->device, &pool, NULL, &vk->pool), "vkCreateCommandPool");
	commands.commandPool = vk->pool;
	must(vkAllocateCommandBuffers(vk->device, &commands, &vk->commands),
	     "vkAllocateCommandBuffers");
	must(vkCreateFence(vk->device, &fence, NULL, &vk->done), "vkCreateFence");
}

void vk_open(struct vk *vk, const char *node, bool software)
{
	memset(vk, 0, sizeof(*vk));
	open_instance(vk);
	choose_device(vk, node, software);
	open_device(vk);
}

void vk_close(struct vk *vk)
{
	vkDestroyFence(vk->device, vk->done, NULL);
	vkDestroyCommandPool(vk->device, vk->pool, NULL);
	vkDestroyDevice(vk->device, NULL);
	vkDestroyInstance(vk->instance, NULL);
}

static uint32_t memory_type(struct vk *vk, uint32_t usable, VkMemoryPropertyFlags flags)
{
	uint32_t i;

	for (i = 0; i < vk->memory.memoryTypeCount; i++)
		if ((usable & 1u << i) &&
		    (vk->memory.memoryTypes[i].propertyFlags & flags) == flags)
			return i;
	die("no memory with the properties 0x%x", flags);
}

void vk_make_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, bool mapped)
{
	const VkBufferCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.size = bytes,
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
			 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
	};
	VkMemoryAllocateInfo allocate = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO };
	VkMemoryRequirements need;

	memset(buffer, 0, sizeof(*buffer));
	buffer->bytes = bytes;
	must(vkCreateBuffer(vk->device, &create, NULL, &buffer->buffer), "vkCreateBuffer");
	vkGetBufferMemoryRequirements(vk->device, buffer->buffer, &need);
	allocate.allocationSize = need.size;
	allocate.memoryTypeIndex = memory_type(vk, need.memoryTypeBits, mapped ?
		VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT :
		VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
	must(vkAllocateMemory(vk->device, &allocate, NULL, &buffer->memory), "vkAllocateMemory");
	must(vkBindBufferMemory(vk->device, buffer->buffer, buffer->memory, 0),
	     "vkBindBufferMemory");
	if (mapped)
		must(vkMapMemory(vk->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->map),
		     "vkMapMemory");
}

void vk_free_buffer(struct vk *vk, struct vk_buffer *buffer)
{
	vkDestroyBuffer(vk->device, buffer->buffer, NULL);
	vkFreeMemory(vk->device, buffer->memory, NULL);
}

static void make_layout(struct vk *vk, struct vk_shader *shader, int count)
{
	VkDescriptorSetLayoutBinding binding[VK_MAX_BUFFERS] = { 0 };
	const VkDescriptorSetLayoutCreateInfo buffers = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = count,
		.pBindings = binding,
	};
	const VkPushConstantRange number = { VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(uint32_t) };
	const VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
		.setLayoutCount = 1,
		.pSetLayouts = &shader->buffers,
		.pushConstantRangeCount = 1,
		.pPushConstantRanges = &number,
	};
	int i;

	for (i = 0; i < count; i++)
		binding[i] = (VkDescriptorSetLayoutBinding) {
			.binding = i,
			.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
			.descriptorCount = 1,
			.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
		};
	must(vkCreateDescriptorSetLayout(vk->device, &buffers, NULL, &shader->buffers),
	     "vkCreateDescriptorSetLayout");
	must(vkCreatePipelineLayout(vk->device, &layout, NULL, &shader->layout),
	     "vkCreatePipelineLayout");
}

static void make_pipeline(struct vk *vk, struct vk_shader *shader, const uint32_t *code,
			  size_t bytes)
{
	const VkShaderModuleCreateInfo module = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
		.codeSize = bytes,
		.pCode = code,
	};
	VkComputePipelineCreateInfo pipeline = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = {
			.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
			.stage = VK_SHADER_STAGE_COMPUTE_BIT,
			.pName = "main",
		},
		.layout = shader->layout,
	};

	must(vkCreateShaderModule(vk->device, &module, NULL, &pipeline.stage.module),
	     "vkCreateShaderModule");
	must(vkCreateComputePipelines(vk->device, VK_NULL_HANDLE, 1, &pipeline, NULL,
				      &shader->pipeline), "vkCreateComputePipelines");
	vkDestroyShaderModule(vk->device, pipeline.stage.module, NULL);
}

static void bind_buffers(struct vk *vk, struct vk_shader *shader,
			 const struct vk_buffer *const *buffer, int count)
{
	const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, count };
	const VkDescriptorPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
		.maxSets = 1,
		.poolSizeCount = 1,
		.pPoolSizes = &size,
	};
	VkDescriptorSetAllocateInfo set = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorSetCount = 1,
		.pSetLayouts = &shader->buffers,
	};
	int i;

	must(vkCreateDescriptorPool(vk->device, &pool, NULL, &shader->pool),
	     "vkCreateDescriptorPool");
	set.descriptorPool = shader->pool;
	must(vkAllocateDescriptorSets(vk->device, &set, &shader->set), "vkAllocateDescriptorSets");
	for (i = 0; i < count; i++) {
		const VkDescriptorBufferInfo what = { buffer[i]->buffer, 0, VK_WHOLE_SIZE };
		const VkWriteDescriptorSet write = {
			.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
			.dstSet = shader->set,
			.dstBinding = i,
			.descriptorCount = 1,
			.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
			.pBufferInfo = &what,
		};

		vkUpdateDescriptorSets(vk->device, 1, &write, 0, NULL);
	}
}

void vk_make_shader(struct vk *vk, struct vk_shader *shader, const uint32_t *code, size_t bytes,
		    const struct vk_buffer *const *buffer, int count)
{
	make_layout(vk, shader, count);
	make_pipeline(vk, shader, code, bytes);
	bind_buffers(vk, shader, buffer, count);
}

void vk_free_shader(struct vk *vk, struct vk_shader *shader)
{
	vkDestroyDescriptorPool(vk->device, shader->pool, NULL);
	vkDestroyPipeline(vk->device, shader->pipeline, NULL);
	vkDestroyPipelineLayout(vk->device, shader->layout, NULL);
	vkDestroyDescriptorSetLayout(vk->device, shader->buffers, NULL);
}

void vk_begin(struct vk *vk)
{
	const VkCommandBufferBeginInfo begin = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
		.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
	};

	must(vkBeginCommandBuffer(vk->commands, &begin), "vkBeginCommandBuffer");
}

/* What follows sees what was written before, be it another command or the CPU. */
static void barrier(struct vk *vk)
{
	const VkMemoryBarrier memory = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
	};

	vkCmdPipelineBarrier(vk->commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT,
			     0, 1, &memory, 0, NULL, 0, NULL);
}

void vk_dispatch(struct vk *vk, const struct vk_shader *shader, uint32_t number, int x, int y)
{
	vkCmdBindPipeline(vk->commands, VK_PIPELINE_BIND_POINT_COMPUTE, shader->pipeline);
	vkCmdBindDescriptorSets(vk->commands, VK_PIPELINE_BIND_POINT_COMPUTE, shader->layout,
				0, 1, &shader->set, 0, NULL);
	vkCmdPushConstants(vk->commands, shader->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
			   sizeof(number), &number);
	vkCmdDispatch(vk->commands, x, y, 1);
	barrier(vk);
}

void vk_copy(struct vk *vk, const struct vk_buffer *from, const struct vk_buffer *to)
{
	const VkBufferCopy all = { .size = from->bytes };

	vkCmdCopyBuffer(vk->commands, from->buffer, to->buffer, 1, &all);
	barrier(vk);
}

void vk_run(struct vk *vk)
{
	const VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.commandBufferCount = 1,
		.pCommandBuffers = &vk->commands,
	};

	must(vkEndCommandBuffer(vk->commands), "vkEndCommandBuffer");
	must(vkQueueSubmit(vk->queue, 1, &submit, vk->done), "vkQueueSubmit");
	must(vkWaitForFences(vk->device, 1, &vk->done, VK_TRUE, UINT64_MAX), "vkWaitForFences");
	must(vkResetFences(vk->device, 1, &vk->done), "vkResetFences");
}
