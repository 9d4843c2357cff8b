/* SPDX-License-Identifier: MIT */
/*
 * drmif.h: the protocol between pvdrm-front (guest) and pvdrm-back (dom0)
 *
 * One open() of the guest's DRM node is one open() of the host's node. GEM,
 * syncobj and context handles and mmap offsets cross unchanged. User pointers,
 * file descriptors and absolute times are translated with the help of a table
 * that the backend serves to the frontend (see "The descriptor table").
 *
 * docs/protocol.md describes the same in prose, with an example of xenstore, the
 * state diagrams and a table of bytes for each message.
 *
 * Numbers are little-endian. Reserved fields must be zero; a receiver refuses a
 * message in which one is not. Errors are negative Linux errno values, numbered as
 * in asm-generic.
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
 *   device, node    if the tool runs in another domain than the backend, instead
 *                   of device-path: what names the device in the backend's domain,
 *                   a path or a PCI address; and "render" or "primary" (optional).
 *                   A tool there writes device-path and serves the device, or
 *                   writes error
 *   sequential      "1": requests run one at a time in submission order
 *                   (optional; default: the backend's module parameter)
 *   max-files       files the guest may have open; OPEN: EMFILE
 *   max-inflight    requests that run at once; further ones wait in the ring
 *   max-buffer-bytes  bytes of buffers the guest may create; beyond: ENOMEM
 *   max-mapped-bytes  bytes the guest may have mapped; MMAP: ENOMEM
 *   max-granted-bytes  bytes of mappings that are granted at the same time, at
 *                   least XENDRM_MIN_GRANTED_BYTES; to grant more, the backend
 *                   invalidates other pages
 *   max-objects     buffers, syncobjs, contexts, address spaces, queues and
 *                   objects of descriptors; beyond: ENOMEM
 *   ban-after       how often the guest may hang the GPU until the device is
 *                   closed; 0: any number
 *   weight          the guest's share of the GPU while other guests want it, from 1
 *                   to XENDRM_MAX_WEIGHT
 *   cap             the most that the guest may have of the GPU's time, in percent,
 *                   from 1 to 100
 *                   (all nine optional; default: the backend's parameters)
 *   online          "1" while the device is wanted, "0" to detach it
 *
 * Written by the backend before XenbusStateInitWait:
 *   versions        list of protocol versions, comma separated, e.g. "1"
 *   driver          the host DRM driver's name, e.g. virtio_gpu
 *   driver-version  its version as "major.minor.patch"
 *   driver-desc, driver-date   the other strings of DRM_IOCTL_VERSION
 *   max-ring-page-order        largest ring-page-order it accepts
 *   max-data-pages             largest data-pages it accepts
 *   pci-id          if the host's GPU is a PCI device (class 03 or 1200): vendor,
 *                   device, subsystem vendor, subsystem device, revision and
 *                   class, as XENDRM_PCI_ID_FORMAT
 *   platform-name   if it is a platform device: the device's name
 *   compatible      its compatible strings in the device tree, separated by
 *                   blanks
 *                   (these three are optional; the frontend creates a parent of
 *                   the same kind for the guest's DRM device)
 *   feature-objects "1": descriptors of dma-bufs, syncobjs and
 *                   eventfds can cross, see "Objects"
 *   device-pages    how the guest may map the GPU's own memory (VRAM), which Xen
 *                   cannot grant: "window", in guest physical memory (PVH, HVM);
 *                   "entries", by page table entries that the backend writes
 *                   (PV); absent: not at all
 *   feature-nonblock  "1": the backend accepts XENDRM_CALL_NONBLOCK
 *   feature-pin     "1": the backend accepts XENDRM_MMAP_PIN
 *   feature-map-pages  "1": MMAP may ask for the mapping's first pages
 *   feature-submit  "1": the backend accepts XENDRM_CALL_ORDERED
 *   feature-quiet-fences  "1": the backend knows XENDRM_FENCE_WANTED
 *   feature-import  "1": the backend accepts IMPORT, see "Imports"
 *   error           why the device was closed, if the guest or the node is to
 *                   blame; removed at the next connection
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
 *   feature-objects "1" if both ends have it; otherwise an ioctl with such a
 *                   descriptor fails with EOPNOTSUPP
 *   feature-submit  "1" if both ends have it; then the last XENDRM_FRONT_FENCES
 *                   slots for fences are the frontend's to give out
 *   feature-quiet-fences  "1" if both ends have it; then the backend notifies
 *                   only of fences that the frontend wants
 *   device-pages    the backend's value, if the frontend supports it (optional;
 *                   without it FAULT of such a page: -ENXIO)
 *   window-frame    with "window": the first guest frame of the window, a multiple
 *                   of 512, at 4 GiB or above; the frames are otherwise unused
 *   window-pages    frames in the window, a multiple of 512
 *   window-uncached how many of them, at the end, the frontend maps uncached; it
 *                   maps the others write-combining
 */
