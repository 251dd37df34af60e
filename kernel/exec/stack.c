/*
 * The stack that a new program finds.
 *
 * From its top down: four bytes of zero, the strings (arguments, environment, the path), the
 * platform's name, sixteen random bytes, padding, then from the stack pointer up argc, the pointers
 * to arguments and environment, each list with a NULL, and the auxiliary vector.
 *
 * Always true
 *   [stack.1]  the strings are the arguments, the environment and the path, nothing else
 *   [stack.2]  the table ends at or below the random bytes, the strings below the top
 * Source: System V ABI, Intel386 supplement, "Process Initialization".
 */
#include "kernel/exec/stack.h"

#include "kernel/fs/device.h"
#include "kernel/proc/sched.h"
#include "kernel/x86/cpu.h"
#include "lib/assert.h"
#include "lib/errno.h"

enum {
	AT_NULL, AT_PHDR = 3, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY,
	AT_UID = 11, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK, AT_SECURE = 23,
	AT_RANDOM = 25, AT_EXECFN = 31,
};

/* Words to be copied to user memory, some at a time. */
struct exec_words {
	struct aspace *as;
	vaddr_t at;
	uint32_t words[32];
	unsigned n;
	int error;
};

static void exec_flush_words(struct exec_words *w)
{
	size_t bytes = w->n * sizeof(uint32_t);
	if (!w->error)
		w->error = user_write(w->as, w->at, w->words, bytes);
	w->at += bytes;
	w->n = 0;
}

static void exec_put_word(struct exec_words *w, uint32_t word)
{
	if (w->n == ARRAY_SIZE(w->words))
		exec_flush_words(w);
	w->words[w->n] = word;
	w->n++;
}

/* Pointers to @count strings from offset @at on, and a NULL. Returns the offset after them. */
static uint32_t exec_put_pointers(const struct exec_stack *s, struct exec_words *w, vaddr_t strings,
				  uint32_t at, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		exec_put_word(w, strings + at);
		at = exec_strings_next(s->strings, at);
	}
	exec_put_word(w, 0);
	return at;
}

struct exec_addresses {
	vaddr_t strings, platform, random;
};

enum { EXEC_AUX_PAIRS = 18 };

static void exec_put_auxv(const struct exec_stack *s, struct exec_words *w,
			  const struct exec_addresses *a, vaddr_t path)
{
	const uint32_t pairs[EXEC_AUX_PAIRS][2] = {
		{ AT_HWCAP, cpu_features() },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, SCHED_HZ },
		{ AT_PHDR, s->image->headers },
		{ AT_PHENT, 32 },
		{ AT_PHNUM, s->nheaders },
		{ AT_BASE, s->interpreter_base },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, s->image->entry },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, a->random },
		{ AT_EXECFN, path },
		{ AT_PLATFORM, a->platform },
		{ AT_NULL, 0 },
	};
	for (unsigned i = 0; i < EXEC_AUX_PAIRS; i++) {
		exec_put_word(w, pairs[i][0]);
		exec_put_word(w, pairs[i][1]);
	}
}

/* argc, pointers, a NULL after each list, the vector. */
static uint32_t exec_stack_words(unsigned nstrings)
{
	return 1 + nstrings + 1 + 1 + 2 * EXEC_AUX_PAIRS;
}

uint32_t exec_stack_bytes(const struct exec_strings *strings, unsigned nstrings)
{
	enum { REST = 64 }; /* platform, random bytes, padding, the end */
	return strings->used + exec_stack_words(nstrings) * sizeof(uint32_t) + REST;
}

static int exec_put_table(const struct exec_stack *s, const struct exec_addresses *a, vaddr_t sp)
{
	struct aspace *as = s->as;
	struct exec_words w = { .as = as, .at = sp };
	exec_put_word(&w, s->argc);
	uint32_t at = exec_put_pointers(s, &w, a->strings, 0, s->argc);
	as->arg_start = a->strings;
	as->arg_end = as->env_start = a->strings + at;
	at = exec_put_pointers(s, &w, a->strings, at, s->envc);
	as->env_end = a->strings + at;
	ASSERT(exec_strings_next(s->strings, at) == s->strings->used); /* [stack.1] */
	exec_put_auxv(s, &w, a, a->strings + at);
	exec_flush_words(&w);
	ASSERT(w.at == sp + exec_stack_words(s->argc + s->envc) * sizeof(uint32_t)); /* [stack.2] */
	ASSERT(w.at <= a->random && a->strings + s->strings->used < s->top); /* [stack.2] */
	return w.error;
}

int exec_stack_write(const struct exec_stack *s, vaddr_t *sp)
{
	static const char platform[] = "i686";
	uint32_t random[4];
	struct exec_addresses a;
	a.strings = s->top - 4 - s->strings->used;
	a.platform = a.strings - sizeof(platform);
	a.random = ROUND_DOWN(a.platform, 16u) - sizeof(random);
	uint32_t words = exec_stack_words(s->argc + s->envc);
	*sp = ROUND_DOWN(a.random - words * sizeof(uint32_t), 16u);
	s->as->stack_start = *sp;
	random_fill(random, sizeof(random));
	int error = exec_strings_write(s->strings, s->as, a.strings);
	if (!error)
		error = user_write(s->as, a.platform, platform, sizeof(platform));
	if (!error)
		error = user_write(s->as, a.random, random, sizeof(random));
	if (!error)
		error = exec_put_table(s, &a, *sp);
	return error ? -ENOMEM : 0;
}
