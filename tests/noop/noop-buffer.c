// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop-buffer.c: buffers, and where they are in the GPU's address space
 *
 * A GPU that does nothing needs no page tables, but the digest has the contents of
 * the commands that are submitted by address.
 */
#include "noop.h"

#include <linux/iosys-map.h>
#include <linux/slab.h>
#include <drm/drm_gem.h>

struct mapping {
	struct list_head head;
	struct drm_gem_object *obj;
	u64 va;
	u64 size;
	u64 offset;
};

static void free_object(struct drm_gem_object *obj)
{
	kfree(to_noop_bo(obj)->priv);
	drm_gem_shmem_object_free(obj);
}

static const struct drm_gem_object_funcs object_funcs = {
	.free = free_object,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

/**
 * noop_create_object() - for struct drm_driver
 * @dev: the device
 * @size: in bytes
 *
 * Return: an object that is not initialized, or an ERR_PTR().
 */
struct drm_gem_object *noop_create_object(struct drm_device *dev, size_t size)
{
	struct noop_bo *bo = kzalloc(sizeof(*bo), GFP_KERNEL);

	if (!bo)
		return ERR_PTR(-ENOMEM);
	bo->base.base.funcs = &object_funcs;
	return &bo->base.base;
}

/**
 * noop_bo_create() - make a buffer
 * @call: the call
 * @size: in bytes, not 0
 * @priv: goes to the buffer; freed if it cannot be made
 * @handle: gets the program's handle
 *
 * Return: 0 or an error.
 */
int noop_bo_create(struct noop_call *call, u64 size, void *priv, u32 *handle)
{
	struct drm_gem_shmem_object *shmem;
	int ret;

	shmem = size && size < SZ_4G ? drm_gem_shmem_create(call->dev, size) : ERR_PTR(-EINVAL);
	if (IS_ERR(shmem)) {
		kfree(priv);
		return PTR_ERR(shmem);
	}
	to_noop_bo(&shmem->base)->priv = priv;
	ret = drm_gem_handle_create(call->file, &shmem->base, handle);
	drm_gem_object_put(&shmem->base);
	return ret;
}

/**
 * noop_bo_offset() - where a buffer is for mmap()
 * @call: the call
 * @handle: of the buffer
 * @offset: gets the offset
 *
 * Return: 0 or an error.
 */
int noop_bo_offset(struct noop_call *call, u32 handle, u64 *offset)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, handle);

	if (!obj)
		return -ENOENT;
	*offset = drm_vma_node_offset_addr(&obj->vma_node);
	drm_gem_object_put(obj);
	return 0;
}

/**
 * noop_bo_create_placed() - make a buffer, and find it a place among the file's
 * @call: the call
 * @size: in bytes, not 0
 * @hidden: as in struct noop_bo
 * @handle: gets the program's handle
 * @place: gets its address, which has 32 bits
 *
 * Return: 0 or an error.
 */
int noop_bo_create_placed(struct noop_call *call, u64 size, bool hidden, u32 *handle, u64 *place)
{
	struct drm_gem_object *obj;
	int ret;

	*place = noop_place(call, size, 0);
	if (*place + size > U32_MAX)
		return -ENOSPC;
	ret = noop_bo_create(call, size, NULL, handle);
	if (ret)
		return ret;
	obj = drm_gem_object_lookup(call->file, *handle);
	/* Another thread of the program may have guessed its handle, and closed it. */
	if (!obj)
		return -EINVAL;
	to_noop_bo(obj)->place = *place;
	to_noop_bo(obj)->hidden = hidden;
	drm_gem_object_put(obj);
	return 0;
}

/**
 * noop_bo_place() - where a buffer is in the GPU's address space
 * @call: the call
 * @handle: of the buffer
 *
 * Return: 0 if there is none, or the driver has not placed it.
 */
u64 noop_bo_place(struct noop_call *call, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, handle);
	u64 place = obj ? to_noop_bo(obj)->place : 0;

	if (obj)
		drm_gem_object_put(obj);
	return place;
}

/**
 * noop_bo_exists() - has the file a buffer by that handle?
 * @call: the call
 * @handle: the handle
 */
bool noop_bo_exists(struct noop_call *call, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, handle);

	if (obj)
		drm_gem_object_put(obj);
	return obj;
}

/**
 * noop_add_bo() - add which buffer is meant to the digest
 * @call: the call
 * @handle: of the buffer
 *
 * That is its size. Its handle depends on when Mesa closes other buffers, which it
 * keeps for some time after use.
 */
void noop_add_bo(struct noop_call *call, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, handle);
	u64 size = obj ? obj->size : 0;

	noop_add_value(call, size);
	if (obj)
		drm_gem_object_put(obj);
}

/**
 * noop_place() - find a place in the GPU's address space for a buffer
 * @call: the call
 * @size: in bytes
 * @align: of the address; 0: as small as can be
 *
 * Return: an address that no other buffer of the file has had, not 0.
 */