#define XENDRM_PROTOCOL_VERSION		1
#define XENDRM_DEVICE_TYPE		"vdrm"

#define XENDRM_KEY_VERSIONS		"versions"
#define XENDRM_KEY_VERSION		"version"
#define XENDRM_KEY_DEVICE_PATH		"device-path"
#define XENDRM_KEY_DEVICE		"device"
#define XENDRM_KEY_NODE			"node"
#define XENDRM_KEY_SEQUENTIAL		"sequential"
#define XENDRM_KEY_MAX_FILES		"max-files"
#define XENDRM_KEY_MAX_INFLIGHT		"max-inflight"
#define XENDRM_KEY_MAX_BUFFER_BYTES	"max-buffer-bytes"
#define XENDRM_KEY_MAX_MAPPED_BYTES	"max-mapped-bytes"
#define XENDRM_KEY_MAX_GRANTED_BYTES	"max-granted-bytes"
#define XENDRM_KEY_MAX_OBJECTS		"max-objects"
#define XENDRM_KEY_BAN_AFTER		"ban-after"
#define XENDRM_KEY_WEIGHT		"weight"
#define XENDRM_KEY_CAP			"cap"
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
#define XENDRM_KEY_FEATURE_PIN		"feature-pin"
#define XENDRM_KEY_FEATURE_MAP_PAGES	"feature-map-pages"
#define XENDRM_KEY_FEATURE_SUBMIT	"feature-submit"
#define XENDRM_KEY_FEATURE_QUIET_FENCES	"feature-quiet-fences"
#define XENDRM_KEY_FEATURE_IMPORT	"feature-import"
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

#define XENDRM_MAX_WEIGHT		10000u
#define XENDRM_PAGE_SIZE		4096u
#define XENDRM_MAX_RING_ORDER		2	/* 4 pages: 128 requests */
#define XENDRM_MAX_DATA_PAGES		4096	/* 16 MiB */
#define XENDRM_REFS_PER_PAGE		(XENDRM_PAGE_SIZE / 4)
#define XENDRM_DATA_UNIT		1024u	/* alignment of data_off, bytes */
#define XENDRM_MAX_REQUESTS		256	/* bound on a request's id */
#define XENDRM_MAX_FENCES		448	/* that are not signalled yet */
#define XENDRM_FRONT_FENCES		128	/* those the frontend names */
#define XENDRM_MIN_GRANTED_BYTES	(4u << 20)
#define XENDRM_MAX_WINDOW_PAGES		1048576	/* 4 GiB of addresses */
#define XENDRM_MAX_IMPORTS		1024	/* of a connection */
#define XENDRM_MAX_IMPORT_PAGES		32768	/* 128 MiB in one of them */

/* The value of XENDRM_KEY_PCI_ID, and its length */
#define XENDRM_PCI_ID_FORMAT		"%04x:%04x:%04x:%04x:%02x:%06x"
#define XENDRM_PCI_ID_LEN		29

/* Values of XENDRM_KEY_DEVICE_PAGES, from both ends */
#define XENDRM_DEVICE_PAGES_WINDOW	"window"
#define XENDRM_DEVICE_PAGES_ENTRIES	"entries"

