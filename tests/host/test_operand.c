/*
 * What memory an instruction touches: the decoder of crash reports, against a table made by hand
 * from the manual, and against random bytes.
 */
#include "kernel/trap/operand.h"
#include "lib/string.h"
#include "tests/host/test.h"

enum { EIP = 0x08048000, ESP = 0xbffff000 };

static const struct trap_frame frame = {
	.ebx = 0xb00, .ecx = 0xc00, .edx = 0xd00, .esi = 0x5100, .edi = 0xd100, .ebp = 0xbffff100,
	.eax = 0xa10, .eip = EIP, .esp = ESP,
};

enum { ES = SEGMENT_ES, CS = SEGMENT_CS, SS = SEGMENT_SS, DS = SEGMENT_DS, FS = SEGMENT_FS,
       GS = SEGMENT_GS };

struct sample {
	const char *text;
	uint8_t length, code[INSTRUCTION_BYTES_MAX];
	uint8_t n;
	struct operand operands[OPERANDS_MAX];
	bool jumps, in_memory;
	uint32_t target;
};

/* What an instruction of these bytes touches, and where it may go. */
#define BYTES(...) .code = { __VA_ARGS__ }, .length = sizeof((uint8_t[]){ __VA_ARGS__ })
#define TOUCHES(...)                                                                               \
	.operands = { __VA_ARGS__ }, .n = ARRAY_SIZE(((struct operand[]){ __VA_ARGS__ }))
#define JUMPS(to) .jumps = true, .target = (to)
#define JUMPS_THERE .jumps = true, .in_memory = true /* to what the first operand holds */

