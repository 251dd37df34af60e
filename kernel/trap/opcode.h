/*
 * What the instructions of each opcode look like. Table and theory in opcode.c; the decoder that
 * uses it is operand.c. Context: any.
 */
#ifndef KERNEL_TRAP_OPCODE_H
#define KERNEL_TRAP_OPCODE_H

#include "lib/base.h"

enum { OPCODE_TWO = 0x0f00 /* two-byte opcodes: 0f, and the low byte */ };

/* Variable sizes; smaller numbers are bytes. */
enum {
	SIZE_WORD = 0x80, /* 2 bytes with an operand-size prefix, else 4 */
	SIZE_BY_OPCODE,   /* a byte if the opcode is even, else a word */
	SIZE_ALL_WORDS,   /* the eight registers of pusha and popa */
	SIZE_VECTOR,	     /* 16 bytes; with an F2 or F3 prefix, at least one */
};

/* Instruction groups, selected by ModRM's middle bits. */
enum { GROUP_CMP = 7 }; /* 80 to 83 */
enum { GROUP_TEST = 0, GROUP_TEST_TOO = 1, GROUP_NOT = 2, GROUP_NEG = 3 }; /* f6, f7 */
enum { GROUP_INC = 0, GROUP_DEC = 1, GROUP_CALL = 2, GROUP_JUMP = 4, GROUP_PUSH = 6 }; /* ff */
enum { GROUP_BTS = 5, GROUP_BTR = 6, GROUP_BTC = 7 }; /* 0f ba */

/* Special cases that a row cannot describe. */
enum rest {
	REST_NONE,
	REST_STRING,	 /* addresses are in esi and edi */
	REST_X87,	 /* sizes by ModRM's middle bits */
	REST_ABSOLUTE,	 /* the immediate is an address */
	REST_XLAT,
	REST_LEAVE,
	REST_POP,	 /* pop to memory */
	REST_JUMP,	 /* by the immediate */
	REST_RETURN,
	REST_GROUP_TEST, /* f6, f7: test has an immediate */
	REST_GROUP_CALL, /* ff */
	REST_BIT,	 /* a bit number that reaches beyond the operand */
	REST_MOVD,
	REST_COUNT,
};

/* Opcodes [first, last] have the same form. */
struct form {
	uint16_t first, last;
	bool modrm;	   /* a ModRM byte follows */
	uint8_t bytes;	   /* of its operand that are touched; 0: none, or REST_ says */
	uint8_t written;   /* a bit for each value of ModRM's middle bits: it is written, too */
	uint8_t immediate; /* bytes of it */
	uint8_t pop, push; /* bytes */
	uint8_t rest;	   /* enum rest */
};

/* NULL: not decoded. */
const struct form *opcode_form(unsigned op);

#endif