/* ----------------------------------------------------------------- requests
 *
 * Requests and responses travel on one Xen ring (ring.h) of 64-byte slots.
 * A request may own a region of the data area: [data_off, data_off +
 * max(req_len, rsp_len)). The request's payload is at its start; the backend
 * overwrites it with the response's payload. The region belongs to the backend
 * from when the request is visible in the ring until its response is.
 *
 * op                 payload of request -> of response
 * GET_TABLE          none -> the descriptor table, from byte table.offset on
 * OPEN               none -> none; response.file names the new file
 * CLOSE              none -> none; the file is closed whatever the status
 * IOCTL              packed argument -> packed results (see "Packing")
 * MMAP               none -> none; response.map names the new mapping. With the
 *                    backend's feature-map-pages: -> rsp_len / 16 times struct
 *                    xendrm_page, at most XENDRM_MAX_FAULT_PAGES and not more than the
 *                    mapping has, as FAULT would give them from page 0 on; or none
 * MUNMAP             none -> none; the frontend has unmapped every page before
 * FAULT              none -> fault.count times struct xendrm_page
 * RECYCLE            none -> none; the buffer is idle and has been zeroed
 * RELEASE            none -> none; the buffer's handle is closed
 * READ               none -> struct xendrm_read, then the file's DRM events, as
 *                    many whole ones as there are and as fit
 * FDINFO             none -> the driver's lines for /proc/PID/fdinfo
 * FORGET             none -> none; see "Objects"
 * CPU_ACCESS         none -> none; the CPU begins or ends to use a dma-buf
 * EVENTFD            none -> none; response.object names a new eventfd
 * MERGE              names of fences, u32 each -> none; response.fence or
 *                    .fence_status: a fence that is signalled when they all are
 * GET_FENCE          none -> none; response.fence is what a user of a dma-buf has
 *                    to wait for; see "Implicit fences"
 * ADD_FENCE          none -> none; users of a dma-buf will have to wait for a fence
 * IMPORT             grant references, u32 each -> none; see "Imports"
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
	XENDRM_OP_EVENTFD	= 14,
	XENDRM_OP_MERGE		= 15,
	XENDRM_OP_GET_FENCE	= 16,
	XENDRM_OP_ADD_FENCE	= 17,
	XENDRM_OP_IMPORT	= 18,
	XENDRM_OP_COUNT
};

#define XENDRM_ENOTSUPP		524
#define XENDRM_ERESTARTSYS	512	/* cancelled; nothing was done */

/* u.ioctl.flags */
#define XENDRM_CALL_NONBLOCK	1u	/* the file has O_NONBLOCK; only with the
					 * backend's feature-nonblock */
#define XENDRM_CALL_ORDERED	2u	/* a submission that nobody waits for: it
					 * is done before the next request
					 * begins, though it may block; only with
					 * feature-submit */
#define XENDRM_CALL_FLAGS	3u

#define XENDRM_PROT_READ	1u
#define XENDRM_PROT_WRITE	2u

/*
 * u.mmap.flags. A pinned mapping is for devices of the guest: it is of the whole of a
 * dma-buf, whose memory does not move meanwhile. Its pages are granted for writing even
 * if XENDRM_OBJECT_WRITE is not set, as devices do not care about the descriptor's
 * mode. They are never invalidated, and the guest may keep those that it has mapped
 * even when the connection ends. Only with the backend's feature-pin.
 */
#define XENDRM_MMAP_PIN		1u
#define XENDRM_MMAP_FLAGS	1u

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
			uint32_t fence;		/* ORDERED: the name of the
						 * fence that it makes; else 0 */
		} ioctl;
		struct {
			uint64_t offset;	/* bytes, as given to mmap() */
			uint64_t length;	/* bytes, whole pages */
			uint32_t prot;		/* XENDRM_PROT_* the pages may
						 * ever be touched with */
			uint32_t object;	/* the object to map (file is 0);
						 * 0: map the file */
			uint32_t flags;		/* XENDRM_MMAP_* */
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
			uint32_t uses;		/* times the frontend got it */
		} forget;
		struct {
			uint32_t object;
			uint32_t flags;		/* XENDRM_ACCESS_* */
		} access;
		struct {
			uint32_t object;	/* a dma-buf */
			uint32_t flags;		/* XENDRM_ACCESS_READ or _WRITE */
			uint32_t fence;		/* ADD_FENCE: its name; else 0 */
		} fence;
		struct {
			uint32_t id;		/* the frontend's choice */
		} import;
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
	uint32_t inval_seq;	/* 16 FAULT, MMAP with pages: see "Invalidation" */
	uint32_t file;		/* 20 OPEN: the file's name */
	uint32_t map;		/* 24 MMAP: the mapping's name */
	uint32_t table_len;	/* 28 GET_TABLE: bytes of the whole table */
	uint32_t fence;		/* 32 IOCTL, MERGE, GET_FENCE: the new fence's
				 *    name, or 0 */
	uint32_t fence_status;	/* 36 the same: the new fence is already signalled:
				 *    its status, as in fence[]; or 0 */
	uint32_t object;	/* 40 IOCTL: the object or import of the new
				 *    descriptor, or 0; EVENTFD; see "Objects";
				 *    MMAP: an import, or 0; see "Imports" */
	uint32_t object_flags;	/* 44 XENDRM_OBJECT_* */
	uint64_t object_size;	/* 48 dma-buf: bytes; else 0 */
	uint64_t object_off;	/* 56 MMAP of an import: bytes; else 0 */
};

