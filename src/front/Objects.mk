# SPDX-License-Identifier: GPL-2.0-only
pvdrm-front-objs-list := main.o trace.o
pvdrm-front-objs-list += bus/xenbus.o bus/connection.o bus/keys.o bus/parent.o $(if $(CONFIG_PCI),bus/pci.o) bus/transport.o bus/events.o bus/suspend.o
pvdrm-front-objs-list += call/call.o call/ring.o call/data.o call/table.o call/queue.o
pvdrm-front-objs-list += fd/fd.o fd/fence.o fd/merge.o fd/sync_file.o fd/object.o fd/dmabuf.o fd/attach.o fd/import.o fd/implicit.o fd/imported.o fd/syncobj.o fd/eventfd.o
pvdrm-front-objs-list += file/drm.o file/file.o file/read.o file/fdinfo.o file/ioctl.o file/live.o file/syncs.o file/queues.o file/counts.o file/submit.o file/answer.o file/debugfs.o file/engine.o
pvdrm-front-objs-list += memory/map.o memory/ahead.o memory/batch.o memory/fault.o memory/chunk.o memory/map_hvm.o memory/pinned.o memory/vram_window.o
pvdrm-front-objs-list += $(if $(CONFIG_XEN_PV),memory/map_pv.o memory/pinned_pv.o memory/vram_pte.o)
pvdrm-front-objs-list += cache/cache.o cache/calls.o cache/pool.o
