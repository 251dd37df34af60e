/*
 * What the instructions of each opcode look like: one table, a row for opcodes of one form.
 *
 * A row says whether a ModRM byte follows, how many bytes of its operand are touched, whether they
 * are written, how long the immediate is, and what happens to the stack. What does not fit is one
 * of the few REST_s, each a function in operand.c. An opcode without a row is not decoded:
 * privileged and far instructions, port I/O, and what came after SSE2.
 *
 * Instruction names are given where the columns are not self-explanatory.
 * Source: Intel SDM vol. 2, appendix A (opcode maps).
 */
#include "kernel/trap/opcode.h"

#include "lib/base.h"

/* Parts of rows. One byte is the minimum touched where the exact size is not worth a column. */
#define ONLY(op) (op), (op)
#define NOTHING .rest = REST_NONE
#define ADDRESS .modrm = true
#define READS(size) .modrm = true, .bytes = (size)
#define WRITES(size) READS(size), .written = 0xff
#define GROUP(size, bits) READS(size), .written = (uint8_t)(bits)
#define BIT(n) (1u << (n))
enum { SOME = 1 };

/* add, or, adc, sbb, and, sub, xor: into memory, from it, and with an immediate to eax. */
#define ARITHMETIC(op, ...)                                                                        \
	{ (op), (op) + 1, __VA_ARGS__ }, { (op) + 2, (op) + 3, READS(SIZE_BY_OPCODE) },            \
	{ ONLY((op) + 4), .immediate = 1 }, { ONLY((op) + 5), .immediate = SIZE_WORD }
/* A segment register, and the opcode after it pops the same. */
#define PUSH_SEGMENT(op) { ONLY(op), .push = SIZE_WORD }, { ONLY((op) + 1), .pop = SIZE_WORD }

