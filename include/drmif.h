/* SPDX-License-Identifier: MIT */
/*
 * drmif.h: the protocol between pvdrm-front (guest) and pvdrm-back (dom0)
 *
 * One open() of the guest's DRM node is one open() of the host's node. GEM,
 * syncobj and context handles and mmap offsets cross unchanged. User pointers,
 * file descriptors and absolute times are translated with the help of a table
 * that the backend serves to the frontend (see "The descriptor table").
 *
 * docs/protocol.md holds the same as prose, with a complete xenstore example,
 * the state diagrams and a byte table for each message.
 *
 * Numbers are little-endian. "Reserved" fields are zero when sent; a receiver
 * refuses a message in which they are not. Errors are negative Linux errno
 * values of the asm-generic numbering.
 */
#ifndef XENDRM_DRMIF_H
#define XENDRM_DRMIF_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <xen/interface/io/ring.h>
#include <xen/interface/grant_table.h>
#else
#include <stdint.h>
#endif

/* ------------------------------------------------------------- negotiation
 *
 * Device type "vdrm". Frontend directory  /local/domain/<guest>/device/vdrm/<n>,
 * backend directory /local/domain/<host>/backend/vdrm/<guest>/<n>.
 *
 * Written by the tool before the backend starts (backend directory):
 *   device-path     the DRM node to share, e.g. /dev/dri/renderD128
 *   sequential      "1": requests run one at a time in submission order
 *                   (optional; default: the backend's module parameter)
 *   max-files       files the guest may have open; OPEN: EMFILE
 *   max-inflight    requests that run at once; further ones wait in the ring
 *   max-buffer-bytes  memory of the buffers it makes, in bytes; their making
 *                   fails with ENOMEM
 *   max-mapped-bytes  bytes it may have mapped; MMAP: ENOMEM
 *   max-granted-bytes  bytes of them that are granted at a time, at least
 *                   XENDRM_MIN_GRANTED_BYTES; beyond, others are invalidated
 *                   (all five optional; default: the backend's parameters)
 *   online          "1" while the device is wanted, "0" while it is detached
 *
 * Written by the backend before XenbusStateInitWait:
 *   versions        list of protocol versions, comma separated, e.g. "1"
 *   driver          the host DRM driver's name, e.g. virtio_gpu
 *   driver-version  its version as "major.minor.patch"
 *   driver-desc, driver-date   its other strings, as DRM_IOCTL_VERSION has them
 *   max-ring-page-order        largest ring-page-order it accepts
 *   max-data-pages             largest data-pages it accepts
 *   pci-id          the host's DRM device is on PCI: vendor, device, subsystem
 *                   vendor, subsystem device, revision and class, as
 *                   XENDRM_PCI_ID_FORMAT; of a GPU (class 03 or 1200)
 *   platform-name   it is on the platform bus: the name of its device there
 *   compatible      what the device tree says of it, separated by blanks
 *                   (these three optional; by them the guest's DRM device hangs
 *                   on a device of the same kind)
 *   feature-objects "1": it has objects: dma-bufs and syncobjs cross
 *   device-pages    how the guest may map memory of the GPU itself (VRAM), which
 *                   Xen cannot grant: "window", into its physical memory (PVH,
 *                   HVM); "entries", in page table entries that the backend
 *                   writes (PV); absent: it may not
 *   feature-nonblock  "1": it takes XENDRM_CALL_NONBLOCK
 *   error           why the device was closed, when the guest or the node is
 *                   the reason; removed at the next connection
 *
 * Written by the frontend before XenbusStateInitialised:
 *   version         the version chosen
 *   ring-page-order log2 of the number of ring pages
 *   ring-ref%u      their grant references
 *   event-ref       grant reference of the event page
 *   data-pages      number of pages of the data area, at most max-data-pages
 *   data-ref%u      grant references of the pages that list the data area's
 *                   grant references, XENDRM_REFS_PER_PAGE in each
 *   event-channel   the one event channel, used both ways
 *   feature-objects "1" if the backend has it and the frontend, too; without it
 *                   ioctls with such descriptors: EOPNOTSUPP
 *   device-pages    the backend's value, if the frontend knows what to do with
 *                   it (optional; without it FAULT of such a page: -ENXIO)
 *   window-frame    with "window": first of the guest frames for such pages, a
 *                   multiple of 512, from 4 GiB on; there is nothing there
 *   window-pages    their number, a multiple of 512
 *   window-uncached how many of them, at the end, the frontend maps uncached;
 *                   the others are mapped write-combining
 */
