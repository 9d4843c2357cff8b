// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c: what ioctls do to the buffers of a file
 *
 * The table says which ioctls create, free and share buffers, or ask for their
 * mmap() offset; nothing here knows any driver. When a buffer is freed that may
 * be cached, the backend is asked to clear it once the GPU is done with it. From
 * then on, the next ioctl that would create an equal buffer is answered with this
 * one. src/common/cached.c has what is compared and replayed.
 */
#include <linux/slab.h>

#include "front/cache/buffer.h"
#include "front/front.h"

/* ---------------------------------------------------- an ioctl, its argument */

/* An ioctl with a field, @f, that says what it does to a buffer */
struct cache_call {
	struct pvdrm_cache *cache;
	const struct xendrm_field *f;
	u32 cmd;
	const struct pvdrm_plan *plan;
	const u8 *arg;			/* as it is sent, @len bytes */
	u32 len;
	struct pvdrm_dispose_list dispose;
};

static void call_init(struct cache_call *call, struct pvdrm_cache *cache,
		      u32 cmd, const struct pvdrm_plan *plan)
{
	call->cache = cache;
	call->cmd = cmd;
	call->plan = plan;
	call->arg = plan->buf;
	call->len = pvdrm_cached_sent(plan);
	pvdrm_dispose_init(&call->dispose);
}

/* All that the host reads is the argument itself: all pointers are NULL. */
static bool stands_alone(const struct pvdrm_plan *plan)
{
	u32 i;

	for (i = 0; i < plan->nr_fixups; i++)
		if (plan->fixups[i].kind != PVDRM_FIXUP_POINTER ||
		    plan->fixups[i].wire != XENDRM_PTR_NULL)
			return false;
	return plan->nr_segs == 1;
}

/* The buffer whose handle is in the argument. pvdrm_pool.lock is held */
static struct pvdrm_buffer *find(const struct cache_call *call)
{
	return pvdrm_cache_find_locked(call->cache,
				       pvdrm_cached_value(call->arg, call->len,
							  call->f->offset,
							  sizeof(u32)));
}

/* ------------------------- before it is sent; all with pvdrm_pool.lock held */

static int answer(const struct cache_call *call,
		  const struct pvdrm_cached_answer *known, u8 *rsp)
{
	memcpy(rsp, known->rsp, known->rsp_len);
	return PVDRM_CACHE_ANSWERED;
}

/* The one freed last is the most likely to be in the CPU's caches. */
static struct pvdrm_buffer *find_idle(struct pvdrm_cache *cache,
				      const struct pvdrm_cached_answer *ask)
{
	struct pvdrm_buffer *buffer;

	list_for_each_entry(buffer, &cache->freed, node) {
		if (!pvdrm_cached_same(&buffer->create_answer, ask))
			continue;
		switch (atomic_read_acquire(&buffer->state)) {
		case PVDRM_BUFFER_IDLE:
			return buffer;
		case PVDRM_BUFFER_BUSY:
			if (time_after(jiffies, buffer->asked_at))
				pvdrm_buffer_ask_locked(buffer);
			break;
		default:
			break;
		}
		pvdrm_stat_inc(&cache->front->stats, PVDRM_STAT_CACHE_BUSY);
	}
	return NULL;
}

static int before_create(struct cache_call *call, u8 *rsp)
{
	struct pvdrm_cache *cache = call->cache;
	struct pvdrm_cached_answer ask;
	struct pvdrm_buffer *buffer;

	if (!pvdrm_cache_enabled() || !stands_alone(call->plan) ||
	    !pvdrm_cached_ask(&ask, call->f, call->cmd, call->arg, call->len))
		return PVDRM_CACHE_PASS;
	buffer = find_idle(cache, &ask);
	if (!buffer || buffer->create_answer.rsp_len !=
		       pvdrm_cached_returned(call->plan)) {
		pvdrm_stat_inc(&cache->front->stats, PVDRM_STAT_CACHE_MISSES);
		return PVDRM_CACHE_PASS;
	}
	pvdrm_stat_inc(&cache->front->stats, PVDRM_STAT_CACHE_HITS);
	list_del_init(&buffer->node);
	buffer->freed = false;
	atomic_set(&buffer->state, PVDRM_BUFFER_IN_USE);
	/* Its parked mapping stays cached, and becomes the newest. */
	pvdrm_pool_add_locked(buffer, &call->dispose);
	return answer(call, &buffer->create_answer, rsp);
}

/*
 * A freed buffer is evicted: the backend does RELEASE before the ioctl that is
 * sent next, so the host refuses the handle as it should.
 */
static struct pvdrm_buffer *find_in_use(struct cache_call *call)
{
	struct pvdrm_buffer *buffer = find(call);

	if (!buffer || !buffer->freed)
		return buffer;
	pvdrm_pool_evict_locked(buffer, &call->dispose);
	return NULL;
}

