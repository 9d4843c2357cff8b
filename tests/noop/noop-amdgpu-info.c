// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-amdgpu-info.c: what amdgpu says of a GPU
 */
#include "noop-amdgpu.h"

#include <linux/ktime.h>
#include <linux/uaccess.h>

#define VRAM_SIZE	SZ_1G
#define GTT_SIZE	SZ_1G
#define GB_ADDR_CONFIG	0x263e	/* in words */

/**
 * noop_amdgpu_has_ring() - has the GPU this ring?
 * @type: AMDGPU_HW_IP_*
 * @ring: its number
 */
bool noop_amdgpu_has_ring(u32 type, u32 ring)
{
	return type < AMDGPU_HW_IP_NUM && ring < 32 &&
	       noop_amdgpu_model()->engines[type].available_rings & BIT(ring);
}

/* -------------------------------------------------------------------- INFO */

/* As the driver: no more than asked for */
static int answer(const struct drm_amdgpu_info *arg, const void *data, size_t len)
{
	len = min_t(size_t, len, arg->return_size);
	return copy_to_user(u64_to_user_ptr(arg->return_pointer), data, len) ? -EFAULT : 0;
}

static int answer_u32(const struct drm_amdgpu_info *arg, u32 value)
{
	return answer(arg, &value, sizeof(value));
}

static int answer_u64(const struct drm_amdgpu_info *arg, u64 value)
{
	return answer(arg, &value, sizeof(value));
}

static int info_registers(const struct drm_amdgpu_info *arg)
{
	u32 values[128] = {};
	u32 i, nr = arg->read_mmr_reg.count;

	if (nr > ARRAY_SIZE(values))
		return -EINVAL;
	for (i = 0; i < nr; i++)
		if (arg->read_mmr_reg.dword_offset + i == GB_ADDR_CONFIG)
			values[i] = noop_amdgpu_model()->gb_addr_config;
	return answer(arg, values, nr * sizeof(u32));
}

static int info_firmware(const struct drm_amdgpu_info *arg)
{
	const struct noop_amdgpu_model *model = noop_amdgpu_model();
	struct drm_amdgpu_info_firmware firmware = { .feature = model->feature };

	switch (arg->query_fw.fw_type) {
	case AMDGPU_INFO_FW_GFX_ME:
		firmware.ver = model->me;
		break;
	case AMDGPU_INFO_FW_GFX_PFP:
		firmware.ver = model->pfp;
		break;
	case AMDGPU_INFO_FW_GFX_MEC:
		firmware.ver = model->mec;
		break;
	}
	return answer(arg, &firmware, sizeof(firmware));
}

static int info_memory(const struct drm_amdgpu_info *arg)
{
	const struct drm_amdgpu_heap_info vram = {
		.total_heap_size = VRAM_SIZE,
		.usable_heap_size = VRAM_SIZE,
		.max_allocation = VRAM_SIZE / 4 * 3,
	};
	const struct drm_amdgpu_heap_info gtt = {
		.total_heap_size = GTT_SIZE,
		.usable_heap_size = GTT_SIZE,
		.max_allocation = GTT_SIZE / 4 * 3,
	};
	const struct drm_amdgpu_memory_info memory = {
		.vram = vram,
		.cpu_accessible_vram = vram,
		.gtt = gtt,
	};

	return answer(arg, &memory, sizeof(memory));
}

static int info_vram_gtt(const struct drm_amdgpu_info *arg)
{
	const struct drm_amdgpu_info_vram_gtt sizes = {
		.vram_size = VRAM_SIZE,
		.vram_cpu_accessible_size = VRAM_SIZE,
		.gtt_size = GTT_SIZE,
	};

	return answer(arg, &sizes, sizeof(sizes));
}

static int info_most_ibs(const struct drm_amdgpu_info *arg)
{
	u32 most[AMDGPU_HW_IP_NUM];
	int i;

	for (i = 0; i < AMDGPU_HW_IP_NUM; i++)
		most[i] = noop_amdgpu_model()->engines[i].available_rings ? 192 : 0;
	return answer(arg, most, sizeof(most));
}

static int info_engine(const struct drm_amdgpu_info *arg)
{
	const struct drm_amdgpu_info_hw_ip *engine;
	u32 type = arg->query_hw_ip.type;

	if (type >= AMDGPU_HW_IP_NUM)
		return -EINVAL;
	engine = &noop_amdgpu_model()->engines[type];
	if (arg->query == AMDGPU_INFO_HW_IP_COUNT)
		return answer_u32(arg, !!engine->available_rings);
	return answer(arg, engine, sizeof(*engine));
}

/**
 * noop_amdgpu_info() - the ioctl of that name
 * @call: the call
 * @arg: its argument
 *
 * Return: 0 or an error.
 */
int noop_amdgpu_info(struct noop_call *call, struct drm_amdgpu_info *arg)
{
	static const struct drm_amdgpu_info_video_caps no_video;
	static const struct drm_amdgpu_info_gds no_gds;

	noop_add_value(call, arg->return_size);
	noop_add_value(call, arg->query);
	if (!arg->return_size || !arg->return_pointer)
		return -EINVAL;
	switch (arg->query) {
	case AMDGPU_INFO_ACCEL_WORKING:
		return answer_u32(arg, 1);
	case AMDGPU_INFO_HW_IP_INFO:
	case AMDGPU_INFO_HW_IP_COUNT:
		noop_add_value(call, arg->query_hw_ip);
		return info_engine(arg);
	case AMDGPU_INFO_FW_VERSION:
		noop_add_value(call, arg->query_fw);
		return info_firmware(arg);
	case AMDGPU_INFO_READ_MMR_REG:
		noop_add_value(call, arg->read_mmr_reg);
		return info_registers(arg);
	case AMDGPU_INFO_DEV_INFO:
		return answer(arg, &noop_amdgpu_model()->device, sizeof(struct drm_amdgpu_info_device));
	case AMDGPU_INFO_MEMORY:
		return info_memory(arg);
	case AMDGPU_INFO_VRAM_GTT:
		return info_vram_gtt(arg);
	case AMDGPU_INFO_GDS_CONFIG:
		return answer(arg, &no_gds, sizeof(no_gds));
	case AMDGPU_INFO_VIDEO_CAPS:
		noop_add_value(call, arg->video_cap);
		return answer(arg, &no_video, sizeof(no_video));
	case AMDGPU_INFO_MAX_IBS:
		return info_most_ibs(arg);
	case AMDGPU_INFO_TIMESTAMP:
		return answer_u64(arg, ktime_get_ns() / 10);
	case AMDGPU_INFO_VRAM_LOST_COUNTER:
		return answer_u32(arg, 0);
	case AMDGPU_INFO_NUM_BYTES_MOVED:
	case AMDGPU_INFO_NUM_EVICTIONS:
	case AMDGPU_INFO_NUM_VRAM_CPU_PAGE_FAULTS:
	case AMDGPU_INFO_VRAM_USAGE:
	case AMDGPU_INFO_VIS_VRAM_USAGE:
	case AMDGPU_INFO_GTT_USAGE:
		return answer_u64(arg, 0);
	default:
		return -EINVAL;
	}
}
