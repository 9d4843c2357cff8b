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

void vk_must(VkResult result, const char *what)
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

	vk_must(vkCreateInstance(&create, NULL, &vk->instance), "vkCreateInstance");
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
		vk_must(result, "vkEnumeratePhysicalDevices");
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

bool vk_has(struct vk *vk, const char *extension)
{
	int i;

	for (i = 0; i < vk->extensions; i++)
		if (!strcmp(vk->extension[i], extension))
			return true;
	return false;
}

static void create_device(struct vk *vk)
{
	const float priority = 1;
	const VkDeviceQueueCreateInfo queue = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
		.queueFamilyIndex = vk->family,
		.queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
		.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
		.timelineSemaphore = VK_TRUE,
	};
	const VkDeviceCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
		.pNext = vk->extensions ? &timeline : NULL,
		.queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue,
		.enabledExtensionCount = vk->extensions,
		.ppEnabledExtensionNames = vk->extension,
	};

	vk_must(vkCreateDevice(vk->physical, &create, NULL, &vk->device), "vkCreateDevice");
}

static void open_device(struct vk *vk)
{
	const VkCommandPoolCreateInfo pool = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
		.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
		.queueFamilyIndex = vk->family,
	};
	VkCommandBufferAllocateInfo commands = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
		.commandBufferCount = 1,
	};
	const VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };

	create_device(vk);
	vkGetDeviceQueue(vk->device, vk->family, 0, &vk->queue);
	vk_must(vkCreateCommandPool(vk->device, &pool, NULL, &vk->pool), "vkCreateCommandPool");
	commands.commandPool = vk->pool;
	vk_must(vkAllocateCommandBuffers(vk->device, &commands, &vk->commands),
		"vkAllocateCommandBuffers");
	vk_must(vkCreateFence(vk->device, &fence, NULL, &vk->done), "vkCreateFence");
}

void vk_open(struct vk *vk, const char *node, bool software)
{
	vk_open_with(vk, node, software, NULL, 0);
}

void vk_open_with(struct vk *vk, const char *node, bool software, const char *const *extension,
		  int count)
{
	int i;

	memset(vk, 0, sizeof(*vk));
	open_instance(vk);
	choose_device(vk, node, software);
	vk->family = compute_family(vk);
	for (i = 0; i < count && vk->extensions < VK_MAX_EXTENSIONS; i++)
		if (has_extension(vk->physical, extension[i]))
			vk->extension[vk->extensions++] = extension[i];
	open_device(vk);
}

PFN_vkVoidFunction vk_function(struct vk *vk, const char *name)
{
	PFN_vkVoidFunction function = vkGetDeviceProcAddr(vk->device, name);

	if (!function)
		die("no %s", name);
	return function;
}

void vk_close(struct vk *vk)
{
	vkDestroyFence(vk->device, vk->done, NULL);
	vkDestroyCommandPool(vk->device, vk->pool, NULL);
	vkDestroyDevice(vk->device, NULL);
	vkDestroyInstance(vk->instance, NULL);
}

uint32_t vk_memory_type(struct vk *vk, uint32_t usable, VkMemoryPropertyFlags flags)
{
	uint32_t i;

	for (i = 0; i < vk->memory.memoryTypeCount; i++)
		if ((usable & 1u << i) &&
		    (vk->memory.memoryTypes[i].propertyFlags & flags) == flags)
			return i;
	die("no memory with the properties 0x%x", flags);
}

void vk_create_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, const void *how,
		      VkMemoryRequirements *need)
{
	const VkBufferCreateInfo create = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
		.pNext = how,
		.size = bytes,
		.usage = VK_BUFFER_USES,
	};

	memset(buffer, 0, sizeof(*buffer));
	buffer->bytes = bytes;
	vk_must(vkCreateBuffer(vk->device, &create, NULL, &buffer->buffer), "vkCreateBuffer");
	vkGetBufferMemoryRequirements(vk->device, buffer->buffer, need);
}

void vk_give_memory(struct vk *vk, struct vk_buffer *buffer, VkDeviceSize size, uint32_t type,
		    const void *how)
{
	const VkMemoryAllocateInfo allocate = {
		.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
		.pNext = how,
		.allocationSize = size,
		.memoryTypeIndex = type,
	};

	vk_must(vkAllocateMemory(vk->device, &allocate, NULL, &buffer->memory),
		"vkAllocateMemory");
	vk_must(vkBindBufferMemory(vk->device, buffer->buffer, buffer->memory, 0),
		"vkBindBufferMemory");
}

