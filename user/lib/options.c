/*
 * Options: one table per program, from which both the parsing and the help come, so that they
 * cannot disagree.
 */
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"

static NORETURN void options_help(const struct program *p)
{
	printf("%s: %s\n", p->name, p->purpose);
	printf("usage: %s%s%s%s\n", p->name, p->noptions ? " [OPTION...]" : "",
	       *p->words ? " " : "", p->words);
	for (size_t i = 0; i < p->noptions; i++) {
		const struct option *o = &p->options[i];
		if (o->number)
			printf("  --%s=N%*s%s (%u)\n", o->name, (int)(14 - strlen(o->name)), "",
			       o->help, *o->number);
		else
			printf("  --%-16s%s\n", o->name, o->help);
	}
	exit(0);
}

static NORETURN void options_complain(const struct program *p, const char *what, const char *word)
{
	eprintf("%s: %s: %s (try %s --help)\n", p->name, what, word, p->name);
	exit(2);
}

uint32_t options_number(const struct program *p, const char *text)
{
	uint32_t value;

	if (!string_to_size(text, &value))
		options_complain(p, "not a number", text);
	return value;
}

/* @value gets what stands behind "=", or NULL. */
static const struct option *option_find(const struct program *p, const char *word,
					const char **value)
{
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);

	*value = equals ? equals + 1 : NULL;
	for (size_t i = 0; i < p->noptions; i++)
		if (strlen(p->options[i].name) == length
		    && strncmp(p->options[i].name, word, length) == 0)
			return &p->options[i];
	return NULL;
}

/* Returns how many words of @argv the option took. */
static int option_take(const struct program *p, char **argv)
{
	const char *value;
	const struct option *o = option_find(p, argv[0] + 2, &value);

	if (!o || (o->flag && value))
		options_complain(p, "unknown option", argv[0]);
	if (o->flag) {
		*o->flag = true;
		return 1;
	}
	int taken = 1;
	if (!value) {
		value = argv[1];
		taken = 2;
	}
	if (!value)
		options_complain(p, "a number is missing after", argv[0]);
	*o->number = options_number(p, value);
	return taken;
}

int options_parse(const struct program *p, int argc, char **argv)
{
	int i = 1;

	while (i < argc && strncmp(argv[i], "--", 2) == 0) {
		if (strcmp(argv[i], "--help") == 0)
			options_help(p);
		if (argv[i][2] == '\0')
			return i + 1;
		i += option_take(p, argv + i);
	}
	return i;
}
