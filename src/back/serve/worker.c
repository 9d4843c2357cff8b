// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread's own things: arena in the process, private buffer in the kernel
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "back/bus/back.h"
#include "back/memory/map.h"

/* What nearly every request fits in; kept for ever */
#define SMALL_SIZE	(64u << 10)
/* After so many small requests, what a big one needed is given back. */
#define TRIM_AFTER	1024

/**
 * pvdrm_arena_map() - memory of the process with a guard page behind it
 * @size: bytes, whole pages
 *
 * Return: the address or an error value.
 */
unsigned long pvdrm_arena_map(size_t size)
{
	unsigned long area, addr;

	area = vm_mmap(NULL, 0, size + PAGE_SIZE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(area))
		return area;
	addr = vm_mmap(NULL, area, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	if (IS_ERR_VALUE(addr))
		vm_munmap(area, size + PAGE_SIZE);
	return addr;
}

static void arena_unmap(struct pvdrm_worker *worker)
{
	if (worker->arena)
		vm_munmap(worker->arena, worker->arena_size + PAGE_SIZE);
	worker->arena = 0;
	worker->arena_size = 0;
}

/**
 * pvdrm_worker_need_arena() - have an arena of a size
 * @worker: the calling thread's; what the arena held is lost
 * @len: bytes
 *
 * Return: 0 or -errno.
 */
int pvdrm_worker_need_arena(struct pvdrm_worker *worker, size_t len)
{
	unsigned long addr;
	size_t size;

	if (len > SMALL_SIZE)
		worker->small = 0;
	if (len <= worker->arena_size)
		return 0;
	size = max_t(size_t, PAGE_ALIGN(len), SMALL_SIZE);
	arena_unmap(worker);
	addr = pvdrm_arena_map(size);
	if (IS_ERR_VALUE(addr))
		return addr;
	worker->arena = addr;
	worker->arena_size = size;
	return 0;
}

/**
 * pvdrm_worker_need_buf() - have a private buffer of a size
 * @worker: the calling thread's; what the buffer held is lost
 * @len: bytes
 *
 * Return: 0 or -ENOMEM.
 */
int pvdrm_worker_need_buf(struct pvdrm_worker *worker, size_t len)
{
	size_t size;
	void *buf;

	if (len > SMALL_SIZE)
		worker->small = 0;
	if (len <= worker->buf_size)
		return 0;
	size = max_t(size_t, PAGE_ALIGN(len), SMALL_SIZE);
	buf = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	kvfree(worker->buf);
	worker->buf = buf;
	worker->buf_size = size;
	return 0;
}

/**
 * pvdrm_worker_trim() - after each request: give back what is long unused
 * @worker: the calling thread's
 */
void pvdrm_worker_trim(struct pvdrm_worker *worker)
{
	if (++worker->small < TRIM_AFTER)
		return;
	worker->small = 0;
	if (worker->arena_size > SMALL_SIZE)
		arena_unmap(worker);
	if (worker->buf_size > SMALL_SIZE) {
		kvfree(worker->buf);
		worker->buf = NULL;
		worker->buf_size = 0;
	}
}

static struct pvdrm_worker *worker_create(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker = kzalloc(sizeof(*worker),
					      GFP_KERNEL_ACCOUNT);

	if (!worker)
		return NULL;
	worker->frames = kvcalloc(XENDRM_MAX_FAULT_PAGES,
				  sizeof(*worker->frames), GFP_KERNEL_ACCOUNT);
	if (!worker->frames) {
		kfree(worker);
		return NULL;
	}
	INIT_LIST_HEAD(&worker->idle);
	worker->task = current;
	worker->server = server;
	init_waitqueue_head(&worker->wait);
	INIT_DELAYED_WORK(&worker->overdue, pvdrm_leader_overdue);
	pvdrm_plan_init(&worker->plan);
	return worker;
}

static struct pvdrm_worker *worker_find(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker, *found = NULL;

	spin_lock_irq(&server->lock);
	list_for_each_entry(worker, &server->workers, all) {
		if (worker->task == current) {
			found = worker;
			break;
		}
	}
	spin_unlock_irq(&server->lock);
	return found;
}

/**
 * pvdrm_worker_enter() - the calling thread's worker
 * @server: its process
 *
 * Made at the first call. A thread that ends leaves its worker to the next
 * one with the same address; what that held back, is answered then.
 *
 * Return: the worker, owned by @server, or NULL without memory.
 */
struct pvdrm_worker *pvdrm_worker_enter(struct pvdrm_server *server)
{
	struct pvdrm_worker *worker = worker_find(server);

	if (worker)
		return worker;
	worker = worker_create(server);
	if (!worker)
		return NULL;
	spin_lock_irq(&server->lock);
	list_add_tail(&worker->all, &server->workers);
	server->nr_workers++;
	server->spawn_until = 0;
	spin_unlock_irq(&server->lock);
	pvdrm_count(server->back, threads);
	return worker;
}

/**
 * pvdrm_worker_free() - the process is gone
 * @worker: the worker; the arena went with the process's memory
 */
void pvdrm_worker_free(struct pvdrm_worker *worker)
{
	pvdrm_link_put(worker->link);
	pvdrm_plan_free(&worker->plan);
	kvfree(worker->frames);
	kvfree(worker->buf);
	kfree(worker);
}