static const struct form forms[] = {
	ARITHMETIC(0x00, WRITES(SIZE_BY_OPCODE)), PUSH_SEGMENT(0x06),
	ARITHMETIC(0x08, WRITES(SIZE_BY_OPCODE)), { ONLY(0x0e), .push = SIZE_WORD },
	ARITHMETIC(0x10, WRITES(SIZE_BY_OPCODE)), PUSH_SEGMENT(0x16),
	ARITHMETIC(0x18, WRITES(SIZE_BY_OPCODE)), PUSH_SEGMENT(0x1e),
	ARITHMETIC(0x20, WRITES(SIZE_BY_OPCODE)), { ONLY(0x27), NOTHING }, /* daa */
	ARITHMETIC(0x28, WRITES(SIZE_BY_OPCODE)), { ONLY(0x2f), NOTHING }, /* das */
	ARITHMETIC(0x30, WRITES(SIZE_BY_OPCODE)), { ONLY(0x37), NOTHING }, /* aaa */
	ARITHMETIC(0x38, READS(SIZE_BY_OPCODE)), { ONLY(0x3f), NOTHING }, /* cmp; aas */
	{ 0x40, 0x4f, NOTHING },				/* inc, dec */
	{ 0x50, 0x57, .push = SIZE_WORD },
	{ 0x58, 0x5f, .pop = SIZE_WORD },
	{ ONLY(0x60), .push = SIZE_ALL_WORDS },			/* pusha */
	{ ONLY(0x61), .pop = SIZE_ALL_WORDS },			/* popa */
	{ ONLY(0x68), .immediate = SIZE_WORD, .push = SIZE_WORD },
	{ ONLY(0x69), READS(SIZE_WORD), .immediate = SIZE_WORD }, /* imul */
	{ ONLY(0x6a), .immediate = 1, .push = SIZE_WORD },
	{ ONLY(0x6b), READS(SIZE_WORD), .immediate = 1 },	/* imul */
	{ 0x70, 0x7f, .immediate = 1, .rest = REST_JUMP },	/* je, jne, ... */
	{ ONLY(0x80), GROUP(SIZE_BY_OPCODE, ~BIT(GROUP_CMP)), .immediate = 1 },
	{ ONLY(0x81), GROUP(SIZE_BY_OPCODE, ~BIT(GROUP_CMP)), .immediate = SIZE_WORD },
	{ 0x82, 0x83, GROUP(SIZE_BY_OPCODE, ~BIT(GROUP_CMP)), .immediate = 1 },
	{ 0x84, 0x85, READS(SIZE_BY_OPCODE) },			/* test */
	{ 0x86, 0x89, WRITES(SIZE_BY_OPCODE) },			/* xchg, mov */
	{ 0x8a, 0x8b, READS(SIZE_BY_OPCODE) },			/* mov */
	{ ONLY(0x8c), WRITES(2) },				/* mov from a segment register */
	{ ONLY(0x8d), ADDRESS },				/* lea */
	{ ONLY(0x8e), READS(2) },				/* mov to a segment register */
	{ ONLY(0x8f), .rest = REST_POP },
	{ 0x90, 0x99, NOTHING },				/* nop, xchg, cbw, cwd */
	{ ONLY(0x9b), NOTHING },				/* wait */
	{ ONLY(0x9c), .push = SIZE_WORD },			/* pushf */
	{ ONLY(0x9d), .pop = SIZE_WORD },			/* popf */
	{ 0x9e, 0x9f, NOTHING },				/* sahf, lahf */
	{ 0xa0, 0xa3, .immediate = 4, .rest = REST_ABSOLUTE },
	{ 0xa4, 0xa7, .rest = REST_STRING },
	{ ONLY(0xa8), .immediate = 1 },				/* test */
	{ ONLY(0xa9), .immediate = SIZE_WORD },
	{ 0xaa, 0xaf, .rest = REST_STRING },
	{ 0xb0, 0xb7, .immediate = 1 },				/* mov */
	{ 0xb8, 0xbf, .immediate = SIZE_WORD },
	{ 0xc0, 0xc1, WRITES(SIZE_BY_OPCODE), .immediate = 1 },	/* rol, shl, ... */
	{ ONLY(0xc2), .immediate = 2, .pop = 4, .rest = REST_RETURN },
	{ ONLY(0xc3), .pop = 4, .rest = REST_RETURN },
	{ 0xc6, 0xc7, WRITES(SIZE_BY_OPCODE), .immediate = SIZE_BY_OPCODE }, /* mov */
	{ ONLY(0xc8), .immediate = 3, .push = SIZE_WORD },	/* enter */
	{ ONLY(0xc9), .rest = REST_LEAVE },
	{ ONLY(0xcc), NOTHING },				/* int3 */
	{ ONLY(0xcd), .immediate = 1 },				/* int */
	{ ONLY(0xce), NOTHING },				/* into */
	{ 0xd0, 0xd3, WRITES(SIZE_BY_OPCODE) },			/* rol, shl, ... */
	{ 0xd4, 0xd5, .immediate = 1 },				/* aam, aad */
	{ ONLY(0xd7), .rest = REST_XLAT },
	{ 0xd8, 0xdf, ADDRESS, .rest = REST_X87 },
	{ 0xe0, 0xe3, .immediate = 1, .rest = REST_JUMP },	/* loop, jecxz */
	{ ONLY(0xe8), .immediate = 4, .push = 4, .rest = REST_JUMP }, /* call */
	{ ONLY(0xe9), .immediate = 4, .rest = REST_JUMP },
	{ ONLY(0xeb), .immediate = 1, .rest = REST_JUMP },
	{ ONLY(0xf5), NOTHING },				/* cmc */
	{ 0xf6, 0xf7, GROUP(SIZE_BY_OPCODE, BIT(GROUP_NOT) | BIT(GROUP_NEG)),
	  .rest = REST_GROUP_TEST },
	{ 0xf8, 0xf9, NOTHING },				/* clc, stc */
	{ 0xfc, 0xfd, NOTHING },				/* cld, std */
	{ ONLY(0xfe), WRITES(SIZE_BY_OPCODE) },			/* inc, dec */
	{ ONLY(0xff), GROUP(SIZE_WORD, BIT(GROUP_INC) | BIT(GROUP_DEC)), .rest = REST_GROUP_CALL },
	{ ONLY(0x0f10), READS(SIZE_VECTOR) },			/* movups */
	{ ONLY(0x0f11), WRITES(SIZE_VECTOR) },
	{ ONLY(0x0f12), READS(SOME) },			/* movlps */
	{ ONLY(0x0f13), WRITES(SOME) },
	{ 0x0f14, 0x0f16, READS(SOME) },			/* unpcklps, unpckhps, movhps */
	{ ONLY(0x0f17), WRITES(SOME) },
	{ 0x0f18, 0x0f1f, ADDRESS },				/* prefetch, nop */
	{ ONLY(0x0f28), READS(SIZE_VECTOR) },			/* movaps */
	{ ONLY(0x0f29), WRITES(SIZE_VECTOR) },
	{ ONLY(0x0f2a), READS(SOME) },			/* cvtpi2ps */
	{ ONLY(0x0f2b), WRITES(SOME) },			/* movntps */
	{ 0x0f2c, 0x0f2f, READS(SOME) },			/* cvtps2pi, comiss */
	{ ONLY(0x0f31), NOTHING },				/* rdtsc */
	{ 0x0f40, 0x0f4f, READS(SIZE_WORD) },			/* cmov */
	{ 0x0f50, 0x0f6f, READS(SOME) },			/* arithmetic of MMX and SSE */
	{ 0x0f70, 0x0f73, READS(SOME), .immediate = 1 },	/* pshuf, shifts */
	{ 0x0f74, 0x0f76, READS(SOME) },			/* pcmpeq */
	{ ONLY(0x0f77), NOTHING },				/* emms */
	{ 0x0f7a, 0x0f7d, READS(SOME) },
	{ ONLY(0x0f7e), ADDRESS, .rest = REST_MOVD },
	{ ONLY(0x0f7f), WRITES(SOME) },			/* movq, movdqa */
	{ 0x0f80, 0x0f8f, .immediate = 4, .rest = REST_JUMP },	/* je, jne, ... */
	{ 0x0f90, 0x0f9f, WRITES(1) },				/* sete, setne, ... */
	PUSH_SEGMENT(0x0fa0),
	{ ONLY(0x0fa2), NOTHING },				/* cpuid */
	{ ONLY(0x0fa3), ADDRESS, .rest = REST_BIT },
	{ ONLY(0x0fa4), WRITES(SIZE_WORD), .immediate = 1 },	/* shld */
	{ ONLY(0x0fa5), WRITES(SIZE_WORD) },
	PUSH_SEGMENT(0x0fa8),
	{ ONLY(0x0fab), ADDRESS, .rest = REST_BIT },
	{ ONLY(0x0fac), WRITES(SIZE_WORD), .immediate = 1 },	/* shrd */
	{ ONLY(0x0fad), WRITES(SIZE_WORD) },
	{ ONLY(0x0faf), READS(SIZE_WORD) },			/* imul */
	{ 0x0fb0, 0x0fb1, WRITES(SIZE_BY_OPCODE) },		/* cmpxchg */
	{ ONLY(0x0fb3), ADDRESS, .rest = REST_BIT },
	{ ONLY(0x0fb6), READS(1) },				/* movzx */
	{ ONLY(0x0fb7), READS(2) },
	{ ONLY(0x0fba), GROUP(SIZE_WORD, BIT(GROUP_BTS) | BIT(GROUP_BTR) | BIT(GROUP_BTC)),
	  .immediate = 1 },
	{ ONLY(0x0fbb), ADDRESS, .rest = REST_BIT },
	{ 0x0fbc, 0x0fbd, READS(SIZE_WORD) },			/* bsf, bsr */
	{ ONLY(0x0fbe), READS(1) },				/* movsx */
	{ ONLY(0x0fbf), READS(2) },
	{ 0x0fc0, 0x0fc1, WRITES(SIZE_BY_OPCODE) },		/* xadd */
	{ ONLY(0x0fc2), READS(SOME), .immediate = 1 },	/* cmpps */
	{ ONLY(0x0fc3), WRITES(SIZE_WORD) },			/* movnti */
	{ 0x0fc4, 0x0fc6, READS(SOME), .immediate = 1 },	/* pinsrw, pextrw, shufps */
	{ ONLY(0x0fc7), WRITES(8) },				/* cmpxchg8b */
	{ 0x0fc8, 0x0fcf, NOTHING },				/* bswap */
	{ 0x0fd0, 0x0fd5, READS(SOME) },			/* arithmetic of MMX and SSE */
	{ ONLY(0x0fd6), WRITES(SOME) },			/* movq */
	{ 0x0fd7, 0x0fe6, READS(SOME) },
	{ ONLY(0x0fe7), WRITES(SOME) },			/* movntq */
	{ 0x0fe8, 0x0ffe, READS(SOME) },
};

const struct form *opcode_form(unsigned op)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (forms[i].first <= op && op <= forms[i].last)
			return &forms[i];
	return NULL;
}