static int before_mmap_offset(struct cache_call *call, u8 *rsp)
{
	struct pvdrm_buffer *buffer = find_in_use(call);
	struct pvdrm_cached_answer ask;

	if (!buffer || !stands_alone(call->plan) ||
	    !pvdrm_cached_ask(&ask, call->f, call->cmd, call->arg, call->len) ||
	    !pvdrm_cached_same(&buffer->offset_answer, &ask) ||
	    buffer->offset_answer.rsp_len != pvdrm_cached_returned(call->plan))
		return PVDRM_CACHE_PASS;
	return answer(call, &buffer->offset_answer, rsp);
}

static int before_free(struct cache_call *call, u8 *rsp)
{
	struct pvdrm_buffer *buffer = find(call);
	u32 len = pvdrm_cached_returned(call->plan);

	if (!buffer)
		return PVDRM_CACHE_PASS;
	/* As the host answers for a closed handle */
	if (buffer->freed)
		return -EINVAL;
	if (!stands_alone(call->plan) || !buffer->parked ||
	    !pvdrm_buffer_cacheable_locked(buffer)) {
		pvdrm_buffer_forget_locked(buffer, &call->dispose);
		return PVDRM_CACHE_PASS;
	}
	buffer->freed = true;
	list_add(&buffer->node, &call->cache->freed);
	pvdrm_pool_add_locked(buffer, &call->dispose);
	if (buffer->cache)
		pvdrm_buffer_ask_locked(buffer);
	if (len)
		memcpy(rsp, call->arg, min(len, call->len));
	return PVDRM_CACHE_ANSWERED;
}

static int before_use(struct cache_call *call)
{
	struct pvdrm_buffer *buffer = find_in_use(call);

	if (buffer && call->f->aux != XENDRM_BUFFER_USED)
		buffer->changed = true;
	return PVDRM_CACHE_PASS;
}

static int before_field(struct cache_call *call, u8 *rsp)
{
	switch (call->f->aux) {
	case XENDRM_BUFFER_CREATED:
		return before_create(call, rsp);
	case XENDRM_BUFFER_MMAP_OFFSET:
		return before_mmap_offset(call, rsp);
	case XENDRM_BUFFER_FREED:
		return before_free(call, rsp);
	case XENDRM_BUFFER_MADE:
	case XENDRM_BUFFER_IMPORTED:
		return PVDRM_CACHE_PASS;
	default:
		return before_use(call);
	}
}

/* An ioctl that the table says nothing about may share or change any buffer. */
static void distrust_all(struct cache_call *call)
{
	struct pvdrm_cache *cache = call->cache;
	struct pvdrm_buffer *buffer, *next;

	cache->generation++;
	list_for_each_entry_safe(buffer, next, &cache->freed, node)
		pvdrm_pool_evict_locked(buffer, &call->dispose);
}

static bool is_active(struct pvdrm_cache *cache)
{
	return pvdrm_cache_enabled() || READ_ONCE(cache->nr);
}

/**
 * pvdrm_cache_before_call() - called before an ioctl is sent
 * @cache: its file's
 * @desc: its entry in the table
 * @cmd: its number, as issued
 * @plan: its argument, packed
 * @rsp: room for the payload of the response
 *
 * Return: PVDRM_CACHE_PASS: send it; PVDRM_CACHE_ANSWERED: it has succeeded, and
 * @rsp is the payload; or the errno it has failed with.
 */
int pvdrm_cache_before_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, u8 *rsp)
{
	struct pvdrm_front *front = cache->front;
	struct cache_call call;
	bool listed = desc->flags & XENDRM_IOCTL_HARMLESS;
	int ret = PVDRM_CACHE_PASS;
	u32 index = 0;

	if (!is_active(cache))
		return PVDRM_CACHE_PASS;
	call_init(&call, cache, cmd, plan);
	spin_lock(&front->pool.lock);
	while (ret == PVDRM_CACHE_PASS &&
	       (call.f = pvdrm_cached_next(&front->table, desc, call.arg,
					   call.len, &index))) {
		listed = true;
		ret = before_field(&call, rsp);
	}
	if (!listed)
		distrust_all(&call);
	spin_unlock(&front->pool.lock);
	pvdrm_dispose_all(front, &call.dispose, false);
	return ret;
}

/* --------------------------------------------------------- after the response */

static struct pvdrm_buffer *buffer_alloc(void)
{
	struct pvdrm_buffer *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);

	if (!buffer)
		return NULL;
	buffer->release = kzalloc(sizeof(*buffer->release), GFP_KERNEL);
	if (!buffer->release) {
		kfree(buffer);
		return NULL;
	}
	refcount_set(&buffer->refs, 1);
	INIT_LIST_HEAD(&buffer->item.node);
	INIT_LIST_HEAD(&buffer->node);
	return buffer;
}