/*
 * Objects. A file of the host that a guest's descriptor stands for, and that is not a
 * sync_file (a dma-buf, a syncobj), is an object. It has an id below 1 << 31, which is
 * valid from the response that first carries it until FORGET. The same file always
 * has the same id. Both ends count the responses that carried the id. FORGET has the
 * frontend's count; if the backend's is higher, another response is on its way, and
 * the backend keeps the object.
 *
 * An eventfd of the guest has one of the host, too, which EVENTFD makes and the
 * frontend's FORGET undoes. When a driver signals the host's, a SIGNAL event has the
 * frontend signal the guest's.
 */
#define XENDRM_OBJECT_WRITE	1u	/* may be mapped for writing */
#define XENDRM_OBJECT_CLOEXEC	2u	/* exec() closes the descriptor */
#define XENDRM_OBJECT_FLAGS	3u

/*
 * Imports. A dma-buf of another device of the guest is imported into the host's driver
 * as pages of the guest. IMPORT has a grant for each, which may be written. Its id is
 * in the range below, and no other import of the connection has it. From then on the
 * id stands for the dma-buf wherever an ioctl reads a descriptor of one; the driver
 * gets a dma-buf of the backend's, the same as long as it keeps one. FORGET (uses 1)
 * undoes IMPORT: the backend unmaps the pages, or answers -EBUSY while the driver has
 * the dma-buf. When the driver has let go of it, an IDLE event says so.
 *
 * A driver that exports what it has imported returns the import's id as the object,
 * which is not counted. If it leaves a mapping to the dma-buf's exporter, MMAP makes
 * none: map is 0, object the import and object_off where the mapping begins in it.
 */
#define XENDRM_FIRST_IMPORT	0x80000000u
#define XENDRM_LAST_IMPORT	0xbfffffffu

static inline int xendrm_is_import(uint32_t object)
{
	return object >= XENDRM_FIRST_IMPORT && object <= XENDRM_LAST_IMPORT;
}

/*
 * Implicit fences. A dma-buf of the host has fences of the work that reads or writes
 * it. GET_FENCE asks for them as one fence: what a reader (XENDRM_ACCESS_READ) or a
 * writer (XENDRM_ACCESS_WRITE) has to wait for, as DMA_BUF_IOCTL_EXPORT_SYNC_FILE
 * does. ADD_FENCE adds one that is known to the host, as of a reader or a writer, as
 * DMA_BUF_IOCTL_IMPORT_SYNC_FILE does. Both take an import, too: -EBADF if the driver
 * does not have it.
 */

/* As the flags of DMA_BUF_IOCTL_SYNC */
#define XENDRM_ACCESS_READ	1u
#define XENDRM_ACCESS_WRITE	2u
#define XENDRM_ACCESS_RW	3u
#define XENDRM_ACCESS_END	4u

/* One page of a mapping, in a FAULT response */
enum xendrm_page_kind {
	XENDRM_PAGE_NONE	= 0,	/* not available now; fault again */
	XENDRM_PAGE_GRANT	= 1,	/* map grant reference gref */
	XENDRM_PAGE_DEVICE	= 2,	/* the GPU's memory: map frame; PV: the
					 * page table has it already */
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
	uint8_t  cache;		/*  2 enum xendrm_cache, as dom0 maps it */
	uint8_t  reserved;	/*  3 */
	uint32_t gref;		/*  4 GRANT; else 0 */
	uint64_t frame;		/*  8 DEVICE, in a window: the guest's frame;
				 *    else 0 */
};

