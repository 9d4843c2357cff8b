/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock.h: eventfds that the process has made for its requests
 */
#ifndef PVDRM_BACK_STOCK_H
#define PVDRM_BACK_STOCK_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#define PVDRM_STOCK_SIZE	8

struct file;

/**
 * struct pvdrm_stock - eventfds of a process that are not used yet
 */
struct pvdrm_stock {
	/** @lock: guards all below */
	spinlock_t lock;

	/** @files: the eventfds, with a reference to each */
	struct file *files[PVDRM_STOCK_SIZE];

	/** @nr: number of @files */
	u32 nr;

	/** @wanted: how many the process is still to be asked for */
	u32 wanted;

	/** @closed: the process makes no more */
	bool closed;

	/** @arrival: where those wait that found none */
	wait_queue_head_t arrival;

	/** @ask: woken when @wanted rises */
	wait_queue_head_t *ask;
};

void pvdrm_stock_init(struct pvdrm_stock *stock, wait_queue_head_t *ask);
void pvdrm_stock_free(struct pvdrm_stock *stock);
void pvdrm_stock_close(struct pvdrm_stock *stock);
bool pvdrm_stock_ask(struct pvdrm_stock *stock);
int pvdrm_stock_put(struct pvdrm_stock *stock, int fd);
struct file *pvdrm_stock_take(struct pvdrm_stock *stock);

#endif /* PVDRM_BACK_STOCK_H */
