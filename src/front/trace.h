/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h: tracepoints of pvdrm-front (docs/tracing.md)
 *
 * @domid is the backend's domain, and @devid the device's number in this guest.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pvdrm

#if !defined(PVDRM_FRONT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PVDRM_FRONT_TRACE_H

#include <linux/tracepoint.h>

#include "front/front.h"
#include "trace_ops.h"

DECLARE_EVENT_CLASS(front_device,
		    TP_PROTO(const struct pvdrm_front *front),
		    TP_ARGS(front),
		    TP_STRUCT__entry(__field(u32, domid)
				     __field(u32, devid)
		    ),
		    TP_fast_assign(__entry->domid = front->backend;
				   __entry->devid = front->devid;
		    ),
		    TP_printk("domid=%u devid=%u", __entry->domid, __entry->devid)
);

DEFINE_EVENT(front_device, front_connected,
	     TP_PROTO(const struct pvdrm_front *front),
	     TP_ARGS(front)
);

DEFINE_EVENT(front_device, front_gone,
	     TP_PROTO(const struct pvdrm_front *front),
	     TP_ARGS(front)
);

TRACE_EVENT(front_request_begin,
	    TP_PROTO(const struct pvdrm_front *front,
		     const struct xendrm_request *req, bool one_way),
	    TP_ARGS(front, req, one_way),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, op)
			     __field(u32, file)
			     __field(bool, one_way)
			     __field(u32, cmd)
	    ),
	    TP_fast_assign(__entry->domid = front->backend;
			   __entry->devid = front->devid;
			   __entry->seq = req->seq;
			   __entry->op = req->op;
			   __entry->file = req->file;
			   __entry->one_way = one_way;
			   __entry->cmd = pvdrm_trace_cmd(req);
	    ),
	    TP_printk("domid=%u devid=%u seq=%u op=%s file=%u one_way=%u cmd=%#x",
		      __entry->domid, __entry->devid, __entry->seq,
		      pvdrm_show_op(__entry->op), __entry->file,
		      __entry->one_way, __entry->cmd)
);

TRACE_EVENT(front_request_end,
	    TP_PROTO(const struct pvdrm_front *front,
		     const struct xendrm_response *rsp),
	    TP_ARGS(front, rsp),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, op)
			     __field(s32, status)
	    ),
	    TP_fast_assign(__entry->domid = front->backend;
			   __entry->devid = front->devid;
			   __entry->seq = rsp->seq;
			   __entry->op = rsp->op;
			   __entry->status = rsp->status;
	    ),
	    TP_printk("domid=%u devid=%u seq=%u op=%s status=%d",
		      __entry->domid, __entry->devid, __entry->seq,
		      pvdrm_show_op(__entry->op), __entry->status)
);

TRACE_EVENT(front_fence_signalled,
	    TP_PROTO(const struct pvdrm_front *front, u32 fence, int error),
	    TP_ARGS(front, fence, error),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, fence)
			     __field(s32, error)
	    ),
	    TP_fast_assign(__entry->domid = front->backend;
			   __entry->devid = front->devid;
			   __entry->fence = fence;
			   __entry->error = error;
	    ),
	    TP_printk("domid=%u devid=%u fence=%#x error=%d", __entry->domid,
		      __entry->devid, __entry->fence, __entry->error)
);

TRACE_EVENT(front_invalidate,
	    TP_PROTO(const struct pvdrm_front *front,
		     const struct xendrm_event *event),
	    TP_ARGS(front, event),
	    TP_STRUCT__entry(__field(u32, domid)
			     __field(u32, devid)
			     __field(u32, seq)
			     __field(u32, map)
			     __field(u32, first)
			     __field(u32, count)
	    ),
	    TP_fast_assign(__entry->domid = front->backend;
			   __entry->devid = front->devid;
			   __entry->seq = event->seq;
			   __entry->map = event->map;
			   __entry->first = event->first;
			   __entry->count = event->count;
	    ),
	    TP_printk("domid=%u devid=%u seq=%u map=%u first=%u count=%u",
		      __entry->domid, __entry->devid, __entry->seq, __entry->map,
		      __entry->first, __entry->count)
);

#endif /* PVDRM_FRONT_TRACE_H */

/* This part is read outside of the guard. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH front
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