#define XENDRM_MAX_FAULT_PAGES	512

/*
 * The start of a READ response. Whenever the backend reports that a file has DRM
 * events, here or by a READABLE event, it gives the report a number. Each file counts
 * its own. See "DRM events" in docs/protocol.md.
 */
struct xendrm_read {
	uint32_t seq;		/*  0 number of the latest report */
	uint32_t readable;	/*  4 1: there are more events, and this is a report;
				 *    0: there are none, and reports up to seq are
				 *    obsolete */
};

#define XENDRM_MAX_READ		4096u	/* bytes of DRM events in one READ */
#define XENDRM_MAX_FDINFO	16384u	/* bytes of text */

/* ---------------------------------------------------- event page: back to front
 *
 * One page, granted by the frontend. Events are consumed in order. The backend
 * never posts more than XENDRM_EVENTS that are not consumed.
 *
 * Invalidation. The backend numbers the invalidations of a device from 1, in the
 * order of their events. The frontend unmaps the pages, stores the number in
 * inval_acked and notifies; a number acknowledges all lower ones. It must not wait
 * for the backend before it does. After that (or after a timeout, see
 * docs/protocol.md) the backend ends the grants. A FAULT response carries the number
 * of the last invalidation that was posted before its grants were made. If the
 * frontend has handled a later one for the same mapping meanwhile, it does not map
 * the grants and sends FAULT again. So does the response to MMAP with pages; but there
 * the frontend did not know the mapping yet, so it may not map these grants after any
 * later invalidation.
 *
 * Cancelling. To have outstanding request id interrupted, the frontend stores the
 * request's seq in cancel[id] and notifies. The response still comes; its status is
 * -XENDRM_ERESTARTSYS if the call was given up.
 *
 * Fences. For a fence of the host the guest has a fence of its own. While the fence
 * is not signalled it has a slot of fence[]. When it is signalled, the backend stores
 * its status in the slot and notifies, perhaps before the response that names the
 * fence. When the frontend has seen both, it stores 0, which frees the slot. Until
 * then the slot is in use, even if nobody in the guest holds the fence any more.
 *
 * With feature-submit, the last XENDRM_FRONT_FENCES slots are named by the frontend, in
 * an ordered IOCTL: a free one, and in the name the number after its last use's (the
 * first is 1). The response has no fence then. A status comes in any case: if the ioctl
 * fails, that is 1 + errno.
 *
 * With feature-quiet-fences, the backend notifies only if the slot had
 * XENDRM_FENCE_WANTED, or if it is short of slots. The frontend replaces
 * XENDRM_FENCE_PENDING by that when somebody waits, and the backend stores the status,
 * both by one atomic access, so that one of them sees what the other has done. A slot
 * that the frontend names may have it before the IOCTL is sent.
 */
#define XENDRM_FENCE_PENDING		0u	/* or the slot is free */
#define XENDRM_FENCE_WANTED		0xffffu	/* pending, and somebody waits */
#define XENDRM_FENCE_DONE		1u	/* signalled; after an error:
						 * 1 + errno */

/* The name of a fence: bits 0 to 15: slot + 1; bits 16 to 31: which use of it */
#define XENDRM_FENCE_NAME(slot, use) \
	(((uint32_t)(use) & 0xffffu) << 16 | ((slot) + 1u))
#define XENDRM_FENCE_SLOT(name)		(((name) & 0xffffu) - 1u)
#define XENDRM_FENCE_USE(name)		((name) >> 16)
#define XENDRM_FIRST_FRONT_FENCE	(XENDRM_MAX_FENCES - XENDRM_FRONT_FENCES)

enum xendrm_event_type {
	XENDRM_EVENT_INVALIDATE	= 1,
	XENDRM_EVENT_READABLE	= 2,	/* a file has DRM events; only after it
					 * was sent a READ */
	XENDRM_EVENT_SIGNAL	= 3,	/* signal an eventfd; one that is unknown
					 * was forgotten meanwhile */
	XENDRM_EVENT_IDLE	= 4,	/* the driver has let go of an import; one
					 * that is unknown was forgotten */
};

