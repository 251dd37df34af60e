/*
 * What memory an instruction touches: a small decoder, for reports.
 *
 * A page fault reports its address. A general-protection fault does not: to say which segment's
 * limit was exceeded, and where, the instruction has to be decoded. This decoder knows the format
 * of the 32-bit instructions that compilers and people write: prefixes, ModRM and SIB, string and
 * stack instructions, near transfers, x87, and of MMX and SSE only that they have a memory operand.
 * It does not decode the rest: privileged and far instructions, port I/O, 16-bit addresses.
 *
 * opcode.c has the table of opcode formats; this is the decoder that uses it.
 *
 * It never decides that something is wrong. Its result is a list of accesses; the caller compares
 * them with the limits and names one only if it really crosses. So an instruction that is decoded
 * wrongly is at worst not explained. Where an access's size is not known exactly, it is the
 * smallest possible.
 *
 * Bounded: at most 15 bytes are read, each once, nothing is allocated, no memory but @code is read.
 * Source: Intel SDM vol. 2, chapter 2 and appendix A (opcode maps).
 */
#include "kernel/trap/operand.h"

#include "kernel/trap/opcode.h"
#include "lib/base.h"

enum { AX, CX, DX, BX, SP, BP, SI, DI };

struct decoder {
	const uint8_t *code;
	unsigned n, at;
	uint32_t eip, registers[8];
	struct instruction *in;
	int override; /* segment register of a prefix, or -1 */
	bool narrow;  /* 16-bit operands */
	bool scalar;  /* F2 or F3 */
	uint16_t op;  /* the opcode; a two-byte one has OPCODE_TWO added */
	uint8_t mod, reg, rm;
	uint8_t segment; /* of the ModRM operand, if mod is not 3 */
	uint32_t offset;
	uint32_t immediate; /* a byte is sign-extended */
};

/* --- bytes --- */

static uint8_t decode_byte(struct decoder *d)
{
	if (d->at >= d->n) {
		d->in->cut = true;
		return 0;
	}
	uint8_t byte = d->code[d->at];
	d->at++;
	return byte;
}

static uint32_t decode_number(struct decoder *d, unsigned bytes)
{
	uint32_t number = 0;
	for (unsigned i = 0; i < bytes; i++)
		number |= (uint32_t)decode_byte(d) << 8 * i;
	return bytes == 1 ? (uint32_t)(int8_t)number : number;
}

/* Of an operand or immediate that is not a byte. */
static unsigned decode_word_bytes(const struct decoder *d)
{
	return d->narrow ? 2 : 4;
}

/* --- operands --- */

static void operand_add(struct decoder *d, uint8_t segment, uint32_t offset, unsigned bytes,
			bool write)
{
	if (d->in->noperands == OPERANDS_MAX)
		return;
	struct operand *o = &d->in->operands[d->in->noperands];
	d->in->noperands++;
	*o = (struct operand){ segment, (uint8_t)bytes, write, offset };
}

static uint8_t operand_segment(const struct decoder *d, uint8_t usual)
{
	return d->override >= 0 ? (uint8_t)d->override : usual;
}

static void operand_push(struct decoder *d, unsigned bytes)
{
	operand_add(d, SEGMENT_SS, d->registers[SP] - bytes, bytes, true);
}

static void operand_pop(struct decoder *d, unsigned bytes)
{
	operand_add(d, SEGMENT_SS, d->registers[SP], bytes, false);
}

/* The SIB byte: base and index. Returns the base register, or -1: a displacement instead. */
static int decode_sib(struct decoder *d)
{
	uint8_t sib = decode_byte(d);
	unsigned index = sib >> 3 & 7, base = sib & 7;
	if (index != SP)
		d->offset += d->registers[index] << (sib >> 6);
	return base == BP && d->mod == 0 ? -1 : (int)base;
}

/* ModRM and what belongs to it: mod, reg, rm; segment and offset if it names memory. */
static void decode_modrm(struct decoder *d)
{
	uint8_t modrm = decode_byte(d);
	d->mod = modrm >> 6;
	d->reg = modrm >> 3 & 7;
	d->rm = modrm & 7;
	d->offset = 0;
	if (d->mod == 3)
		return;
	int base = d->rm == SP ? decode_sib(d) : d->rm == BP && d->mod == 0 ? -1 : d->rm;
	if (base >= 0)
		d->offset += d->registers[base];
	if (d->mod == 1)
		d->offset += decode_number(d, 1);
	else if (d->mod == 2 || base < 0)
		d->offset += decode_number(d, 4);
	d->segment = operand_segment(d, base == SP || base == BP ? SEGMENT_SS : SEGMENT_DS);
}

