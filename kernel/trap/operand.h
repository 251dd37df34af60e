/*
 * What memory an instruction touches: a small decoder, for reports. Theory in operand.c. Context:
 * any.
 */
#ifndef KERNEL_TRAP_OPERAND_H
#define KERNEL_TRAP_OPERAND_H

#include "kernel/x86/trap_frame.h"

enum { INSTRUCTION_BYTES_MAX = 15, OPERANDS_MAX = 3 };

/* Segment registers, by the CPU's numbers. */
enum segment_register { SEGMENT_ES, SEGMENT_CS, SEGMENT_SS, SEGMENT_DS, SEGMENT_FS, SEGMENT_GS };

/* One access: bytes [offset, offset + bytes) of a segment. */
struct operand {
	uint8_t segment; /* enum segment_register */
	uint8_t bytes;	 /* at least; > 0 */
	bool write;	 /* it is written, perhaps after it was read */
	uint32_t offset;
};

struct instruction {
	uint8_t noperands;
	bool cut;  /* it extends beyond the given bytes */
	bool jumps; /* a near jump, call or return: to @target, or to what operand 0 holds */
	bool target_in_memory;
	uint32_t target;
	struct operand operands[OPERANDS_MAX];
};

/*
 * Decode the 32-bit instruction whose first @n bytes are at @code, about to run with the registers
 * of @tf. False: not decoded; *in is then undefined.
 */
bool instruction_decode(const uint8_t *code, unsigned n, const struct trap_frame *tf,
			struct instruction *in);

#endif