struct xendrm_event {
	uint16_t type;		/*  0 enum xendrm_event_type */
	uint16_t reserved;	/*  2 */
	uint32_t seq;		/*  4 the invalidation's number; READABLE: see
				 *    struct xendrm_read; otherwise 0 */
	uint32_t map;		/*  8 READABLE: the file; SIGNAL: the object;
				 *    IDLE: the import */
	uint32_t first;		/* 12 page in the mapping; otherwise 0 */
	uint32_t count;		/* 16 pages; SIGNAL: how often; otherwise 0 */
	uint32_t reserved2[3];	/* 20 */
};

#define XENDRM_EVENTS		64
#define XENDRM_MAX_SIGNALS	64	/* count of a SIGNAL */

struct xendrm_event_page {
	uint32_t prod;				/*    0 backend writes */
	uint32_t pad0[15];
	uint32_t cons;				/*   64 frontend writes */
	uint32_t inval_acked;			/*   68 frontend writes */
	uint32_t all_unmapped;			/*   72 frontend writes 1: it
						 *      has unmapped all pages,
						 *      pinned ones aside, and
						 *      will map no more */
	uint32_t stop_faults;			/*   76 frontend writes 1: all
						 *      FAULTs may be given
						 *      up */
	uint32_t pad1[12];
	uint16_t fence[XENDRM_MAX_FENCES];	/*  128 both write */
	uint32_t cancel[XENDRM_MAX_REQUESTS];	/* 1024 frontend writes */
	struct xendrm_event event[XENDRM_EVENTS]; /* 2048 backend writes */
};

/* ------------------------------------------------------- the descriptor table
 *
 * For each ioctl that the backend runs it tells where the argument has pointers, file
 * descriptors and absolute times, and what is refused. Layout: the header, nr_ioctls
 * ioctls sorted by _IOC_NR(cmd), nr_fields fields. The children of an ioctl or a field
 * are the fields [first, first + nr). A field's children come after it, so there are
 * no cycles. Depth is at most XENDRM_MAX_DEPTH. Offsets are in the struct that the
 * field belongs to.
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
#define XENDRM_IOCTL_VARSIZE	0x02u	/* _IOC_SIZE differs from call to call */
#define XENDRM_IOCTL_LOCAL	0x04u	/* the guest's DRM core answers it */
#define XENDRM_IOCTL_NO_REPLY	0x08u	/* has no results; need not be waited for
					 * if no WAIT field applies and all that
					 * it names exists: a successful call
					 * changes nothing of the argument */
#define XENDRM_IOCTL_CREATES	0x10u	/* creates a buffer */
#define XENDRM_IOCTL_FREES	0x20u	/* frees a buffer */
#define XENDRM_IOCTL_HARMLESS	0x40u	/* shares no buffer of the file, and changes
					 * nothing of one but its content */
#define XENDRM_IOCTL_SUBMITS	0x80u	/* gives work to the GPU, and need not be
					 * waited for if no WAIT field applies: a
					 * successful call changes nothing of the
					 * argument but a new descriptor and a
					 * NUMBER */
#define XENDRM_IOCTL_NATIVE_PTR	0x100u	/* the argument is a u32 and a pointer
					 * of the program's own width, to what
					 * is only written: 32-bit programs have
					 * two u32 */
#define XENDRM_IOCTL_ENDS	0x200u	/* may end what a QUEUE field names: the
					 * next submission to each is waited for */
