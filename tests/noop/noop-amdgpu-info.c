// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-amdgpu-info.c: what amdgpu says of a Navi 21
 */
#include "noop-amdgpu.h"

#include <linux/ktime.h>
#include <linux/uaccess.h>

#define VRAM_SIZE	SZ_1G
#define GTT_SIZE	SZ_1G
#define GB_ADDR_CONFIG	0x263e	/* in words */

/* --------------------------------------------------------------- the model */

static const struct drm_amdgpu_info_device navi21 = {
	.device_id = 0x73bf,
	.chip_rev = 1,
	.external_rev = 0x29,
	.pci_rev = 0xc3,
	.family = AMDGPU_FAMILY_NV,
	.num_shader_engines = 4,
	.num_shader_arrays_per_engine = 2,
	.gpu_counter_freq = 100000,
	.max_engine_clock = 2475000,
	.max_memory_clock = 1000000,
	.min_engine_clock = 500000,
	.min_memory_clock = 96000,
	.cu_active_number = 80,
	.cu_ao_mask = 0x3ff,
	.cu_bitmap = {
		{ 0x3ff, 0x3ff }, { 0x3ff, 0x3ff }, { 0x3ff, 0x3ff }, { 0x3ff, 0x3ff },
	},
	.cu_ao_bitmap = {
		{ 0x3ff, 0x3ff }, { 0x3ff, 0x3ff }, { 0x3ff, 0x3ff }, { 0x3ff, 0x3ff },
	},
	.num_cu_per_sh = 10,
	.enabled_rb_pipes_mask = 0xffff,
	.num_rb_pipes = 16,
	.num_hw_gfx_contexts = 8,
	.pcie_gen = 4,
	.pcie_num_lanes = 16,
	.virtual_address_offset = SZ_2M,
	.virtual_address_max = 0x800000000000,
	.virtual_address_alignment = SZ_4K,
	.high_va_offset = 0xffff800000000000,
	.high_va_max = 0xffffffffffe00000,
	.pte_fragment_size = SZ_2M,
	.gart_page_size = SZ_4K,
	.ce_ram_size = SZ_64K,
	.vram_type = AMDGPU_VRAM_TYPE_GDDR6,
	.vram_bit_width = 256,
	.gc_double_offchip_lds_buf = 1,
	.wave_front_size = 32,
	.num_shader_visible_vgprs = 1024,
	.num_tcc_blocks = 16,
	.gs_vgt_table_depth = 32,
	.gs_prim_buffer_depth = 1792,
	.max_gs_waves_per_vgt = 32,
	.mall_size = SZ_128M,
};

/* Engines that are not here the GPU does not have. */
static const struct drm_amdgpu_info_hw_ip engines[AMDGPU_HW_IP_NUM] = {
	[AMDGPU_HW_IP_GFX] = {
		.hw_ip_version_major = 10,
		.ib_start_alignment = 32,
		.ib_size_alignment = 32,
		.available_rings = 1,
		.ip_discovery_version = 0xa0300,
	},
	[AMDGPU_HW_IP_COMPUTE] = {
		.hw_ip_version_major = 10,
		.ib_start_alignment = 32,
		.ib_size_alignment = 32,
		.available_rings = 0xf,
		.ip_discovery_version = 0xa0300,
	},
	[AMDGPU_HW_IP_DMA] = {
		.hw_ip_version_major = 5,
		.hw_ip_version_minor = 2,
		.ib_start_alignment = 256,
		.ib_size_alignment = 4,
		.available_rings = 3,
		.ip_discovery_version = 0x50200,
	},
};

/**
 * noop_amdgpu_has_ring() - has the GPU this ring?
 * @type: AMDGPU_HW_IP_*
 * @ring: its number
 */
bool noop_amdgpu_has_ring(u32 type, u32 ring)
{
	return type < AMDGPU_HW_IP_NUM && ring < 32 && engines[type].available_rings & BIT(ring);
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
			values[i] = 0x444;
	return answer(arg, values, nr * sizeof(u32));
}

static int info_firmware(const struct drm_amdgpu_info *arg)
{
	struct drm_amdgpu_info_firmware firmware = { .feature = 42 };

	switch (arg->query_fw.fw_type) {
	case AMDGPU_INFO_FW_GFX_ME:
		firmware.ver = 64;
		break;
	case AMDGPU_INFO_FW_GFX_PFP:
		firmware.ver = 95;
		break;
	case AMDGPU_INFO_FW_GFX_MEC:
		firmware.ver = 104;
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
		most[i] = engines[i].available_rings ? 192 : 0;
	return answer(arg, most, sizeof(most));
}

static int info_engine(const struct drm_amdgpu_info *arg)
{
	u32 type = arg->query_hw_ip.type;

	if (type >= AMDGPU_HW_IP_NUM)
		return -EINVAL;
	if (arg->query == AMDGPU_INFO_HW_IP_COUNT)
		return answer_u32(arg, !!engines[type].available_rings);
	return answer(arg, &engines[type], sizeof(engines[type]));
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
		return answer(arg, &navi21, sizeof(navi21));
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