u64 noop_place(struct noop_call *call, u64 size, u32 align)
{
	struct noop_file *nfile = noop_file(call);
	u64 va;

	align = roundup_pow_of_two(max_t(u32, align, SZ_64K));
	mutex_lock(&nfile->lock);
	va = round_up(max_t(u64, nfile->next_va, 1), align);
	nfile->next_va = va + size;
	mutex_unlock(&nfile->lock);
	return va;
}

static void drop(struct mapping *m)
{
	list_del(&m->head);
	drm_gem_object_put(m->obj);
	kfree(m);
}

/**
 * noop_map() - map a buffer in the GPU's address space
 * @call: the call
 * @handle: of the buffer, which stays until it is unmapped
 * @va: address
 * @size: in bytes
 * @offset: in the buffer
 *
 * What was mapped there before is hidden.
 *
 * Return: 0 or an error.
 */
int noop_map(struct noop_call *call, u32 handle, u64 va, u64 size, u64 offset)
{
	struct mapping *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->obj = drm_gem_object_lookup(call->file, handle);
	if (!m->obj || offset > m->obj->size || size > m->obj->size - offset) {
		if (m->obj)
			drm_gem_object_put(m->obj);
		kfree(m);
		return -EINVAL;
	}
	m->va = va;
	m->size = size;
	m->offset = offset;
	mutex_lock(&noop_file(call)->lock);
	list_add(&m->head, &noop_file(call)->mappings);
	mutex_unlock(&noop_file(call)->lock);
	return 0;
}

/**
 * noop_unmap() - take away the mappings that lie in a range
 * @call: the call
 * @va: where it begins
 * @size: in bytes
 */
void noop_unmap(struct noop_call *call, u64 va, u64 size)
{
	struct mapping *m, *next;

	mutex_lock(&noop_file(call)->lock);
	list_for_each_entry_safe(m, next, &noop_file(call)->mappings, head)
		if (m->va >= va && m->va + m->size <= va + size)
			drop(m);
	mutex_unlock(&noop_file(call)->lock);
}

/**
 * noop_unmap_all() - of a file that is closed
 * @nfile: the file
 */
void noop_unmap_all(struct noop_file *nfile)
{
	struct mapping *m, *next;

	list_for_each_entry_safe(m, next, &nfile->mappings, head)
		drop(m);
}

/**
 * noop_add_object() - add what a buffer has to the digest
 * @call: the call
 * @obj: the buffer
 * @offset: where to begin
 * @size: in bytes
 *
 * Return: 0 or an error.
 */
int noop_add_object(struct noop_call *call, struct drm_gem_object *obj, u64 offset, u64 size)
{
	struct iosys_map map;
	int ret;

	if (offset > obj->size || size > obj->size - offset)
		return -EINVAL;
	ret = drm_gem_vmap_unlocked(obj, &map);
	if (ret)
		return ret;
	noop_add(call, map.vaddr + offset, size);
	drm_gem_vunmap_unlocked(obj, &map);
	return 0;
}

/**
 * noop_add_contents() - add a buffer's size and all that it has to the digest
 * @call: the call
 * @handle: of the buffer
 *
 * Return: 0, or an error as when there is none.
 */
int noop_add_contents(struct noop_call *call, u32 handle)
{
	struct drm_gem_object *obj = drm_gem_object_lookup(call->file, handle);
	int ret;

	if (!obj)
		return -ENOENT;
	noop_add_value(call, obj->size);
	ret = to_noop_bo(obj)->hidden ? 0 : noop_add_object(call, obj, 0, obj->size);
	drm_gem_object_put(obj);
	return ret;
}

/**
 * noop_add_buffers() - add all that a list of buffers has to the digest
 * @call: the call
 * @from: where the program has the list of handles
 * @nr: their number
 *
 * Return: 0, or an error as when there is none of them.
 */
int noop_add_buffers(struct noop_call *call, u64 from, u32 nr)
{
	u32 i, *handles = noop_copy(from, nr, sizeof(*handles));
	int ret = 0;

	noop_add_value(call, nr);
	if (IS_ERR(handles))
		return PTR_ERR(handles);
	for (i = 0; i < nr && !ret; i++)
		ret = noop_add_contents(call, handles[i]);
	kvfree(handles);
	return ret;
}

/**
 * noop_add_mapped() - add what is at an address of the GPU to the digest
 * @call: the call
 * @va: the address
 * @size: in bytes
 *
 * Return: 0, or -EINVAL if it is not in one mapping.
 */
int noop_add_mapped(struct noop_call *call, u64 va, u64 size)
{
	struct mapping *m;
	int ret = -EINVAL;

	mutex_lock(&noop_file(call)->lock);
	list_for_each_entry(m, &noop_file(call)->mappings, head) {
		if (va < m->va || va - m->va >= m->size)
			continue;
		if (size <= m->size - (va - m->va))
			ret = noop_add_object(call, m->obj, m->offset + (va - m->va), size);
		break;
	}
	mutex_unlock(&noop_file(call)->lock);
	return ret;
}