void vk_map_buffer(struct vk *vk, struct vk_buffer *buffer)
{
	vk_must(vkMapMemory(vk->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->map),
		"vkMapMemory");
}

void vk_make_buffer(struct vk *vk, struct vk_buffer *buffer, size_t bytes, bool mapped)
{
	VkMemoryRequirements need;

	vk_create_buffer(vk, buffer, bytes, NULL, &need);
	vk_give_memory(vk, buffer, need.size,
		       vk_memory_type(vk, need.memoryTypeBits,
				      mapped ? VK_MAPPED : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
		       NULL);
	if (mapped)
		vk_map_buffer(vk, buffer);
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
	vk_must(vkCreateDescriptorSetLayout(vk->device, &buffers, NULL, &shader->buffers),
		"vkCreateDescriptorSetLayout");
	vk_must(vkCreatePipelineLayout(vk->device, &layout, NULL, &shader->layout),
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

	vk_must(vkCreateShaderModule(vk->device, &module, NULL, &pipeline.stage.module),
		"vkCreateShaderModule");
	vk_must(vkCreateComputePipelines(vk->device, VK_NULL_HANDLE, 1, &pipeline, NULL,
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

	vk_must(vkCreateDescriptorPool(vk->device, &pool, NULL, &shader->pool),
		"vkCreateDescriptorPool");
	set.descriptorPool = shader->pool;
	vk_must(vkAllocateDescriptorSets(vk->device, &set, &shader->set), "vkAllocateDescriptorSets");
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

	vk_must(vkBeginCommandBuffer(vk->commands, &begin), "vkBeginCommandBuffer");
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

/* To or from other processes, with its contents */
static void change_owner(struct vk *vk, const struct vk_buffer *buffer, uint32_t from, uint32_t to)
{
	const VkBufferMemoryBarrier change = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
		.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
		.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
		.srcQueueFamilyIndex = from,
		.dstQueueFamilyIndex = to,
		.buffer = buffer->buffer,
		.size = VK_WHOLE_SIZE,
	};

	vkCmdPipelineBarrier(vk->commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 0, NULL, 1, &change, 0, NULL);
}

void vk_take(struct vk *vk, const struct vk_buffer *buffer)
{
	change_owner(vk, buffer, VK_QUEUE_FAMILY_EXTERNAL, vk->family);
}

void vk_give(struct vk *vk, const struct vk_buffer *buffer)
{
	change_owner(vk, buffer, vk->family, VK_QUEUE_FAMILY_EXTERNAL);
}

void vk_submit(struct vk *vk, const struct vk_point *wait, const struct vk_point *signal,
	       VkFence fence)
{
	const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
	/* The values of those that are binary are ignored. */
	const VkTimelineSemaphoreSubmitInfo values = {
		.sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
		.waitSemaphoreValueCount = !!wait,
		.pWaitSemaphoreValues = wait ? &wait->value : NULL,
		.signalSemaphoreValueCount = !!signal,
		.pSignalSemaphoreValues = signal ? &signal->value : NULL,
	};
	const VkSubmitInfo submit = {
		.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
		.pNext = wait || signal ? &values : NULL,
		.waitSemaphoreCount = !!wait,
		.pWaitSemaphores = wait ? &wait->semaphore : NULL,
		.pWaitDstStageMask = wait ? &stage : NULL,
		.commandBufferCount = 1,
		.pCommandBuffers = &vk->commands,
		.signalSemaphoreCount = !!signal,
		.pSignalSemaphores = signal ? &signal->semaphore : NULL,
	};

	vk_must(vkEndCommandBuffer(vk->commands), "vkEndCommandBuffer");
	vk_must(vkQueueSubmit(vk->queue, 1, &submit, fence), "vkQueueSubmit");
}

void vk_run(struct vk *vk)
{
	vk_submit(vk, NULL, NULL, vk->done);
	vk_must(vkWaitForFences(vk->device, 1, &vk->done, VK_TRUE, UINT64_MAX),
		"vkWaitForFences");
	vk_must(vkResetFences(vk->device, 1, &vk->done), "vkResetFences");
}