#define XENDRM_PROTOCOL_VERSION		1
#define XENDRM_DEVICE_TYPE		"vdrm"

#define XENDRM_KEY_VERSIONS		"versions"
#define XENDRM_KEY_VERSION		"version"
#define XENDRM_KEY_DEVICE_PATH		"device-path"
#define XENDRM_KEY_SEQUENTIAL		"sequential"
#define XENDRM_KEY_MAX_FILES		"max-files"
#define XENDRM_KEY_MAX_INFLIGHT		"max-inflight"
#define XENDRM_KEY_MAX_BUFFER_BYTES	"max-buffer-bytes"
#define XENDRM_KEY_MAX_MAPPED_BYTES	"max-mapped-bytes"
#define XENDRM_KEY_MAX_GRANTED_BYTES	"max-granted-bytes"
#define XENDRM_KEY_ONLINE		"online"
#define XENDRM_KEY_DRIVER		"driver"
#define XENDRM_KEY_DRIVER_VERSION	"driver-version"
#define XENDRM_KEY_DRIVER_DESC		"driver-desc"
#define XENDRM_KEY_DRIVER_DATE		"driver-date"
#define XENDRM_KEY_MAX_RING_ORDER	"max-ring-page-order"
#define XENDRM_KEY_MAX_DATA_PAGES	"max-data-pages"
#define XENDRM_KEY_PCI_ID		"pci-id"
#define XENDRM_KEY_PLATFORM_NAME	"platform-name"
#define XENDRM_KEY_COMPATIBLE		"compatible"
#define XENDRM_KEY_ERROR		"error"
#define XENDRM_KEY_DEVICE_PAGES		"device-pages"
#define XENDRM_KEY_FEATURE_NONBLOCK	"feature-nonblock"
#define XENDRM_KEY_RING_ORDER		"ring-page-order"
#define XENDRM_KEY_OBJECTS		"feature-objects"
#define XENDRM_KEY_RING_REF		"ring-ref%u"
#define XENDRM_KEY_EVENT_REF		"event-ref"
#define XENDRM_KEY_DATA_PAGES		"data-pages"
#define XENDRM_KEY_DATA_REF		"data-ref%u"
#define XENDRM_KEY_EVENT_CHANNEL	"event-channel"
#define XENDRM_KEY_WINDOW_FRAME		"window-frame"
#define XENDRM_KEY_WINDOW_PAGES		"window-pages"
#define XENDRM_KEY_WINDOW_UNCACHED	"window-uncached"

#define XENDRM_PAGE_SIZE		4096u
#define XENDRM_MAX_RING_ORDER		2	/* 4 pages: 128 requests */
#define XENDRM_MAX_DATA_PAGES		4096	/* 16 MiB */
#define XENDRM_REFS_PER_PAGE		(XENDRM_PAGE_SIZE / 4)
#define XENDRM_DATA_UNIT		1024u	/* alignment of data_off, bytes */
#define XENDRM_MAX_REQUESTS		256	/* bound on a request's id */
#define XENDRM_MAX_FENCES		448	/* fences not signalled yet */
#define XENDRM_MIN_GRANTED_BYTES	(4u << 20)
#define XENDRM_MAX_WINDOW_PAGES		1048576	/* 4 GiB of addresses */

/* Value of XENDRM_KEY_PCI_ID, and its length */
#define XENDRM_PCI_ID_FORMAT		"%04x:%04x:%04x:%04x:%02x:%06x"
#define XENDRM_PCI_ID_LEN		29

