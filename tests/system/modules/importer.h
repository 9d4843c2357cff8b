/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * importer.h: ioctls of /dev/importer
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include <linux/ioctl.h>

#define IMPORTER_ATTACH	_IO('i', 1)	/* the argument: the dma-buf's descriptor */
#define IMPORTER_VMAP	_IO('i', 2)

#endif /* IMPORTER_H */