static const struct sample samples[] = {
	{ "nop", BYTES(0x90) },
	{ "mov eax, [ecx]", BYTES(0x8b, 0x01), TOUCHES({ DS, 4, false, 0xc00 }) },
	{ "mov [ecx], al", BYTES(0x88, 0x01), TOUCHES({ DS, 1, true, 0xc00 }) },
	{ "mov [ebp-4], ax", BYTES(0x66, 0x89, 0x45, 0xfc), TOUCHES({ SS, 2, true, 0xbffff0fc }) },
	{ "mov eax, [esp]", BYTES(0x8b, 0x04, 0x24), TOUCHES({ SS, 4, false, ESP }) },
	{ "mov eax, [ebx+ecx*4+8]", BYTES(0x8b, 0x44, 0x8b, 0x08),
	  TOUCHES({ DS, 4, false, 0xb00 + 4 * 0xc00 + 8 }) },
	{ "mov eax, [ecx*8+0x10000]", BYTES(0x8b, 0x04, 0xcd, 0, 0, 1, 0),
	  TOUCHES({ DS, 4, false, 8 * 0xc00 + 0x10000 }) },
	{ "mov eax, [0x12345678]", BYTES(0x8b, 0x05, 0x78, 0x56, 0x34, 0x12),
	  TOUCHES({ DS, 4, false, 0x12345678 }) },
	{ "mov eax, [gs:0x14]", BYTES(0x65, 0xa1, 0x14, 0, 0, 0), TOUCHES({ GS, 4, false, 0x14 }) },
	{ "mov [fs:ecx], byte 1", BYTES(0x64, 0xc6, 0x01, 0x01), TOUCHES({ FS, 1, true, 0xc00 }) },
	{ "mov dword [ecx], 5", BYTES(0xc7, 0x01, 5, 0, 0, 0), TOUCHES({ DS, 4, true, 0xc00 }) },
	{ "lea eax, [ecx]", BYTES(0x8d, 0x01) },
	{ "add [cs:edx], eax", BYTES(0x2e, 0x01, 0x02), TOUCHES({ CS, 4, true, 0xd00 }) },
	{ "cmp [edx], eax", BYTES(0x39, 0x02), TOUCHES({ DS, 4, false, 0xd00 }) },
	{ "cmp byte [edx], 1", BYTES(0x80, 0x3a, 0x01), TOUCHES({ DS, 1, false, 0xd00 }) },
	{ "add dword [edx], 0x1000", BYTES(0x81, 0x02, 0, 0x10, 0, 0),
	  TOUCHES({ DS, 4, true, 0xd00 }) },
	{ "test byte [edx], 1", BYTES(0xf6, 0x02, 0x01), TOUCHES({ DS, 1, false, 0xd00 }) },
	{ "not dword [edx]", BYTES(0xf7, 0x12), TOUCHES({ DS, 4, true, 0xd00 }) },
	{ "movzx eax, byte [fs:ecx]", BYTES(0x64, 0x0f, 0xb6, 0x01),
	  TOUCHES({ FS, 1, false, 0xc00 }) },
	{ "movzx eax, word [ecx]", BYTES(0x0f, 0xb7, 0x01), TOUCHES({ DS, 2, false, 0xc00 }) },
	{ "sete [ecx]", BYTES(0x0f, 0x94, 0x01), TOUCHES({ DS, 1, true, 0xc00 }) },
	{ "lock cmpxchg [ecx], edx", BYTES(0xf0, 0x0f, 0xb1, 0x11),
	  TOUCHES({ DS, 4, true, 0xc00 }) },
	{ "bts [ecx], edx", BYTES(0x0f, 0xab, 0x11),
	  TOUCHES({ DS, 4, true, 0xc00 + 0xd00 / 32 * 4 }) },
	{ "push ebx", BYTES(0x53), TOUCHES({ SS, 4, true, ESP - 4 }) },
	{ "push 5", BYTES(0x6a, 5), TOUCHES({ SS, 4, true, ESP - 4 }) },
	{ "push dword [ecx]", BYTES(0xff, 0x31),
	  TOUCHES({ DS, 4, false, 0xc00 }, { SS, 4, true, ESP - 4 }) },
	{ "pop dword [esp+4]", BYTES(0x8f, 0x44, 0x24, 4),
	  TOUCHES({ SS, 4, false, ESP }, { SS, 4, true, ESP + 8 }) },
	{ "pusha", BYTES(0x60), TOUCHES({ SS, 32, true, ESP - 32 }) },
	{ "popa", BYTES(0x61), TOUCHES({ SS, 32, false, ESP }) },
	{ "enter 8, 0", BYTES(0xc8, 8, 0, 0), TOUCHES({ SS, 4, true, ESP - 4 }) },
	{ "leave", BYTES(0xc9), TOUCHES({ SS, 4, false, 0xbffff100 }) },
	{ "rep movsd", BYTES(0xf3, 0xa5),
	  TOUCHES({ DS, 4, false, 0x5100 }, { ES, 4, true, 0xd100 }) },
	{ "stosb", BYTES(0xaa), TOUCHES({ ES, 1, true, 0xd100 }) },
	{ "repe cmpsb", BYTES(0xf3, 0xa6),
	  TOUCHES({ DS, 1, false, 0x5100 }, { ES, 1, false, 0xd100 }) },
	{ "lodsb from gs", BYTES(0x65, 0xac), TOUCHES({ GS, 1, false, 0x5100 }) },
	{ "xlat", BYTES(0xd7), TOUCHES({ DS, 1, false, 0xb10 }) },
	{ "fld qword [ecx]", BYTES(0xdd, 0x01), TOUCHES({ DS, 8, false, 0xc00 }) },
	{ "fstp tword [ecx]", BYTES(0xdb, 0x39), TOUCHES({ DS, 10, true, 0xc00 }) },
	{ "fadd st0, st1", BYTES(0xd8, 0xc1) },
	{ "movups [ecx], xmm0", BYTES(0x0f, 0x11, 0x01), TOUCHES({ DS, 16, true, 0xc00 }) },
	{ "pshufd xmm0, [ecx], 1", BYTES(0x66, 0x0f, 0x70, 0x01, 0x01),
	  TOUCHES({ DS, 1, false, 0xc00 }) },
	{ "imul eax, [ecx], 7", BYTES(0x6b, 0x01, 7), TOUCHES({ DS, 4, false, 0xc00 }) },
	{ "jmp $+0x100", BYTES(0xe9, 0xfb, 0, 0, 0), JUMPS(EIP + 0x100) },
	{ "je $-0x10", BYTES(0x74, 0xee), JUMPS(EIP - 0x10) },
	{ "jne near $", BYTES(0x0f, 0x85, 0xfa, 0xff, 0xff, 0xff), JUMPS(EIP) },
	{ "call $+5", BYTES(0xe8, 0, 0, 0, 0), TOUCHES({ SS, 4, true, ESP - 4 }), JUMPS(EIP + 5) },
	{ "call edx", BYTES(0xff, 0xd2), TOUCHES({ SS, 4, true, ESP - 4 }), JUMPS(0xd00) },
	{ "call [ecx]", BYTES(0xff, 0x11),
	  TOUCHES({ DS, 4, false, 0xc00 }, { SS, 4, true, ESP - 4 }), JUMPS_THERE },
	{ "jmp [ecx*4]", BYTES(0xff, 0x24, 0x8d, 0, 0, 0, 0),
	  TOUCHES({ DS, 4, false, 4 * 0xc00 }), JUMPS_THERE },
	{ "cmp dword [ecx], 1", BYTES(0x83, 0x39, 1), TOUCHES({ DS, 4, false, 0xc00 }) },
	{ "xor dword [ecx], 1", BYTES(0x83, 0x31, 1), TOUCHES({ DS, 4, true, 0xc00 }) },
	{ "test word [ecx], 1", BYTES(0x66, 0xf7, 0x01, 1, 0), TOUCHES({ DS, 2, false, 0xc00 }) },
	{ "mul dword [ecx]", BYTES(0xf7, 0x21), TOUCHES({ DS, 4, false, 0xc00 }) },
	{ "inc dword [ecx]", BYTES(0xff, 0x01), TOUCHES({ DS, 4, true, 0xc00 }) },
	{ "bt dword [ecx], 3", BYTES(0x0f, 0xba, 0x21, 3), TOUCHES({ DS, 4, false, 0xc00 }) },
	{ "btr dword [ecx], 3", BYTES(0x0f, 0xba, 0x31, 3), TOUCHES({ DS, 4, true, 0xc00 }) },
	{ "mov [0x1234], al", BYTES(0xa2, 0x34, 0x12, 0, 0), TOUCHES({ DS, 1, true, 0x1234 }) },
	{ "movd [ecx], mm0", BYTES(0x0f, 0x7e, 0x01), TOUCHES({ DS, 1, true, 0xc00 }) },
	{ "movq xmm0, [ecx]", BYTES(0xf3, 0x0f, 0x7e, 0x01), TOUCHES({ DS, 1, false, 0xc00 }) },
	{ "movss xmm0, [ecx]", BYTES(0xf3, 0x0f, 0x10, 0x01), TOUCHES({ DS, 1, false, 0xc00 }) },
	{ "cmpxchg8b [ecx]", BYTES(0x0f, 0xc7, 0x09), TOUCHES({ DS, 8, true, 0xc00 }) },
	{ "jecxz $-2", BYTES(0xe3, 0xfc), JUMPS(EIP - 2) },
	{ "ret", BYTES(0xc3), TOUCHES({ SS, 4, false, ESP }), JUMPS_THERE },
	{ "ret 8", BYTES(0xc2, 8, 0), TOUCHES({ SS, 4, false, ESP }), JUMPS_THERE },
};

