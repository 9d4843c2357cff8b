// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device as vfio-user shows it: see vfio_user.h
 *
 * Whatever a message says is checked against its length before it is used.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <string.h>

#include "vfio_user.h"

struct dma_map {
	uint32_t argsz, flags;
	uint64_t offset, address, size;
};

struct dma_unmap {
	uint32_t argsz, flags;
	uint64_t address, size;
};

struct region_access {
	uint64_t offset;
	uint32_t region, count;
};

struct version {
	uint16_t major, minor;
};

static const char capabilities[] =
	"{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":65536}}";

int vfu_check_header(const struct vfu_header *header, size_t *body_size)
{
	if (header->size < sizeof(*header) || header->flags & VFU_TYPE_MASK)
		return -EPROTO;
	*body_size = header->size - sizeof(*header);
	return *body_size > VFU_MAX_BODY ? -EMSGSIZE : 0;
}

/* The fixed part of a message; false: it is shorter */
static bool take(const struct vfu_message *message, void *to, size_t size)
{
	if (message->body_size < size)
		return false;
	memcpy(to, message->body, size);
	return true;
}

static void give(struct vfu_answer *answer, const void *data, size_t size)
{
	memcpy(answer->body + answer->body_size, data, size);
	answer->body_size += size;
}

static int version(const struct vfu_message *message, struct vfu_answer *answer)
{
	struct version v;

	if (!take(message, &v, sizeof(v)))
		return -EINVAL;
	if (v.major)
		return -ENOTSUP;
	v.minor = 0;
	give(answer, &v, sizeof(v));
	give(answer, capabilities, sizeof(capabilities));
	return 0;
}

static int map(struct gpu *gpu, const struct vfu_message *message)
{
	struct dma_map m;

	if (!take(message, &m, sizeof(m)))
		return -EINVAL;
	/* Memory that is not shared cannot be reached; the engines find nothing there. */
	if (!message->fds)
		return 0;
	return bus_map(&gpu->bus, m.address, m.size, message->fd[0], m.offset,
		       m.flags & VFIO_DMA_MAP_FLAG_WRITE);
}

static int unmap(struct gpu *gpu, const struct vfu_message *message, struct vfu_answer *answer)
{
	struct dma_unmap m;
	int error;

	if (!take(message, &m, sizeof(m)))
		return -EINVAL;
	if (m.flags & VFIO_DMA_UNMAP_FLAG_ALL)
		error = bus_unmap_all(&gpu->bus);
	else
		error = bus_unmap(&gpu->bus, m.address, m.size);
	give(answer, &m, sizeof(m));
	/* What came without a descriptor was not mapped here. */
	return error == -ENOENT ? 0 : error;
}

static int device_info(const struct vfu_message *message, struct vfu_answer *answer)
{
	struct {
		uint32_t argsz, flags, regions, irqs;
	} info = {
		sizeof(info), VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
		VFIO_PCI_NUM_REGIONS, VFIO_PCI_NUM_IRQS,
	};

	if (message->body_size < sizeof(info))
		return -EINVAL;
	give(answer, &info, sizeof(info));
	return 0;
}

/* Size of a region, and the memory behind it, if it has one */
static uint64_t region(const struct gpu *gpu, unsigned int index, uint8_t **memory, int *fd)
{
	*memory = NULL;
	*fd = -1;
	switch (index) {
	case VFIO_PCI_BAR0_REGION_INDEX:
		return REGS_SIZE;
	case VFIO_PCI_BAR1_REGION_INDEX:
		*memory = gpu->memory.vram;
		*fd = gpu->vram_fd;
		return gpu->memory.vram_size;
	case VFIO_PCI_BAR2_REGION_INDEX:
		*memory = gpu->memory.inst;
		*fd = gpu->inst_fd;
		return INST_SIZE;
	case VFIO_PCI_CONFIG_REGION_INDEX:
		return PCI_CONFIG_SIZE;
	default:
		return 0;
	}
}

static int region_info(const struct gpu *gpu, const struct vfu_message *message,
		       struct vfu_answer *answer)
{
	struct vfio_region_info info;
	uint8_t *memory;

	if (!take(message, &info, sizeof(info)) || info.index >= VFIO_PCI_NUM_REGIONS)
		return -EINVAL;
	info = (struct vfio_region_info) { .argsz = sizeof(info), .index = info.index };
	info.size = region(gpu, info.index, &memory, &answer->fd);
	if (info.size)
		info.flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	if (memory)
		info.flags |= VFIO_REGION_INFO_FLAG_MMAP;
	give(answer, &info, sizeof(info));
	return 0;
}

static int irq_info(const struct vfu_message *message, struct vfu_answer *answer)
{
	struct vfio_irq_info info;

	if (!take(message, &info, sizeof(info)) || info.index >= VFIO_PCI_NUM_IRQS)
		return -EINVAL;
	info = (struct vfio_irq_info) { .argsz = sizeof(info), .index = info.index };
	if (info.index == VFIO_PCI_INTX_IRQ_INDEX) {
		info.count = 1;
		info.flags = VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE |
			     VFIO_IRQ_INFO_AUTOMASKED;
	}
	give(answer, &info, sizeof(info));
	return 0;
}