#define XENDRM_IOCTL_FLAGS	0x3ffu

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
					 * cond_value; if it has a count, that
					 * many elements of stride bytes follow */
	XENDRM_FIELD_FD		= 5,	/* s32 file descriptor; aux: its kind.
					 * An FD that is read and the next field,
					 * an FD that is written, may share
					 * their place */
	XENDRM_FIELD_ABS_TIMEOUT = 6,	/* s64 CLOCK_MONOTONIC time in ns; on
					 * the wire: ns from now */
	XENDRM_FIELD_REFUSE	= 7,	/* no data: refuse the call with the errno
					 * in aux; if there is a count, only if
					 * it is at least stride and at most
					 * max */
	XENDRM_FIELD_BUFFER	= 8,	/* u32 handle of a buffer, in the argument
					 * itself; aux: what happens to it */
	XENDRM_FIELD_WAIT	= 9,	/* no data: the call is waited for; if there
					 * is a count, only if it is at least
					 * stride and at most max */
	XENDRM_FIELD_SYNC	= 10,	/* u32 handle of a syncobj; aux: what happens
					 * to it; elem_size: offset of the u64
					 * point, or 0; count: as WAIT */
	XENDRM_FIELD_QUEUE	= 11,	/* no data; count: a value that tells, with
					 * others, where work goes, and of what form
					 * it is: the call is waited for until one
					 * with the same has succeeded */
	XENDRM_FIELD_ABS_TIMESPEC = 12,	/* CLOCK_MONOTONIC time: s64 seconds, s64
					 * ns; on the wire: ns from now, in place
					 * of the seconds */
	XENDRM_FIELD_NUMBER	= 13,	/* u64 in the argument itself: a successful
					 * call of a SUBMITS leaves a number there,
					 * which is one more each time that all
					 * COUNTED values are the same */
};

/* xendrm_field.flags */
#define XENDRM_FIELD_IN		0x01u	/* the driver reads it */
#define XENDRM_FIELD_OUT	0x02u	/* the driver writes it */
#define XENDRM_FIELD_PRODUCT	0x04u	/* ARRAY, VARIANT: the number of
					 * elements is the product of the count
					 * and a second one, stride_width bytes
					 * wide; ARRAY: at offset stride,
					 * VARIANT: at offset aux */
#define XENDRM_FIELD_RESULT	0x08u	/* ARRAY or time in the argument itself:
					 * a successful call replaces it by a
					 * result (a union). FD that is written:
					 * every successful call writes it, in
					 * place of something else that is
					 * read */

#define XENDRM_FIELD_HANDLES	0x10u	/* ARRAY that is read: each element begins
					 * with the u32 handle of a buffer */
#define XENDRM_FIELD_MANY	0x20u	/* ARRAY with units: of whole elements, not
					 * one struct */
#define XENDRM_FIELD_COUNTED	0x40u	/* QUEUE: see NUMBER. If elements of an array
					 * have different values, the call is waited
					 * for */

