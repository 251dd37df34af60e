/*
 * What memory an instruction touches: a small decoder, for reports.
 *
 * A page fault tells its address. A general-protection fault tells nothing: to say which segment
 * was left, and where, somebody has to look at the instruction. This decoder knows the shape of
 * the 32-bit instructions that compilers and people write: prefixes, ModRM and SIB, string and
 * stack instructions, near transfers, x87, and of MMX and SSE that they have a memory operand. It
 * says nothing about the rest: privileged and far instructions, ports, 16-bit addresses.
 *
 * It never decides that something is wrong. Its answer is a list of accesses; who asks compares
 * them with the limits and names one only if it really crosses. So an instruction that is decoded
 * wrongly is at worst not explained. Where the size of an access depends on more than is known
 * here, the size is the least it can be.
 *
 * Bounded: at most 15 bytes are looked at, each once, nothing is allocated, no memory but @code is
 * read.
 * Source: Intel SDM vol. 2, chapter 2 and appendix A (opcode maps).
 */
#include "kernel/trap/operand.h"

enum { AX, CX, DX, BX, SP, BP, SI, DI };

struct decoder {
	const uint8_t *code;
	unsigned n, at;
	uint32_t eip, registers[8];
	struct instruction *in;
	int override; /* segment register of a prefix, or -1 */
	bool narrow;  /* 16-bit operands */
	bool scalar;  /* F2 or F3 */
	uint8_t op;   /* the last byte of the opcode */
	uint8_t mod, reg, rm;
	uint8_t segment; /* of the ModRM operand, if mod is not 3 */
	uint32_t offset;
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
	return number;
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

/* The SIB byte: base and index. Returns the base register, or -1: a number instead. */
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
		d->offset += (uint32_t)(int8_t)decode_byte(d);
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

static void decode_operand(struct decoder *d, unsigned bytes, bool write)
{
	decode_modrm(d);
	operand_modrm(d, bytes, write);
}

/* --- forms of instructions --- */

/*
 * What an opcode's instructions look like, a letter each. Sizes: of a word (2 or 4 bytes), or a
 * byte if the opcode is even and the form one of R W B Z 6 8 s m.
 *
 *   .  nothing          -  not known here
 *   R  ModRM, read      W  ModRM, written     L  ModRM, not touched
 *   r  R, and an immediate byte      T  R, and a word     B  W and a byte     Z  W and its size
 *   g  ModRM, a word read            H  a word written    h  H and a byte     S  a byte written
 *   E  a byte read      2  two bytes read     w  two bytes written            X  eight written
 *   t  bit test         n  bit test that writes           G  the group of bit tests by a byte
 *   y  vector read      Y  vector written     i  y and a byte
 *   b  immediate byte   z  immediate word     m  offset of four bytes, no ModRM
 *   u  push a word      o  pop one            k p  push an immediate byte, word
 *   a A  push, pop all  e v  enter, leave     P  pop into ModRM
 *   j J  jump by a byte, by four              c  call by four     q Q  return, with two bytes
 *   8  arithmetic with an immediate           6  test, not, neg, mul, div
 *   F  inc, dec, call, jmp, push              s  string    x  xlat     f  x87
 */
static const char one_byte_map[16][17] = {
	"WWRRbzuoWWRRbzu-", "WWRRbzuoWWRRbzuo", "WWRRbz-.WWRRbz-.", "WWRRbz-.RRRRbz-.",
	"................", "uuuuuuuuoooooooo", "aA------pTkr----", "jjjjjjjjjjjjjjjj",
	"8888RRWWWWRRwL2P", "..........-.uo..", "mmmmssssbzssssss", "bbbbbbbbzzzzzzzz",
	"BBQq--ZZev--.b.-", "WWWWbb-xffffffff", "jjjj----cJ-j----", "-----.66..--..WF",
};
static const char two_byte_map[16][17] = {
	"----------------", "yYyYyyyYLLLLLLLL", "--------yYyYyyyy", "-.--------------",
	"gggggggggggggggg", "yyyyyyyyyyyyyyyy", "yyyyyyyyyyyyyyyy", "iiiiyyy.--yyyyYY",
	"JJJJJJJJJJJJJJJJ", "SSSSSSSSSSSSSSSS", "uo.thH--uo-nhH-g", "WW-n--E2--GnggE2",
	"WWiHiiiX........", "yyyyyyYyyyyyyyyy", "yyyyyyyYyyyyyyyy", "yyyyyyyyyyyyyyy-",
};

/* A byte or a word, by the opcode's lowest bit. */
static unsigned decode_size(const struct decoder *d)
{
	return d->op & 1 ? decode_word_bytes(d) : 1;
}

/* At esi and edi: movs, cmps, stos, lods, scas. */
static void decode_string(struct decoder *d)
{
	enum { MOVS = 0xa4, CMPS = 0xa6, STOS = 0xaa, LODS = 0xac };
	unsigned bytes = decode_size(d);
	uint8_t kind = d->op & 0xfe;
	if (kind == MOVS || kind == CMPS || kind == LODS)
		operand_add(d, operand_segment(d, SEGMENT_DS), d->registers[SI], bytes, false);
	if (kind != LODS)
		operand_add(d, SEGMENT_ES, d->registers[DI], bytes, kind == MOVS || kind == STOS);
}

/* Bytes of the memory operand, by opcode and the middle bits of ModRM; 0: none. */
static void decode_x87(struct decoder *d)
{
	static const uint8_t sizes[8][8] = {
		{ 4, 4, 4, 4, 4, 4, 4, 4 }, { 4, 0, 4, 4, 28, 2, 28, 2 },
		{ 4, 4, 4, 4, 4, 4, 4, 4 }, { 4, 4, 4, 4, 0, 10, 0, 10 },
		{ 8, 8, 8, 8, 8, 8, 8, 8 }, { 8, 8, 8, 8, 108, 0, 108, 2 },
		{ 2, 2, 2, 2, 2, 2, 2, 2 }, { 2, 2, 2, 2, 10, 8, 10, 8 },
	};
	decode_modrm(d);
	unsigned bytes = sizes[d->op & 7][d->reg];
	bool stores = d->op & 1 && d->reg != 0 && d->reg != 4 && d->reg != 5;
	if (bytes)
		operand_modrm(d, bytes, stores);
}

/* 0xff: inc, dec, call, far call, jmp, far jmp, push. */
static bool decode_group_ff(struct decoder *d)
{
	enum { CALL = 2, JUMP = 4, PUSH = 6 };
	unsigned bytes = decode_word_bytes(d);
	decode_modrm(d);
	if (d->reg == CALL || d->reg == JUMP) {
		d->in->jumps = true;
		d->in->target_in_memory = d->mod != 3;
		d->in->target = d->registers[d->rm];
	} else if (d->reg > 2 && d->reg != PUSH) {
		return false;
	}
	operand_modrm(d, bytes, d->reg < 2);
	if (d->reg == CALL || d->reg == PUSH)
		operand_push(d, bytes);
	return true;
}

/* The register's bit number reaches beyond the operand. */
static void decode_bit(struct decoder *d, bool write)
{
	decode_modrm(d);
	d->offset += (uint32_t)((int32_t)d->registers[d->reg] >> 5) * 4;
	operand_modrm(d, decode_word_bytes(d), write);
}

/* A vector's size is known for few; the others touch a byte at least. */
static void decode_vector(struct decoder *d, bool write)
{
	bool move = d->op == 0x10 || d->op == 0x11 || d->op == 0x28 || d->op == 0x29;
	bool loads = d->op == 0x7e && d->scalar;
	decode_operand(d, move && !d->scalar ? 16 : 1, write && !loads);
}

/* An address with esp is the one after the pop. */
static void decode_pop_operand(struct decoder *d)
{
	unsigned bytes = decode_word_bytes(d);
	operand_pop(d, bytes);
	d->registers[SP] += bytes;
	decode_operand(d, bytes, true);
}

static void decode_return(struct decoder *d)
{
	operand_pop(d, 4);
	d->in->jumps = true;
	d->in->target_in_memory = true;
}

static void decode_jump(struct decoder *d, uint32_t distance)
{
	d->in->jumps = true;
	d->in->target = d->eip + d->at + distance;
}

/* Forms with a ModRM byte. False: @form is none of them. */
static bool decode_modrm_form(struct decoder *d, char form)
{
	unsigned word = decode_word_bytes(d);
	switch (form) {
	case 'R': decode_operand(d, decode_size(d), false); break;
	case 'W': decode_operand(d, decode_size(d), true); break;
	case 'L': decode_modrm(d); break;
	case 'r': decode_operand(d, word, false); decode_number(d, 1); break;
	case 'T': decode_operand(d, word, false); decode_number(d, word); break;
	case 'B': decode_operand(d, decode_size(d), true); decode_number(d, 1); break;
	case 'Z': decode_operand(d, decode_size(d), true); decode_number(d, decode_size(d)); break;
	case 'g': decode_operand(d, word, false); break;
	case 'H': decode_operand(d, word, true); break;
	case 'h': decode_operand(d, word, true); decode_number(d, 1); break;
	case 'S': decode_operand(d, 1, true); break;
	case 'E': decode_operand(d, 1, false); break;
	case '2': decode_operand(d, 2, false); break;
	case 'w': decode_operand(d, 2, true); break;
	case 'X': decode_operand(d, 8, true); break;
	case 't': decode_bit(d, false); break;
	case 'n': decode_bit(d, true); break;
	case 'y': decode_vector(d, false); break;
	case 'Y': decode_vector(d, true); break;
	case 'i': decode_vector(d, false); decode_number(d, 1); break;
	case 'G':
		decode_modrm(d);
		operand_modrm(d, word, d->reg > 4);
		decode_number(d, 1);
		break;
	case '8':
		decode_modrm(d);
		operand_modrm(d, decode_size(d), d->reg != 7);
		decode_number(d, d->op == 0x81 ? word : 1);
		break;
	case '6':
		decode_modrm(d);
		operand_modrm(d, decode_size(d), d->reg == 2 || d->reg == 3);
		decode_number(d, d->reg < 2 ? decode_size(d) : 0);
		break;
	default:
		return false;
	}
	return true;
}

/* The others. */
static bool decode_form(struct decoder *d, char form)
{
	unsigned word = decode_word_bytes(d);
	uint8_t data = operand_segment(d, SEGMENT_DS);
	uint32_t number;
	switch (form) {
	case '.': break;
	case 'b': decode_number(d, 1); break;
	case 'z': decode_number(d, word); break;
	case 'u': operand_push(d, word); break;
	case 'o': operand_pop(d, word); break;
	case 'k': decode_number(d, 1); operand_push(d, word); break;
	case 'p': decode_number(d, word); operand_push(d, word); break;
	case 'a': operand_push(d, 8 * word); break;
	case 'A': operand_pop(d, 8 * word); break;
	case 'e': decode_number(d, 3); operand_push(d, word); break;
	case 'v': operand_add(d, SEGMENT_SS, d->registers[BP], word, false); break;
	case 'P': decode_pop_operand(d); break;
	case 'j': number = decode_number(d, 1); decode_jump(d, (uint32_t)(int8_t)number); break;
	case 'J': number = decode_number(d, 4); decode_jump(d, number); break;
	case 'c': operand_push(d, 4); number = decode_number(d, 4); decode_jump(d, number); break;
	case 'q': decode_return(d); break;
	case 'Q': decode_number(d, 2); decode_return(d); break;
	case 's': decode_string(d); break;
	case 'f': decode_x87(d); break;
	case 'F': return decode_group_ff(d);
	case 'm':
		number = decode_number(d, 4);
		operand_add(d, data, number, decode_size(d), d->op >= 0xa2);
		break;
	case 'x':
		operand_add(d, data, d->registers[BX] + (d->registers[AX] & 0xff), 1, false);
		break;
	default:
		return decode_modrm_form(d, form);
	}
	return true;
}

/* Is the byte a prefix? Then it is noted. */
static bool decode_prefix(struct decoder *d)
{
	switch (d->op) {
	case 0x26: case 0x2e: case 0x36: case 0x3e:
		d->override = d->op >> 3 & 3;
		return true;
	case 0x64: case 0x65:
		d->override = SEGMENT_FS + (d->op & 1);
		return true;
	case 0x66:
		d->narrow = true;
		return true;
	case 0xf2: case 0xf3:
		d->scalar = true;
		return true;
	}
	return d->op == 0xf0;
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
	bool two = d.op == 0x0f;
	if (two)
		d.op = decode_byte(&d);
	char form = (two ? two_byte_map : one_byte_map)[d.op >> 4][d.op & 15];
	bool known = in->cut || decode_form(&d, form);
	/* Cut though all bytes were there: longer than an instruction can be. */
	return known && !(in->cut && n >= INSTRUCTION_BYTES_MAX);
}