static void listen_to_irq(struct gpu *gpu, struct vfu_message *message)
{
	irq_listen(&gpu->irq, message->fds ? message->fd[0] : -1);
	if (message->fds)
		message->fd[0] = -1;
}

static int set_irqs(struct gpu *gpu, struct vfu_message *message)
{
	uint32_t action, data;
	struct {
		uint32_t argsz, flags, index, start, count;
	} set;

	if (!take(message, &set, sizeof(set)))
		return -EINVAL;
	if (set.index != VFIO_PCI_INTX_IRQ_INDEX)
		return set.count ? -EINVAL : 0;
	action = set.flags & VFIO_IRQ_SET_ACTION_TYPE_MASK;
	data = set.flags & VFIO_IRQ_SET_DATA_TYPE_MASK;
	/* An event that unmasks is a short cut for KVM; without it the emulator asks. */
	if (action != VFIO_IRQ_SET_ACTION_TRIGGER && data != VFIO_IRQ_SET_DATA_NONE)
		return -EINVAL;
	if (action == VFIO_IRQ_SET_ACTION_TRIGGER)
		listen_to_irq(gpu, message);
	else
		irq_mask(&gpu->irq, action == VFIO_IRQ_SET_ACTION_MASK);
	return 0;
}

static void access_registers(struct gpu *gpu, uint32_t at, uint8_t *data, uint32_t count, bool write)
{
	unsigned int size;
	uint32_t value;

	for (; count; count -= size, at += size, data += size) {
		size = at % 4 == 0 && count >= 4 ? 4 : at % 2 == 0 && count >= 2 ? 2 : 1;
		value = 0;
		if (write) {
			memcpy(&value, data, size);
			mmio_write(gpu, at, value, size);
		} else {
			value = mmio_read(gpu, at, size);
			memcpy(data, &value, size);
		}
	}
}

static void access_config(struct gpu *gpu, uint32_t at, uint8_t *data, uint32_t count, bool write)
{
	uint32_t word;

	if (write && at == PCI_TEST_COMMAND && count == sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		fault_command(gpu, word);
	} else if (write) {
		pci_write(&gpu->pci, at, data, count);
	} else {
		pci_put32(&gpu->pci, PCI_TEST_METHODS, gpu->fault.methods);
		pci_put32(&gpu->pci, PCI_TEST_BYTES, gpu->fault.bytes / 1024);
		pci_put32(&gpu->pci, PCI_TEST_STATE, gpu->fault.hang);
		memcpy(data, gpu->pci.byte + at, count);
	}
}

static int access_region(struct gpu *gpu, const struct region_access *a, uint8_t *data, bool write)
{
	uint8_t *memory;
	int fd;
	uint64_t size = region(gpu, a->region, &memory, &fd);

	if (a->offset > size || a->count > size - a->offset)
		return -EINVAL;
	if (memory && write)
		memcpy(memory + a->offset, data, a->count);
	else if (memory)
		memcpy(data, memory + a->offset, a->count);
	else if (a->region == VFIO_PCI_BAR0_REGION_INDEX)
		access_registers(gpu, a->offset, data, a->count, write);
	else
		access_config(gpu, a->offset, data, a->count, write);
	return 0;
}

static int read_region(struct gpu *gpu, const struct vfu_message *message,
		       struct vfu_answer *answer)
{
	struct region_access a;
	int error;

	if (!take(message, &a, sizeof(a)) || a.count > VFU_MAX_DATA)
		return -EINVAL;
	give(answer, &a, sizeof(a));
	error = access_region(gpu, &a, answer->body + sizeof(a), false);
	answer->body_size += a.count;
	return error;
}

static int write_region(struct gpu *gpu, struct vfu_message *message, struct vfu_answer *answer)
{
	struct region_access a;

	if (!take(message, &a, sizeof(a)) || a.count > message->body_size - sizeof(a))
		return -EINVAL;
	give(answer, &a, sizeof(a));
	return access_region(gpu, &a, message->body + sizeof(a), true);
}

int vfu_handle(struct gpu *gpu, struct vfu_message *message, struct vfu_answer *answer)
{
	int error = -ENOTSUP;

	answer->body_size = 0;
	answer->fd = -1;
	/* These wait for engines that use memory, which must not need the lock then. */
	if (message->header.command == VFU_DMA_MAP)
		return map(gpu, message);
	if (message->header.command == VFU_DMA_UNMAP)
		return unmap(gpu, message, answer);
	gpu_lock(gpu);
	switch (message->header.command) {
	case VFU_VERSION:
		error = version(message, answer);
		break;
	case VFU_DEVICE_INFO:
		error = device_info(message, answer);
		break;
	case VFU_REGION_INFO:
		error = region_info(gpu, message, answer);
		break;
	case VFU_IRQ_INFO:
		error = irq_info(message, answer);
		break;
	case VFU_SET_IRQS:
		error = set_irqs(gpu, message);
		break;
	case VFU_REGION_READ:
		error = read_region(gpu, message, answer);
		break;
	case VFU_REGION_WRITE:
		error = write_region(gpu, message, answer);
		break;
	case VFU_RESET:
		/* The driver sets up all it uses; the memory stays, as on the real one. */
		error = 0;
		break;
	}
	gpu_unlock(gpu);
	return error;
}