enum xendrm_cond {			/* when the field applies */
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
 * What a successful call does to a buffer, for a frontend that caches freed buffers
 * (see docs/protocol.md). CREATED and MMAP_OFFSET promise that calls with the same
 * argument, apart from what is only written (see max), get the same answer: for
 * CREATED, any such buffer that is idle and all zeroes will do; for MMAP_OFFSET, as
 * long as the handle is not freed.
 */
enum xendrm_buffer_use {
	XENDRM_BUFFER_CREATED	= 1,	/* the handle is written */
	XENDRM_BUFFER_MMAP_OFFSET = 2,	/* the offset for mmap() is written */
	XENDRM_BUFFER_FREED	= 3,
	XENDRM_BUFFER_CHANGED	= 4,	/* renamed: must not be cached */
	XENDRM_BUFFER_USED	= 5,	/* nothing; but if the program has freed the
					 * handle, the driver must see the call */
	XENDRM_BUFFER_EXPORTED	= 6,	/* shared: must not be cached */
	XENDRM_BUFFER_IMPORTED	= 7,	/* the handle of a shared buffer is written,
					 * perhaps one that exists */
	XENDRM_BUFFER_MADE	= 8,	/* the handle of a new buffer is written,
					 * which must not be cached */
};

/* What a successful call does to a syncobj */
enum xendrm_sync_use {
	XENDRM_SYNC_MADE	= 1,	/* in the argument itself: the handle is
					 * written */
	XENDRM_SYNC_ENDED	= 2,	/* the handle is freed */
	XENDRM_SYNC_SHARED	= 3,	/* others may change it from now on */
	XENDRM_SYNC_RESET	= 4,	/* nobody knows which fence it has, if any */
	XENDRM_SYNC_SIGNALLED	= 5,	/* it has a fence, of that point if there is
					 * one. An ordered call that fails has the
					 * backend signal it */
	XENDRM_SYNC_WAITED	= 6,	/* it must have a fence, of that point */
};

#define XENDRM_MAX_SYNCS	16u	/* in a call that is not waited for */
#define XENDRM_MAX_QUEUE	4u	/* QUEUE fields that apply to a call, in the
					 * argument itself or COUNTED */

#define XENDRM_MAX_BUFFER_ARG	128u	/* bytes of the argument, for CREATED and
					 * MMAP_OFFSET */

struct xendrm_field {
	uint8_t  kind;		/*  0 enum xendrm_field_kind */
	uint8_t  flags;		/*  1 XENDRM_FIELD_IN, _OUT, ... */
	uint8_t  count_width;	/*  2 bytes of the count field; 0: constant */
	uint8_t  stride_width;	/*  3 bytes of the stride field; 0: none */
	uint8_t  cond;		/*  4 enum xendrm_cond; VARIANT: EQ, and the
				 *    value is the tag */
	uint8_t  cond_width;	/*  5 bytes of the value that is compared */
	uint16_t reserved;	/*  6 */
	uint32_t offset;	/*  8 of the pointer, fd, time or handle */
	uint32_t count;		/* 12 the constant, or the count's offset;
				 *    CHAIN: offset of the u32 tag in the
				 *    header; BUFFER, CREATED: offset of the
				 *    size, as the call leaves it */
	uint32_t elem_size;	/* 16 bytes the driver knows of an element;
				 *    CHAIN: of the common header;
				 *    VARIANT: of the struct */
	uint32_t stride;	/* 20 offset of the stride field (bytes between
				 *    elements); CHAIN: offset of the next
				 *    pointer in the header; VARIANT: bytes
				 *    of each element that follows it;
				 *    BUFFER, CREATED or MMAP_OFFSET: offset of
				 *    the u64 for mmap(), if there is one */
	uint32_t max;		/* 24 the most elements, units or links;
				 *    BUFFER, CREATED or MMAP_OFFSET: bit n: the
				 *    argument's n-th u32 is only written */
	uint32_t cond_off;	/* 28 offset of the value */
	uint64_t cond_value;	/* 32 */
	uint16_t first;		/* 40 children, relative to each element */
	uint16_t nr;		/* 42 */
	uint32_t aux;		/* 44 FD: enum xendrm_fd_kind; REFUSE: errno;
				 *    SYNC: enum xendrm_sync_use;
				 *    VARIANT: offset of the second count;
				 *    ARRAY: 0, or bytes of a unit: then the
				 *    pointee is one struct (or MANY), and the
				 *    count is its length in units;
				 *    BUFFER: enum xendrm_buffer_use */
};

/*
 * If several pointers or times have the same place, the first whose condition holds
 * applies, and the others are ignored. Counts, strides and conditions never overlap
 * a pointer or time, unless their conditions exclude each other.
 */

/*
 * Packing. A packed request is the argument struct, followed by the pointees in the
 * order of a depth-first walk of the table. Each starts at a multiple of 8 bytes.
 * Pointees that are only written take no room in the request, and pointees that are
 * only read take none in the response. Both sides compute lengths from the counts in
 * the request, never from those in the response.
 * The argument struct is as long as the smaller size of the program's ioctl number
 * and the table's (VARSIZE: the program's). It is sent, or returned, only if both
 * numbers say so (_IOC_WRITE, _IOC_READ), as in drm_ioctl().
 * Bytes between the elements of an array with a stride are 0.
 * A pointer is replaced by one of these:
 */
#define XENDRM_PTR_NULL		0u	/* NULL */
#define XENDRM_PTR_DATA		1u	/* the pointee is in the message */
#define XENDRM_PTR_FAULT	2u	/* the program cannot read it: the driver
					 * gets a bad address */

/*
 * A descriptor that is read is replaced by the name of a fence (sync_file), the id of
 * an object, or one of the values below. One that is only written is replaced by
 * XENDRM_FD_BAD; with RESULT it stays as the program has it. An ioctl creates at most
 * one descriptor.
 */
#define XENDRM_FENCE_SIGNALED	0u		/* a fence that is signalled */
#define XENDRM_FD_BAD		0xffffffffu	/* not open, or not a sync_file:
						 * the driver gets -1 */
#define XENDRM_FD_WRONG		0xfffffffeu	/* not an object of this kind: the
						 * driver gets another file */

/* In a response; or a negative number, which the driver left there: */
#define XENDRM_FD_SAME		0u		/* as the program had it; never a
						 * RESULT of a successful call */
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