/* Values of XENDRM_KEY_DEVICE_PAGES, from both ends */
#define XENDRM_DEVICE_PAGES_WINDOW	"window"
#define XENDRM_DEVICE_PAGES_ENTRIES	"entries"

/* ----------------------------------------------------------------- requests
 *
 * Requests and responses travel on one Xen ring (ring.h) of 64-byte slots.
 * A request may own a region of the data area: [data_off, data_off +
 * max(req_len, rsp_len)). The request's payload lies at its start; the
 * backend overwrites it with the response's payload. The region belongs to
 * the backend from the moment the request is visible until its response is.
 *
 * op                 payload of request -> of response
 * GET_TABLE          none -> the descriptor table from byte table.offset on
 * OPEN               none -> none; response.file names the new file
 * CLOSE              none -> none; file is gone whatever the status
 * IOCTL              packed argument -> packed results (see "Packing")
 * MMAP               none -> none; response.map names the new mapping
 * MUNMAP             none -> none; the frontend has unmapped all of it
 * FAULT              none -> fault.count times struct xendrm_page
 * RECYCLE            none -> none; the buffer is idle, and all zeroes now
 * RELEASE            none -> none; the buffer's handle is closed
 * READ               none -> struct xendrm_read, then as many of the file's DRM
 *                    events as there are and fit, whole ones
 * FDINFO             none -> what the host's driver says of the file in
 *                    /proc/PID/fdinfo, lines of text
 * FORGET             none -> none; see "Objects"
 * CPU_ACCESS         none -> none; a dma-buf is, or was, used by the CPU
 * NOP                none -> none; measures the transport
 *
 * An op that the backend does not know is answered with -ENOTSUPP (-524).
 */
enum xendrm_op {
	XENDRM_OP_NOP		= 0,
	XENDRM_OP_GET_TABLE	= 1,
	XENDRM_OP_OPEN		= 2,
	XENDRM_OP_CLOSE		= 3,
	XENDRM_OP_IOCTL		= 4,
	XENDRM_OP_MMAP		= 5,
	XENDRM_OP_MUNMAP	= 6,
	XENDRM_OP_FAULT		= 7,
	XENDRM_OP_RECYCLE	= 8,
	XENDRM_OP_RELEASE	= 9,
	XENDRM_OP_READ		= 10,
	XENDRM_OP_FDINFO	= 11,
	XENDRM_OP_FORGET	= 12,
	XENDRM_OP_CPU_ACCESS	= 13,
	XENDRM_OP_COUNT
};

#define XENDRM_ENOTSUPP		524
#define XENDRM_ERESTARTSYS	512	/* the wait was cancelled: nothing done */

/* u.ioctl.flags */
#define XENDRM_CALL_NONBLOCK	1u	/* the file has O_NONBLOCK; only with the
					 * backend's feature-nonblock */
#define XENDRM_CALL_FLAGS	1u

#define XENDRM_PROT_READ	1u
#define XENDRM_PROT_WRITE	2u

