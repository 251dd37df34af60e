/*
 * replay: the engine behind `tools/clockhand replay`.
 *
 *     replay --policies                          the names it knows, one in a line
 *     replay FRAMES[,FRAMES...] POLICY...        standard input: the string, 32-bit words in the
 *                                                machine's order (see reference_string)
 *     replay --steps FRAMES POLICY
 *
 * Prints a line "POLICY FRAMES FAULTS WRITES" for each pair; with --steps before it a line
 * "PAGE hit|miss VICTIM|-" for each reference. Reading files, names of options, tables and pictures
 * are the launcher's part (tools/clockhandlib/replay.py).
 *
 * opt and lru-exact are judges: the least faults there can be, and the policy that the others
 * imitate. All other names are the kernel's own files, compiled for the host.
 */
#include "tools/replay/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/policy/policy.h"

static struct reference_string string;

static void __attribute__((noreturn)) give_up(const char *why, const char *what)
{
	fprintf(stderr, "replay: %s%s\n", why, what);
	exit(1);
}

void *replay_alloc(uint32_t count, uint32_t size)
{
	void *p = calloc((size_t)count + 1, size);
	if (p == NULL)
		give_up("no memory", "");
	return p;
}

static void read_string(void)
{
	uint32_t *word = NULL;
	size_t length = 0, room = 0;
	for (;;) {
		if (length == room) {
			room = room ? 2 * room : 65536;
			word = realloc(word, room * sizeof(*word));
			if (word == NULL || room > UINT32_MAX)
				give_up("no memory for a string of that length", "");
		}
		size_t n = fread(word + length, sizeof(*word), room - length, stdin);
		if (n == 0)
			break;
		length += n;
	}
	string = (struct reference_string){ .word = word, .length = (uint32_t)length };
	for (uint32_t i = 0; i < string.length; i++)
		if (reference_page(&string, i) >= string.npages)
			string.npages = reference_page(&string, i) + 1;
}

static bool is_known(const char *name)
{
	if (strcmp(name, "opt") == 0 || strcmp(name, "lru-exact") == 0)
		return true;
	for (unsigned k = 0; policy_nth_name(k) != NULL; k++)
		if (strcmp(policy_nth_name(k), name) == 0)
			return true;
	return false;
}

static void print_names(void)
{
	puts("opt\nlru-exact");
	for (unsigned k = 0; policy_nth_name(k) != NULL; k++)
		puts(policy_nth_name(k));
}

static void print_step(uint32_t i, bool hit, uint32_t victim)
{
	printf("%u %s ", reference_page(&string, i), hit ? "hit" : "miss");
	if (victim == REPLAY_NOTHING)
		puts("-");
	else
		printf("%u\n", victim);
}

static void run(const char *name, uint32_t nframes, replay_step *step)
{
	struct replay_result r;
	if (strcmp(name, "opt") == 0)
		r = replay_optimal(&string, nframes, step);
	else if (strcmp(name, "lru-exact") == 0)
		r = replay_exact_lru(&string, nframes, step);
	else
		r = replay_kernel(name, &string, nframes, step);
	printf("%s %u %u %u\n", name, nframes, r.faults, r.writes);
}

/* For each number of frames in the comma list @list. */
static void run_list(const char *name, const char *list, replay_step *step)
{
	const char *at = list;
	while (*at != '\0') {
		char *end;
		unsigned long nframes = strtoul(at, &end, 10);
		if (nframes == 0 || nframes > UINT16_MAX || (*end != ',' && *end != '\0'))
			give_up("not numbers of frames: ", list);
		run(name, (uint32_t)nframes, step);
		at = *end == ',' ? end + 1 : end;
	}
}

int main(int argc, char **argv)
{
	bool steps = argc > 1 && strcmp(argv[1], "--steps") == 0;
	if (argc == 2 && strcmp(argv[1], "--policies") == 0) {
		print_names();
		return 0;
	}
	if (argc < 3 + steps)
		give_up("usage: replay [--steps] FRAMES[,...] POLICY...", "");
	for (int i = 2 + steps; i < argc; i++)
		if (!is_known(argv[i]))
			give_up("no such policy: ", argv[i]);
	read_string();
	for (int i = 2 + steps; i < argc; i++)
		run_list(argv[i], argv[1 + steps], steps ? print_step : NULL);
	return 0;
}
