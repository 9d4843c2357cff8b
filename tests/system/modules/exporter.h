/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * exporter.h: the ioctl of /dev/exporter
 */
#ifndef EXPORTER_H
#define EXPORTER_H

#include <linux/ioctl.h>

#define EXPORTER_CREATE	_IO('e', 1)	/* the argument: pages; returns a dma-buf's descriptor */

#endif /* EXPORTER_H */