struct xendrm_request {
	uint16_t op;		/*  0 enum xendrm_op */
	uint16_t id;		/*  2 frontend's slot, < ring size, unique while
				 *    the request is outstanding */
	uint32_t seq;		/*  4 frontend's counter; names this use of id */
	uint32_t file;		/*  8 from OPEN's response; else 0 */
	uint32_t data_off;	/* 12 bytes, multiple of XENDRM_DATA_UNIT */
	uint32_t req_len;	/* 16 bytes of payload sent */
	uint32_t rsp_len;	/* 20 bytes of payload the response may have */
	uint64_t reserved;	/* 24 */
	union {			/* 32 */
		struct {
			uint32_t cmd;		/* the ioctl number, as issued */
			uint32_t flags;		/* XENDRM_CALL_* */
		} ioctl;
		struct {
			uint64_t offset;	/* bytes, as given to mmap() */
			uint64_t length;	/* bytes, whole pages */
			uint32_t prot;		/* XENDRM_PROT_* the pages may
						 * ever be touched with */
			uint32_t object;	/* what is mapped, with file 0;
						 * 0: the file */
		} mmap;
		struct {
			uint32_t map;
		} munmap;
		struct {
			uint32_t map;
			uint32_t first;		/* page in the mapping */
			uint32_t count;		/* pages, >= 1 */
			uint32_t wanted;	/* the page that must succeed */
			uint64_t entries[2];	/* device-pages "entries":
						 * see "Device pages" */
		} fault;
		struct {
			uint32_t handle;	/* of a buffer of the file */
			uint32_t map;		/* a mapping of all of it */
		} recycle;
		struct {
			uint32_t handle;
		} release;
		struct {
			uint32_t object;
			uint32_t uses;		/* how often it was told */
		} forget;
		struct {
			uint32_t object;
			uint32_t flags;		/* XENDRM_ACCESS_* */
		} access;
		struct {
			uint32_t offset;	/* bytes */
		} table;
		uint8_t pad[32];		/* unused bytes are 0 */
	} u;
};

struct xendrm_response {
	uint16_t op;		/*  0 the request's */
	uint16_t id;		/*  2 the request's */
	uint32_t seq;		/*  4 the request's */
	int32_t  status;	/*  8 the call's return value, or -errno */
	uint32_t rsp_len;	/* 12 bytes of payload, <= the request's */
	uint32_t inval_seq;	/* 16 FAULT: see "Invalidation" */
	uint32_t file;		/* 20 OPEN: the file's name */
	uint32_t map;		/* 24 MMAP: the mapping's name */
	uint32_t table_len;	/* 28 GET_TABLE: bytes of the whole table */
	uint32_t fence;		/* 32 IOCTL: the new fence's name, or 0 */
	uint32_t fence_status;	/* 36 IOCTL: the new fence, which is done; as
				 *    fence[] of the event page; or 0 */
	uint32_t object;	/* 40 IOCTL: the object of the new descriptor,
				 *    or 0; see "Objects" */
	uint32_t object_flags;	/* 44 XENDRM_OBJECT_* */
	uint64_t object_size;	/* 48 dma-buf: bytes; else 0 */
	uint64_t reserved;	/* 56 */
};

/*
 * Objects. A file of the host's that is no sync_file (a dma-buf, a syncobj) has an
 * id, below 1 << 31, from when a response tells it until FORGET. The backend tells the
 * same file by the same id. Both ends count how often an id was told; FORGET says
 * how often that was, to the frontend's knowledge, and the backend keeps the file if
 * it has told it more often by then.
 */
#define XENDRM_OBJECT_WRITE	1u	/* may be mapped for writing */
#define XENDRM_OBJECT_CLOEXEC	2u	/* exec() closes the descriptor */
#define XENDRM_OBJECT_FLAGS	3u

/* As DMA_BUF_IOCTL_SYNC has them */
#define XENDRM_ACCESS_READ	1u
#define XENDRM_ACCESS_WRITE	2u
#define XENDRM_ACCESS_RW	3u
#define XENDRM_ACCESS_END	4u

/* One page of a mapping, in a FAULT response */
enum xendrm_page_kind {
	XENDRM_PAGE_NONE	= 0,	/* not there now; touch it to ask again */
	XENDRM_PAGE_GRANT	= 1,	/* map grant reference gref */
	XENDRM_PAGE_DEVICE	= 2,	/* a device's own memory: map frame;
					 * PV: it is in the page table */
};

/* In the low bits of fault.entries[0] */
#define XENDRM_ENTRY_WRITE	1ull	/* the pages are to be writable */
#define XENDRM_ENTRY_FLAGS	7ull

#define XENDRM_PAGE_READONLY	1u	/* may only be mapped read-only */

