// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock.c: eventfds that the process has made for its requests
 *
 * Only user space can make one. A request that finds none has the process make
 * some, and waits.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>

#include "back/serve/stock.h"

/* How long a process may take to make one */
#define PATIENCE	(2 * HZ)

/**
 * pvdrm_stock_init() - prepare a stock, which is empty
 * @stock: zeroed
 * @ask: is woken when pvdrm_stock_ask() will return true
 */
void pvdrm_stock_init(struct pvdrm_stock *stock, wait_queue_head_t *ask)
{
	spin_lock_init(&stock->lock);
	init_waitqueue_head(&stock->arrival);
	stock->ask = ask;
}

/**
 * pvdrm_stock_free() - drop what is left
 * @stock: nobody uses it any more
 */
void pvdrm_stock_free(struct pvdrm_stock *stock)
{
	while (stock->nr)
		fput(stock->files[--stock->nr]);
}

/**
 * pvdrm_stock_close() - have nobody wait any more
 * @stock: the stock
 */
void pvdrm_stock_close(struct pvdrm_stock *stock)
{
	WRITE_ONCE(stock->closed, true);
	wake_up_all(&stock->arrival);
}

/**
 * pvdrm_stock_ask() - whether to have the process make one
 * @stock: the stock
 *
 * Return: true for each that it is to make.
 */
bool pvdrm_stock_ask(struct pvdrm_stock *stock)
{
	bool ask;

	spin_lock(&stock->lock);
	ask = stock->wanted;
	if (ask)
		WRITE_ONCE(stock->wanted, stock->wanted - 1);
	spin_unlock(&stock->lock);
	return ask;
}

static bool store(struct pvdrm_stock *stock, struct file *file)
{
	bool room;

	spin_lock(&stock->lock);
	room = stock->nr < PVDRM_STOCK_SIZE;
	if (room) {
		stock->files[stock->nr] = file;
		WRITE_ONCE(stock->nr, stock->nr + 1);
	}
	spin_unlock(&stock->lock);
	return room;
}

/**
 * pvdrm_stock_put() - the process has made one
 * @stock: the stock
 * @fd: its descriptor, which it may close then
 *
 * Return: 0; -EBADF or -EINVAL: it is no eventfd; -ENOSPC.
 */
int pvdrm_stock_put(struct pvdrm_stock *stock, int fd)
{
	struct file *file = eventfd_fget(fd);

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!store(stock, file)) {
		fput(file);
		return -ENOSPC;
	}
	wake_up(&stock->arrival);
	return 0;
}

static struct file *try_take(struct pvdrm_stock *stock)
{
	struct file *file = NULL;
	bool ask;

	spin_lock(&stock->lock);
	if (stock->nr) {
		file = stock->files[stock->nr - 1];
		WRITE_ONCE(stock->nr, stock->nr - 1);
	}
	ask = stock->nr < PVDRM_STOCK_SIZE / 2;
	if (ask)
		WRITE_ONCE(stock->wanted, PVDRM_STOCK_SIZE - stock->nr);
	spin_unlock(&stock->lock);
	if (ask)
		wake_up(stock->ask);
	return file;
}

/**
 * pvdrm_stock_take() - take an eventfd
 * @stock: the stock
 *
 * Waits until there is one.
 *
 * Return: the file, with a reference for the caller; -ENOMEM: the process makes
 * none; -ENODEV; -ERESTARTSYS.
 */
struct file *pvdrm_stock_take(struct pvdrm_stock *stock)
{
	struct file *file;
	long left;

	while (!(file = try_take(stock))) {
		left = wait_event_interruptible_timeout(stock->arrival,
							READ_ONCE(stock->nr) ||
							READ_ONCE(stock->closed),
							PATIENCE);
		if (READ_ONCE(stock->closed))
			return ERR_PTR(-ENODEV);
		if (left <= 0)
			return ERR_PTR(left ?: -ENOMEM);
	}
	return file;
}
