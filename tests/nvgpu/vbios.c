// SPDX-License-Identifier: GPL-2.0-only
/*
 * The video BIOS image
 *
 * A PCI option ROM header, the PCI data structure, a BIT table of two entries
 * ('i' the version, 'I' where the init scripts are), one init script, and a DCB
 * that lists no display.
 */
#include <string.h>

#include "pci.h"
#include "vbios.h"

enum {
	AT_PCIR_POINTER = 0x18,
	AT_DCB_POINTER = 0x36,
	AT_PCIR = 0x40,
	AT_BIT = 0x80,
	AT_INFO = 0x100,
	AT_INIT = 0x120,
	AT_SCRIPTS = 0x140,
	AT_SCRIPT = 0x160,
	AT_DCB = 0x200,
};

#define BIT_HEADER	12
#define BIT_ENTRY	6
#define INFO_SIZE	15
#define INIT_SIZE	14
#define DCB_HEADER	27

#define OP_SET_REGISTER	0x7a	/* register, value */
#define OP_DONE		0x71
#define REG_UNITS	0x001540
#define UNITS		0x00000101	/* one of each kind */

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = value;
	p[1] = value >> 8;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value);
	put16(p + 2, value >> 16);
}

static void put_bit_entry(uint8_t *p, char id, uint16_t size, uint16_t at)
{
	p[0] = id;
	p[1] = 1;
	put16(p + 2, size);
	put16(p + 4, at);
}

static void put_pcir(uint8_t *p)
{
	memcpy(p, "PCIR", 4);
	put16(p + 4, PCI_VENDOR);
	put16(p + 6, PCI_DEVICE);
	put16(p + 10, 24);		/* bytes of this structure */
	p[15] = 0x03;			/* class: display */
	put16(p + 16, VBIOS_SIZE / 512);
	p[21] = 0x80;			/* the last image */
}

static void put_bit(uint8_t *p)
{
	memcpy(p, "\xff\xb8\x42IT", 5);
	p[8] = BIT_HEADER;
	p[9] = BIT_ENTRY;
	p[10] = 2;
	put_bit_entry(p + BIT_HEADER, 'i', INFO_SIZE, AT_INFO);
	put_bit_entry(p + BIT_HEADER + BIT_ENTRY, 'I', INIT_SIZE, AT_INIT);
}

static void put_script(uint8_t *p)
{
	p[0] = OP_SET_REGISTER;
	put32(p + 1, REG_UNITS);
	put32(p + 5, UNITS);
	p[9] = OP_DONE;
}

static void put_dcb(uint8_t *p)
{
	p[0] = 0x30;			/* version */
	p[1] = DCB_HEADER;
	p[2] = 0;			/* entries */
	p[3] = 8;			/* bytes of one */
	put32(p + 6, 0x4edcbdcb);
}

void vbios_make(uint8_t image[VBIOS_SIZE])
{
	uint8_t sum = 0;
	unsigned int i;

	memset(image, 0, VBIOS_SIZE);
	image[0] = 0x55;
	image[1] = 0xaa;
	image[2] = VBIOS_SIZE / 512;
	image[3] = 0xcb;		/* x86: return, should a BIOS run it */
	put16(image + AT_PCIR_POINTER, AT_PCIR);
	put16(image + AT_DCB_POINTER, AT_DCB);
	put_pcir(image + AT_PCIR);
	put_bit(image + AT_BIT);
	put32(image + AT_INFO, 0x05400000);	/* version 05.40.00.00 */
	put16(image + AT_INIT, AT_SCRIPTS);
	put16(image + AT_SCRIPTS, AT_SCRIPT);
	put_script(image + AT_SCRIPT);
	put_dcb(image + AT_DCB);
	for (i = 0; i < VBIOS_SIZE; i++)
		sum += image[i];
	image[VBIOS_SIZE - 1] = -sum;
}