enum xendrm_cache {
	XENDRM_CACHE_WB	= 0,	/* write-back */
	XENDRM_CACHE_WC	= 1,	/* write-combining */
	XENDRM_CACHE_UC	= 2,	/* uncached */
};

struct xendrm_page {
	uint8_t  kind;		/*  0 enum xendrm_page_kind */
	uint8_t  flags;		/*  1 XENDRM_PAGE_* */
	uint8_t  cache;		/*  2 enum xendrm_cache: dom0's own mapping */
	uint8_t  reserved;	/*  3 */
	uint32_t gref;		/*  4 GRANT; else 0 */
	uint64_t frame;		/*  8 DEVICE, in a window: the guest's frame;
				 *    else 0 */
};

#define XENDRM_MAX_FAULT_PAGES	512

/*
 * At the start of a READ response. The backend numbers, for each file, the
 * times when it tells the frontend that there are DRM events: here, or by a
 * READABLE event. See "DRM events" in docs/protocol.md.
 */
struct xendrm_read {
	uint32_t seq;		/*  0 number of the last such time */
	uint32_t readable;	/*  4 1: now, there are more events; 0: there
				 *    are none, whatever was told up to seq */
};

#define XENDRM_MAX_READ		4096u	/* bytes of DRM events in one READ */
#define XENDRM_MAX_FDINFO	16384u	/* bytes of text */

/* ---------------------------------------------------- event page: back to front
 *
 * One page, granted by the frontend. Events are consumed in order. The
 * backend never has more than XENDRM_EVENTS unconsumed.
 *
 * Invalidation. The backend numbers invalidations of the device from 1 in the
 * order of their events. Having unmapped the pages named, the frontend stores
 * the number in inval_acked and notifies; a number covers all lower ones. It
 * must do so without waiting for the backend. A FAULT response carries the
 * number of the last invalidation posted before its grants were made; when
 * the frontend has meanwhile handled a later one for that mapping, it drops
 * the grants unmapped and asks again. Once acknowledged (or timed out, see
 * docs/protocol.md), the grant references are ended.
 *
 * Cancelling. To ask that outstanding request id be interrupted, the frontend
 * stores the request's seq in cancel[id] and notifies. The response still
 * comes; its status is -XENDRM_ERESTARTSYS if the call gave up.
 *
 * Fences. The host's fences appear in the guest as fences of its own. One that
 * is not signalled yet has a slot of fence[] until it is. Once it is, the backend
 * stores its status there and notifies, perhaps before the response that names
 * the fence; the frontend, having seen both, stores 0, and the slot is free. Until
 * then it is taken, even if nobody in the guest holds the fence any more.
 */
#define XENDRM_FENCE_PENDING		0u	/* or the slot is free */
#define XENDRM_FENCE_DONE		1u	/* signalled; with an error:
						 * 1 + errno */

/* A fence's name: which use of which slot; low 16 bits: slot + 1 */
#define XENDRM_FENCE_NAME(slot, use) \
	(((uint32_t)(use) & 0xffffu) << 16 | ((slot) + 1u))
#define XENDRM_FENCE_SLOT(name)		(((name) & 0xffffu) - 1u)
#define XENDRM_FENCE_USE(name)		((name) >> 16)

enum xendrm_event_type {
	XENDRM_EVENT_INVALIDATE	= 1,
	XENDRM_EVENT_READABLE	= 2,	/* a file for which READ was sent has
					 * DRM events */
};

struct xendrm_event {
	uint16_t type;		/*  0 enum xendrm_event_type */
	uint16_t reserved;	/*  2 */
	uint32_t seq;		/*  4 the invalidation's number; READABLE: see
				 *    struct xendrm_read */
	uint32_t map;		/*  8 READABLE: the file */
	uint32_t first;		/* 12 page in the mapping; READABLE: 0 */
	uint32_t count;		/* 16 pages; READABLE: 0 */
	uint32_t reserved2[3];	/* 20 */
};

#define XENDRM_EVENTS		64

