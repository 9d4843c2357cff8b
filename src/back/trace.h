/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h: tracepoints of pvdrm-back (docs/tracing.md)
 *
 * What a guest gives is shown as numbers only. @domid and @devid name the guest's
 * device.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pvdrm

#if !defined(PVDRM_BACK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PVDRM_BACK_TRACE_H

#include <linux/tracepoint.h>

#include "back/bus/back.h"
#include "back/bus/link.h"
#include "trace_ops.h"

DECLARE_EVENT_CLASS(back_guest,
		    TP_PROTO(const struct pvdrm_link *link),
		    TP_ARGS(link),
		    TP_STRUCT__entry(__field(u32, domid)
				     __field(u32, devid)
		    ),
		    TP_fast_assign(__entry->domid = link->back->domid;
				   __entry->devid = link->back->devid;
		    ),
		    TP_printk("domid=%u devid=%u", __entry->domid, __entry->devid)
);

DEFINE_EVENT(back_guest, back_guest_connected,
	     TP_PROTO(const struct pvdrm_link *link),
	     TP_ARGS(link)
);

DEFINE_EVENT(back_guest, back_guest_gone,
	     TP_PROTO(const struct pvdrm_link *link),
	     TP_ARGS(link)
);

TRACE_EVENT(back_request_begin,
	    TP_PROTO(const struct pvdrm_link *link,
		     const struct xendrm_request *req),
	    TP_ARGS(link, req),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, op)
			     __field(u32, file)
			     __field(u32, cmd)
	    ),
	    TP_fast_assign(__entry->domid = link->back->domid;
			   __entry->devid = link->back->devid;
			   __entry->seq = req->seq;
			   __entry->op = req->op;
			   __entry->file = req->file;
			   __entry->cmd = pvdrm_trace_cmd(req);
	    ),
	    TP_printk("domid=%u devid=%u seq=%u op=%s file=%u cmd=%#x",
		      __entry->domid, __entry->devid, __entry->seq,
		      pvdrm_show_op(__entry->op), __entry->file, __entry->cmd)
);

TRACE_EVENT(back_request_end,
	    TP_PROTO(const struct pvdrm_link *link,
		     const struct xendrm_response *rsp),
	    TP_ARGS(link, rsp),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, op)
			     __field(s32, status)
	    ),
	    TP_fast_assign(__entry->domid = link->back->domid;
			   __entry->devid = link->back->devid;
			   __entry->seq = rsp->seq;
			   __entry->op = rsp->op;
			   __entry->status = rsp->status;
	    ),
	    TP_printk("domid=%u devid=%u seq=%u op=%s status=%d",
		      __entry->domid, __entry->devid, __entry->seq,
		      pvdrm_show_op(__entry->op), __entry->status)
);

TRACE_EVENT(back_fence_signalled,
	    TP_PROTO(const struct pvdrm_link *link, u32 fence, int error),
	    TP_ARGS(link, fence, error),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, fence)
			     __field(s32, error)
	    ),
	    TP_fast_assign(__entry->domid = link->back->domid;
			   __entry->devid = link->back->devid;
			   __entry->fence = fence;
			   __entry->error = error;
	    ),
	    TP_printk("domid=%u devid=%u fence=%#x error=%d", __entry->domid,
		      __entry->devid, __entry->fence, __entry->error)
);

TRACE_EVENT(back_invalidate_begin,
	    TP_PROTO(const struct pvdrm_link *link,
		     const struct xendrm_event *event),
	    TP_ARGS(link, event),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, map)
			     __field(u32, first)
			     __field(u32, count)
	    ),
	    TP_fast_assign(__entry->domid = link->back->domid;
			   __entry->devid = link->back->devid;
			   __entry->seq = event->seq;
			   __entry->map = event->map;
			   __entry->first = event->first;
			   __entry->count = event->count;
	    ),
	    TP_printk("domid=%u devid=%u seq=%u map=%u first=%u count=%u",
		      __entry->domid, __entry->devid, __entry->seq, __entry->map,
		      __entry->first, __entry->count)
);

TRACE_EVENT(back_invalidate_end,
	    TP_PROTO(const struct pvdrm_link *link, u32 seq, bool acked),
	    TP_ARGS(link, seq, acked),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(bool, acked)
	    ),
	    TP_fast_assign(__entry->domid = link->back->domid;
			   __entry->devid = link->back->devid;
			   __entry->seq = seq;
			   __entry->acked = acked;
	    ),
	    TP_printk("domid=%u devid=%u seq=%u acked=%d", __entry->domid,
		      __entry->devid, __entry->seq, __entry->acked)
);

#endif /* PVDRM_BACK_TRACE_H */

/* This part is read outside of the guard. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH back
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