/* Return: false if it cannot be cached */
static bool buffer_fill(struct pvdrm_buffer *buffer, struct cache_call *call,
			const u8 *rsp)
{
	const struct xendrm_field *f = call->f;
	u32 len = pvdrm_cached_returned(call->plan);

	if (!pvdrm_cached_ask(&buffer->create_answer, f, call->cmd, call->arg,
			      call->len) ||
	    !pvdrm_cached_answered(&buffer->create_answer, f, rsp, len))
		return false;
	buffer->cache = call->cache;
	buffer->handle = pvdrm_cached_value(rsp, len, f->offset, sizeof(u32));
	buffer->bytes = pvdrm_cached_value(rsp, len, f->count, f->count_width);
	buffer->release->req.op = XENDRM_OP_RELEASE;
	buffer->release->req.file = call->cache->file;
	buffer->release->req.u.release.handle = buffer->handle;
	return buffer->bytes && buffer->bytes <= pvdrm_pool_max_bytes();
}

/* pvdrm_pool.lock is held */
static void set_range(struct pvdrm_buffer *buffer,
		      const struct cache_call *call, const u8 *rsp)
{
	u64 start = pvdrm_cached_value(rsp, pvdrm_cached_returned(call->plan),
				       call->f->stride, call->f->stride_width);

	pvdrm_buffer_set_range_locked(buffer, start);
}

static void insert(struct pvdrm_buffer *buffer, struct cache_call *call,
		   const u8 *rsp)
{
	struct pvdrm_cache *cache = call->cache;
	struct pvdrm_buffer *old;

	spin_lock(&cache->front->pool.lock);
	/* The host reused the handle: the old buffer was freed unnoticed. */
	old = pvdrm_cache_find_locked(cache, buffer->handle);
	if (old) {
		old->freed = false;
		pvdrm_buffer_forget_locked(old, &call->dispose);
	}
	buffer->generation = cache->generation;
	hash_add(cache->buffers, &buffer->hash, buffer->handle);
	cache->nr++;
	if (call->f->stride_width)
		set_range(buffer, call, rsp);
	spin_unlock(&cache->front->pool.lock);
}

static void after_create(struct cache_call *call, const u8 *rsp)
{
	struct pvdrm_buffer *buffer;

	if (!pvdrm_cache_enabled() || !stands_alone(call->plan))
		return;
	buffer = buffer_alloc();
	if (!buffer)
		return;
	if (buffer_fill(buffer, call, rsp)) {
		insert(buffer, call, rsp);
		return;
	}
	kfree(buffer->release);
	kfree(buffer);
}

static void after_mmap_offset(struct cache_call *call, const u8 *rsp)
{
	struct pvdrm_cache *cache = call->cache;
	const struct xendrm_field *f = call->f;
	struct pvdrm_cached_answer where;
	struct pvdrm_buffer *buffer;
	u32 len = pvdrm_cached_returned(call->plan);

	if (!stands_alone(call->plan) ||
	    !pvdrm_cached_ask(&where, f, call->cmd, call->arg, call->len) ||
	    !pvdrm_cached_answered(&where, f, rsp, len))
		return;
	spin_lock(&cache->front->pool.lock);
	buffer = find(call);
	if (buffer && !buffer->freed && !buffer->parked) {
		buffer->offset_answer = where;
		set_range(buffer, call, rsp);
	}
	spin_unlock(&cache->front->pool.lock);
}

/**
 * pvdrm_cache_after_call() - called after the response to an ioctl
 * @cache: its file's; pvdrm_cache_before_call() returned PVDRM_CACHE_PASS
 * @desc: its entry in the table
 * @cmd: its number, as issued
 * @plan: its argument, packed
 * @rsp: the payload of the response
 * @ret: what the ioctl returns
 */
void pvdrm_cache_after_call(struct pvdrm_cache *cache,
			    const struct xendrm_ioctl *desc, u32 cmd,
			    const struct pvdrm_plan *plan, const u8 *rsp, long ret)
{
	struct pvdrm_front *front = cache->front;
	struct cache_call call;
	bool listed = desc->flags & XENDRM_IOCTL_HARMLESS;
	u32 index = 0;

	if (!is_active(cache))
		return;
	call_init(&call, cache, cmd, plan);
	while ((call.f = pvdrm_cached_next(&front->table, desc, call.arg,
					   call.len, &index))) {
		listed = true;
		if (ret >= 0 && call.f->aux == XENDRM_BUFFER_CREATED)
			after_create(&call, rsp);
		if (ret >= 0 && call.f->aux == XENDRM_BUFFER_MMAP_OFFSET)
			after_mmap_offset(&call, rsp);
	}
	if (!listed) {
		/* It may have been about buffers created meanwhile. */
		spin_lock(&front->pool.lock);
		cache->generation++;
		spin_unlock(&front->pool.lock);
	}
	pvdrm_dispose_all(front, &call.dispose, false);
}