struct xendrm_event_page {
	uint32_t prod;				/*    0 backend writes */
	uint32_t pad0[15];
	uint32_t cons;				/*   64 frontend writes */
	uint32_t inval_acked;			/*   68 frontend writes */
	uint32_t all_unmapped;			/*   72 frontend writes 1: it
						 *      has unmapped all and
						 *      maps nothing more */
	uint32_t stop_faults;			/*   76 frontend writes 1: no
						 *      FAULT is wanted any
						 *      more */
	uint32_t pad1[12];
	uint16_t fence[XENDRM_MAX_FENCES];	/*  128 both write */
	uint32_t cancel[XENDRM_MAX_REQUESTS];	/* 1024 frontend writes */
	struct xendrm_event event[XENDRM_EVENTS]; /* 2048 backend writes */
};

/* ------------------------------------------------------- the descriptor table
 *
 * Tells, for each ioctl the backend runs, where its argument holds pointers,
 * file descriptors and absolute times, and what in it is refused. Layout: header, then nr_ioctls
 * ioctls sorted by _IOC_NR(cmd), then nr_fields fields. An ioctl's or a
 * field's children are the fields [first, first + nr), and first is greater
 * than the parent's own index: so there are no cycles. Depth is at most
 * XENDRM_MAX_DEPTH. Offsets are within the struct they speak of.
 */
#define XENDRM_TABLE_MAGIC	0x54524450u	/* "PDRT" */
#define XENDRM_TABLE_VERSION	1
#define XENDRM_MAX_IOCTLS	256
#define XENDRM_MAX_FIELDS	1024
#define XENDRM_MAX_DEPTH	6
#define XENDRM_MAX_ARG		(1u << 20)	/* bytes in one array */
#define XENDRM_MAX_MESSAGE	(XENDRM_MAX_ARG + (64u << 10)) /* bytes packed */
#define XENDRM_MAX_SEGMENTS	8192		/* pointees in one argument */

struct xendrm_table {
	uint32_t magic;		/*  0 */
	uint16_t version;	/*  4 */
	uint16_t nr_ioctls;	/*  6 */
	uint16_t nr_fields;	/*  8 */
	uint16_t reserved;	/* 10 */
	uint32_t length;	/* 12 bytes of the whole table */
};

/* xendrm_ioctl.flags */
#define XENDRM_IOCTL_MAY_BLOCK	0x01u	/* may sleep for a fence or a client */
#define XENDRM_IOCTL_VARSIZE	0x02u	/* _IOC_SIZE is the caller's choice */
#define XENDRM_IOCTL_LOCAL	0x04u	/* answered by the guest's DRM core */
#define XENDRM_IOCTL_NO_REPLY	0x08u	/* nothing comes back: need not wait */
#define XENDRM_IOCTL_CREATES	0x10u	/* creates a buffer */
#define XENDRM_IOCTL_FREES	0x20u	/* frees a buffer */
#define XENDRM_IOCTL_HARMLESS	0x40u	/* shares no buffer of the file, and
					 * changes none but for its content */
#define XENDRM_IOCTL_FLAGS	0x7fu

struct xendrm_ioctl {
	uint32_t cmd;		/*  0 as in the uapi header */
	uint32_t flags;		/*  4 XENDRM_IOCTL_* */
	uint16_t first;		/*  8 fields of the argument */
	uint16_t nr;		/* 10 */
	uint32_t reserved;	/* 12 */
};

