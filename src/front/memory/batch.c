// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch.c: the pages that a response brings
 */
#include <linux/slab.h>

#include "front/front.h"
#include "front/memory/batch.h"
#include "front/memory/mapping.h"
#include "front/memory/vram.h"

/**
 * pvdrm_batch_alloc() - allocate room for a batch
 * @batch: its count is set; kvfree() its reply
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_batch_alloc(struct pvdrm_batch *batch)
{
	u32 n = batch->count;
	void *room;

	room = kvmalloc_array(n, sizeof(*batch->reply) + sizeof(*batch->ops) +
			      sizeof(*batch->pages) + sizeof(*batch->index),
			      GFP_KERNEL);
	if (!room)
		return -ENOMEM;
	batch->reply = room;
	batch->ops = (void *)(batch->reply + n);
	batch->pages = (void *)(batch->ops + n);
	batch->index = (void *)(batch->pages + n);
	batch->nr = 0;
	return 0;
}

static const char *check_page(const struct pvdrm_front *front,
			      const struct xendrm_page *page)
{
	if (page->kind > XENDRM_PAGE_DEVICE ||
	    page->flags & ~XENDRM_PAGE_READONLY ||
	    page->cache > XENDRM_CACHE_UC || page->reserved ||
	    (page->kind != XENDRM_PAGE_DEVICE && page->frame))
		return "response with an unknown kind of page";
	if (page->kind == XENDRM_PAGE_DEVICE)
		return pvdrm_vram_window_check(&front->window, page);
	return NULL;
}

/**
 * pvdrm_batch_check() - check the pages in the response to a FAULT or an MMAP
 * @front: the connection
 * @reply: a private copy of it
 * @count: pages asked for
 * @len: its bytes
 *
 * Return: %NULL, or the rule that the backend broke.
 */
const char *pvdrm_batch_check(const struct pvdrm_front *front,
			      const struct xendrm_page *reply, u32 count, u32 len)
{
	const char *why = NULL;
	u32 i;

	if (len != count * sizeof(*reply))
		return "response with a payload of the wrong length";
	for (i = 0; i < count && !why; i++)
		why = check_page(front, &reply[i]);
	return why;
}
