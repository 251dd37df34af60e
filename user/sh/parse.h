/* A line of text becomes pipelines of commands. Theory in parse.c. */
#ifndef USER_SH_PARSE_H
#define USER_SH_PARSE_H

#include "user/sh/shell.h"

enum { REDIRECTS_MAX = 4, PIPE_MAX = 16 };

struct redirect {
	int fd;                 /* the descriptor that changes; -1 ends the list */
	int flags;              /* for open(); -1: @word is the number of a descriptor to copy */
	const char *word;       /* not expanded yet */
};

struct command {
	const char **words;     /* not expanded yet */
	int nwords;
	struct redirect redirects[REDIRECTS_MAX];
	int nredirects;
};

/* What follows a pipeline. */
enum connector { CONNECT_END, CONNECT_NEXT, CONNECT_AND, CONNECT_OR, CONNECT_BACKGROUND };

struct pipeline {
	struct command *commands;
	int ncommands;
	enum connector after;
	const char *text;       /* its words as typed, in the line's own memory */
	size_t text_length;
};

struct parsed {
	struct pipeline *pipelines;
	int npipelines;
	const char *error;      /* NULL, or what is wrong */
};

/* The result is valid until the next call, and only while @text is. */
struct parsed parse(const char *text);

/*
 * Write what @word means to @out: quotes and backslashes are removed, $NAME, $?, $$, $! and $0..$9
 * are replaced. Returns the length, or -1 where @size does not suffice.
 */
int parse_expand(const char *word, char *out, size_t size);

#endif