enum xendrm_field_kind {
	XENDRM_FIELD_ARRAY	= 1,	/* u64 pointer to elements */
	XENDRM_FIELD_STRING	= 2,	/* u64 pointer to a NUL-terminated
					 * string; max: bytes, NUL included */
	XENDRM_FIELD_CHAIN	= 3,	/* u64 pointer to linked extensions;
					 * children: VARIANTs */
	XENDRM_FIELD_VARIANT	= 4,	/* in a CHAIN: the struct whose tag is
					 * cond_value; with a count, so many
					 * elements of stride bytes follow it */
	XENDRM_FIELD_FD		= 5,	/* s32 file descriptor; aux: its kind.
					 * One that is read and one that is
					 * written may share their place, if
					 * the latter follows the former */
	XENDRM_FIELD_ABS_TIMEOUT = 6,	/* s64 CLOCK_MONOTONIC time in ns; on
					 * the wire: ns from now */
	XENDRM_FIELD_REFUSE	= 7,	/* nothing is there: the call is refused
					 * with the errno in aux; with a count,
					 * only if that is at least stride and
					 * at most max */
	XENDRM_FIELD_BUFFER	= 8,	/* in the argument itself: u32 handle of
					 * a buffer; aux: what becomes of it */
};

/* xendrm_field.flags */
#define XENDRM_FIELD_IN		0x01u	/* the driver reads it */
#define XENDRM_FIELD_OUT	0x02u	/* the driver writes it */
#define XENDRM_FIELD_PRODUCT	0x04u	/* ARRAY, VARIANT: the number of
					 * elements is the count times a second
					 * one, which for an ARRAY is in place
					 * of the stride, for a VARIANT at aux
					 * and of stride_width bytes */
#define XENDRM_FIELD_RESULT	0x08u	/* ARRAY or time in the argument itself:
					 * a call that succeeds leaves a result
					 * in its place (a union). FD that is
					 * written: it is itself the result,
					 * always, in place of something else
					 * that is read */

enum xendrm_cond {			/* when the field counts at all */
	XENDRM_COND_ALWAYS	= 0,
	XENDRM_COND_ANY		= 1,	/* (value & cond_value) != 0 */
	XENDRM_COND_EQ		= 2,
	XENDRM_COND_NE		= 3,
	XENDRM_COND_GT		= 4,
};

enum xendrm_fd_kind {
	XENDRM_FD_DMABUF	= 1,
	XENDRM_FD_SYNC_FILE	= 2,
	XENDRM_FD_SYNCOBJ	= 3,
	XENDRM_FD_EVENTFD	= 4,
};

/*
 * What a call that succeeds does to a buffer, for a frontend that keeps freed ones
 * to use them again (see docs/protocol.md). The same argument, but for what is
 * only written (BUFFER's max), is answered the same: CREATED, by any such buffer that
 * is idle and all zeroes; MMAP_OFFSET, as long as the handle is not freed.
 */
enum xendrm_buffer_use {
	XENDRM_BUFFER_CREATED	= 1,	/* the handle is written */
	XENDRM_BUFFER_MMAP_OFFSET = 2,	/* where to mmap() it is written */
	XENDRM_BUFFER_FREED	= 3,
	XENDRM_BUFFER_CHANGED	= 4,	/* shared, renamed: not to be kept */
	XENDRM_BUFFER_USED	= 5,	/* nothing; of a handle that is freed the
					 * driver must know that it is */
};

#define XENDRM_MAX_BUFFER_ARG	128u	/* bytes of an argument that makes or
					 * places one */