static bool operand_is(const struct operand *a, const struct operand *b)
{
	return a->segment == b->segment && a->bytes == b->bytes && a->write == b->write &&
	       a->offset == b->offset;
}

static bool sample_is(const struct sample *s, const struct instruction *in)
{
	if (in->cut || in->noperands != s->n || in->jumps != s->jumps ||
	    in->target_in_memory != s->in_memory)
		return false;
	for (unsigned i = 0; i < s->n; i++)
		if (!operand_is(&in->operands[i], &s->operands[i]))
			return false;
	return !s->jumps || s->in_memory || in->target == s->target;
}

TEST(operands_are_what_the_manual_says)
{
	for (unsigned i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];
		struct instruction in;
		if (!instruction_decode(s->code, s->length, &frame, &in) || !sample_is(s, &in))
			test_fail(__FILE__, __LINE__, "%s", s->text);
	}
}

TEST(an_instruction_that_ends_too_early_is_cut)
{
	for (unsigned i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];
		struct instruction in;
		for (unsigned n = 0; n < s->length; n++) {
			if (!instruction_decode(s->code, n, &frame, &in) || !in.cut)
				test_fail(__FILE__, __LINE__, "%s of %u bytes", s->text, n);
		}
	}
}

TEST(what_is_not_known_is_not_guessed)
{
	static const uint8_t unknown[][4] = {
		{ 0xf4 }, { 0x0f, 0x22, 0xd8 }, { 0xea, 0, 0, 0 }, { 0xec }, { 0xcf },
		{ 0x67, 0x8b, 0x07 }, { 0x0f, 0x01, 0x10 },
	};
	uint8_t prefixes[INSTRUCTION_BYTES_MAX + 1];
	struct instruction in;
	for (unsigned i = 0; i < ARRAY_SIZE(unknown); i++)
		CHECK(!instruction_decode(unknown[i], sizeof(unknown[i]), &frame, &in));
	memset(prefixes, 0x66, sizeof(prefixes));
	CHECK(!instruction_decode(prefixes, sizeof(prefixes), &frame, &in));
}

/* Exactly @n bytes in memory of their own, so that the sanitizer sees one too many. */
TEST(random_bytes_are_looked_at_within_bounds)
{
	uint32_t state = 1;
	for (unsigned round = 0; round < 200000; round++) {
		uint8_t bytes[INSTRUCTION_BYTES_MAX];
		state = state * 1664525 + 1013904223;
		unsigned n = (state >> 16) % (INSTRUCTION_BYTES_MAX + 1);
		uint8_t *exact = bytes + INSTRUCTION_BYTES_MAX - n;
		struct instruction in;
		for (unsigned i = 0; i < n; i++) {
			state = state * 1664525 + 1013904223;
			exact[i] = (uint8_t)(state >> 24);
		}
		if (!instruction_decode(exact, n, &frame, &in))
			continue;
		CHECK(in.noperands <= OPERANDS_MAX);
		for (unsigned k = 0; k < in.noperands; k++)
			CHECK(in.operands[k].bytes > 0 && in.operands[k].segment <= SEGMENT_GS);
	}
}
