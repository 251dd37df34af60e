/*
 * The command line of a demonstration: `--name`, `--name=VALUE` or `--name VALUE`, then words.
 * `--help` prints the purpose in one line, the options, and ends the program with status 0.
 */
#ifndef USER_LIB_OPTIONS_H
#define USER_LIB_OPTIONS_H

#include "lib/base.h"

struct option {
	const char *name;   /* without the dashes */
	uint32_t *number;   /* takes a value, where not NULL: 12, 0x1000, 64K, 2M */
	bool *flag;         /* takes none, where not NULL */
	const char *help;
};

struct program {
	const char *name;
	const char *purpose;    /* one line */
	const char *words;      /* what follows the options, for the help; "" for nothing */
	const struct option *options;
	size_t noptions;
};

/*
 * Set what the options of @argv say. Returns the index of the first other word. A wrong option ends
 * the program with a message and status 2.
 */
int options_parse(const struct program *program, int argc, char **argv);
/* The number that @text is, or an end with a message. */
uint32_t options_number(const struct program *program, const char *text);

#endif
