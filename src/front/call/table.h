/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h: the descriptor table, which the backend serves
 */
#ifndef PVDRM_FRONT_TABLE_H
#define PVDRM_FRONT_TABLE_H

struct pvdrm_front;

int pvdrm_table_fetch(struct pvdrm_front *front);

#endif /* PVDRM_FRONT_TABLE_H */