struct xendrm_field {
	uint8_t  kind;		/*  0 enum xendrm_field_kind */
	uint8_t  flags;		/*  1 XENDRM_FIELD_IN, _OUT, ... */
	uint8_t  count_width;	/*  2 bytes of the count field; 0: constant */
	uint8_t  stride_width;	/*  3 bytes of the stride field; 0: none */
	uint8_t  cond;		/*  4 enum xendrm_cond; VARIANT: EQ, and the
				 *    three below speak of the tag */
	uint8_t  cond_width;	/*  5 bytes of the value it looks at */
	uint16_t reserved;	/*  6 */
	uint32_t offset;	/*  8 of the pointer, fd, time or handle */
	uint32_t count;		/* 12 the constant, or the count's offset;
				 *    CHAIN: offset of the u32 tag in the
				 *    header; BUFFER, CREATED: of its bytes, as
				 *    the call leaves them */
	uint32_t elem_size;	/* 16 bytes the driver knows of an element;
				 *    CHAIN: of the common header;
				 *    VARIANT: of the struct */
	uint32_t stride;	/* 20 offset of the stride field (bytes between
				 *    elements); CHAIN: offset of the next
				 *    pointer in the header; VARIANT: bytes
				 *    of each element that follows it;
				 *    BUFFER, CREATED or MMAP_OFFSET: of the
				 *    u64 for mmap(), if that is told */
	uint32_t max;		/* 24 elements, units or links at the most;
				 *    BUFFER, CREATED or MMAP_OFFSET: bit n: the
				 *    argument's n-th u32 is only written */
	uint32_t cond_off;	/* 28 offset of the value */
	uint64_t cond_value;	/* 32 */
	uint16_t first;		/* 40 children, relative to each element */
	uint16_t nr;		/* 42 */
	uint32_t aux;		/* 44 FD: enum xendrm_fd_kind; REFUSE: errno;
				 *    VARIANT: offset of the second count;
				 *    ARRAY: 0, or the bytes of a unit: the
				 *    pointee then is one struct, the count
				 *    its length in units;
				 *    BUFFER: enum xendrm_buffer_use */
};

/*
 * Of pointers and times in one place, the first that counts at all is meant;
 * the others are as if they were not there. No value is taken from where a
 * pointer or time is, unless their conditions say that it is none then.
 */

/*
 * Packing. A packed request is the argument struct, then the pointees in the
 * order of a depth-first walk of the table, each starting on a multiple of 8
 * bytes from the start. Pointees that are only written take no room in the
 * request; those only read take none in the response. Lengths are computed on
 * both sides from the request's own counts, never from the response's.
 * Of the argument struct, as many bytes travel as both the program's number and
 * the table's say (VARSIZE: as the program's says); it is sent, or returned,
 * only if both numbers say so (_IOC_WRITE, _IOC_READ), as with drm_ioctl().
 * Bytes between the elements of an array with a stride are 0.
 * In place of a pointer stands what is known about it:
 */
#define XENDRM_PTR_NULL		0u	/* NULL */
#define XENDRM_PTR_DATA		1u	/* the pointee travels along */
#define XENDRM_PTR_FAULT	2u	/* the caller cannot read it: let the
					 * driver find out */

/*
 * In place of a descriptor that is read stands the name of a fence (sync_file) or
 * object, or one of those below; of one that is only written, XENDRM_FD_BAD, or with
 * RESULT what the program has there. An ioctl makes at most one.
 */
#define XENDRM_FENCE_SIGNALED	0u		/* a fence that is done */
#define XENDRM_FD_BAD		0xffffffffu	/* not open, or no sync_file:
						 * let the driver find out */
#define XENDRM_FD_WRONG		0xfffffffeu	/* the same, of an object: open,
						 * but of another kind */

/* In a response, or a negative number, which the driver left there: */
#define XENDRM_FD_SAME		0u		/* as the program had it; no
						 * RESULT of a call that
						 * succeeded is that */
#define XENDRM_FD_NEW		1u		/* the response's fence or
						 * object */

#ifdef __KERNEL__
DEFINE_RING_TYPES(xendrm, struct xendrm_request, struct xendrm_response);
#endif

#define XENDRM_SIZE_IS(type, size) \
	_Static_assert(sizeof(type) == (size), #type " is " #size " bytes")
XENDRM_SIZE_IS(struct xendrm_request, 64);
XENDRM_SIZE_IS(struct xendrm_response, 64);
XENDRM_SIZE_IS(struct xendrm_page, 16);
XENDRM_SIZE_IS(struct xendrm_read, 8);
XENDRM_SIZE_IS(struct xendrm_event, 32);
XENDRM_SIZE_IS(struct xendrm_event_page, XENDRM_PAGE_SIZE);
XENDRM_SIZE_IS(struct xendrm_table, 16);
XENDRM_SIZE_IS(struct xendrm_ioctl, 16);
XENDRM_SIZE_IS(struct xendrm_field, 48);

#endif /* XENDRM_DRMIF_H */