/* The ModRM operand, which has been decoded, is touched. */
static void operand_modrm(struct decoder *d, unsigned bytes, bool write)
{
	if (d->mod != 3)
		operand_add(d, d->segment, d->offset, bytes, write);
}

/* --- what a row of opcode.c cannot describe --- */

/* Addresses are in esi and edi. */
static bool decode_string(struct decoder *d)
{
	enum { MOVS = 0xa4, CMPS = 0xa6, STOS = 0xaa, LODS = 0xac };
	unsigned bytes = d->op & 1 ? decode_word_bytes(d) : 1, kind = d->op & ~1u;
	if (kind == MOVS || kind == CMPS || kind == LODS)
		operand_add(d, operand_segment(d, SEGMENT_DS), d->registers[SI], bytes, false);
	if (kind != LODS)
		operand_add(d, SEGMENT_ES, d->registers[DI], bytes, kind == MOVS || kind == STOS);
	return true;
}

/* Loads and stores have odd opcodes, arithmetic even ones. */
static bool decode_x87(struct decoder *d)
{
	enum { ENVIRONMENT = 28, STATE = 108 };
	static const bool stores[8] = { false, true, true, true, false, false, true, true };
	/* By opcode and ModRM's middle bits; 0: there is none. */
	static const uint8_t sizes[8][8] = {
		{ 4, 4, 4, 4, 4, 4, 4, 4 }, { 4, 0, 4, 4, ENVIRONMENT, 2, ENVIRONMENT, 2 },
		{ 4, 4, 4, 4, 4, 4, 4, 4 }, { 4, 4, 4, 4, 0, 10, 0, 10 },
		{ 8, 8, 8, 8, 8, 8, 8, 8 }, { 8, 8, 8, 8, STATE, 0, STATE, 2 },
		{ 2, 2, 2, 2, 2, 2, 2, 2 }, { 2, 2, 2, 2, 10, 8, 10, 8 },
	};
	unsigned bytes = sizes[d->op & 7][d->reg];
	if (bytes)
		operand_modrm(d, bytes, d->op & 1 && stores[d->reg]);
	return true;
}

/* An address follows, not a ModRM byte: mov between it and eax. */
static bool decode_absolute(struct decoder *d)
{
	enum { STORE = 0xa2, STORE_WORD = 0xa3 };
	operand_add(d, operand_segment(d, SEGMENT_DS), d->immediate,
		    d->op & 1 ? decode_word_bytes(d) : 1, d->op == STORE || d->op == STORE_WORD);
	return true;
}

static bool decode_xlat(struct decoder *d)
{
	operand_add(d, operand_segment(d, SEGMENT_DS),
		    d->registers[BX] + (d->registers[AX] & 0xff), 1, false);
	return true;
}

static bool decode_leave(struct decoder *d)
{
	operand_add(d, SEGMENT_SS, d->registers[BP], decode_word_bytes(d), false);
	return true;
}

/* pop to memory: an address using esp is computed after the pop. */
static bool decode_pop_operand(struct decoder *d)
{
	unsigned bytes = decode_word_bytes(d);
	operand_pop(d, bytes);
	d->registers[SP] += bytes;
	decode_modrm(d);
	operand_modrm(d, bytes, true);
	return true;
}

static bool decode_jump(struct decoder *d)
{
	d->in->jumps = true;
	d->in->target = d->eip + d->at + d->immediate;
	return true;
}

static bool decode_return(struct decoder *d)
{
	d->in->jumps = true;
	d->in->target_in_memory = true;
	return true;
}

/* test has an immediate; not, neg, mul and div have none. */
static bool decode_group_test(struct decoder *d)
{
	if (d->reg == GROUP_TEST || d->reg == GROUP_TEST_TOO)
		decode_number(d, d->op & 1 ? decode_word_bytes(d) : 1);
	return true;
}

/* inc, dec, call, jmp, push; far transfers are not decoded. */
static bool decode_group_call(struct decoder *d)
{
	if (d->reg == GROUP_CALL || d->reg == GROUP_JUMP) {
		d->in->jumps = true;
		d->in->target_in_memory = d->mod != 3;
		d->in->target = d->registers[d->rm];
	}
	if (d->reg == GROUP_CALL || d->reg == GROUP_PUSH)
		operand_push(d, decode_word_bytes(d));
	return d->reg <= GROUP_CALL || d->reg == GROUP_JUMP || d->reg == GROUP_PUSH;
}

/* bt, bts, btr, btc: the register's bit number reaches beyond the operand. */
static bool decode_bit(struct decoder *d)
{
	enum { BT = OPCODE_TWO | 0xa3 };
	d->offset += (uint32_t)((int32_t)d->registers[d->reg] >> 5) * 4;
	operand_modrm(d, decode_word_bytes(d), d->op != BT);
	return true;
}

/* movd and movq store; with an F3 prefix it loads. */
static bool decode_movd(struct decoder *d)
{
	operand_modrm(d, 1, !d->scalar);
	return true;
}

static bool (*const decode_rest[REST_COUNT])(struct decoder *d) = {
	[REST_STRING] = decode_string,
	[REST_X87] = decode_x87,
	[REST_ABSOLUTE] = decode_absolute,
	[REST_XLAT] = decode_xlat,
	[REST_LEAVE] = decode_leave,
	[REST_POP] = decode_pop_operand,
	[REST_JUMP] = decode_jump,
	[REST_RETURN] = decode_return,
	[REST_GROUP_TEST] = decode_group_test,
	[REST_GROUP_CALL] = decode_group_call,
	[REST_BIT] = decode_bit,
	[REST_MOVD] = decode_movd,
};

/* --- instructions --- */

static unsigned form_bytes(const struct decoder *d, unsigned size)
{
	switch (size) {
	case SIZE_WORD:
		return decode_word_bytes(d);
	case SIZE_BY_OPCODE:
		return d->op & 1 ? decode_word_bytes(d) : 1;
	case SIZE_ALL_WORDS:
		return 8 * decode_word_bytes(d);
	case SIZE_VECTOR:
		return d->scalar ? 1 : 16;
	}
	return size;
}

/* False: the instruction is not decoded. */
static bool decode_form(struct decoder *d, const struct form *f)
{
	if (f->modrm)
		decode_modrm(d);
	if (f->bytes)
		operand_modrm(d, form_bytes(d, f->bytes), f->written >> d->reg & 1);
	d->immediate = decode_number(d, form_bytes(d, f->immediate));
	if (f->pop)
		operand_pop(d, form_bytes(d, f->pop));
	if (f->push)
		operand_push(d, form_bytes(d, f->push));
	return decode_rest[f->rest] == NULL || decode_rest[f->rest](d);
}

/* Is the byte a prefix? If so, record it. */
static bool decode_prefix(struct decoder *d)
{
	switch (d->op) {
	case 0x26: /* es */
	case 0x2e: /* cs */
	case 0x36: /* ss */
	case 0x3e: /* ds */
		d->override = d->op >> 3 & 3;
		return true;
	case 0x64:
		d->override = SEGMENT_FS;
		return true;
	case 0x65:
		d->override = SEGMENT_GS;
		return true;
	case 0x66: /* operand size */
		d->narrow = true;
		return true;
	case 0xf2: /* repne, sd */
	case 0xf3: /* rep, ss */
		d->scalar = true;
		return true;
	case 0xf0: /* lock */
		return true;
	}
	return false;
}

bool instruction_decode(const uint8_t *code, unsigned n, const struct trap_frame *tf,
			struct instruction *in)
{
	struct decoder d = {
		.code = code, .n = MIN(n, (unsigned)INSTRUCTION_BYTES_MAX), .in = in,
		.eip = tf->eip,
		.registers = { tf->eax, tf->ecx, tf->edx, tf->ebx, tf->esp, tf->ebp, tf->esi,
			       tf->edi },
		.override = -1,
	};
	*in = (struct instruction){ .noperands = 0 };
	d.op = decode_byte(&d);
	while (!in->cut && decode_prefix(&d))
		d.op = decode_byte(&d);
	if (d.op == OPCODE_TWO >> 8)
		d.op = OPCODE_TWO | decode_byte(&d);
	const struct form *form = opcode_form(d.op);
	bool known = in->cut || (form && decode_form(&d, form));
	/* Truncated although all bytes were there: longer than an instruction can be. */
	return known && !(in->cut && n >= INSTRUCTION_BYTES_MAX);
}
