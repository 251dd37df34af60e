/*
 * Scripts: "#! interpreter argument".
 *
 * Only the first 256 bytes of the file are used, whatever the line's length. The interpreter's name
 * ends at a blank or at the line's end; what follows is one argument, including inner blanks but
 * not those around it. A line without an end in these bytes is valid only if a blank or a NUL shows
 * that at least the name is complete: a truncated name could be another program's.
 * Source: execve(2), "Interpreter scripts"; Linux's binfmt_script for the corner cases.
 */
#include "kernel/exec/script.h"


#include "kernel/fs/tmpfs_data.h"
#include "lib/errno.h"
#include "lib/string.h"

static bool script_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first byte in [at, end) that is no blank; @end: there is none. */
static char *script_skip_blanks(char *at, char *end)
{
	while (at < end && script_is_blank(*at))
		at++;
	return at;
}

/* The first blank or NUL in [at, end); @end: there is none. */
static char *script_word_end(char *at, char *end)
{
	while (at < end && *at && !script_is_blank(*at))
		at++;
	return at;
}

/* One past the last byte used; NULL: the name may be truncated. */
static char *script_line_end(struct exec_script *s)
{
	char *last = s->line + EXEC_SCRIPT_LINE - 1;
	char *end = strchr(s->line, '\n');
	if (!end) {
		char *name = script_skip_blanks(s->line + 2, last);
		end = script_word_end(name, last) < last ? last : NULL;
	}
	while (end && script_is_blank(end[-1]))
		end--;
	return end;
}

bool exec_is_script(struct inode *file)
{
	char magic[2] = { 0 };
	inode_read(file, 0, magic, sizeof(magic));
	return magic[0] == '#' && magic[1] == '!';
}

int exec_script_read(struct exec_script *s, struct inode *file)
{
	memset(s, 0, sizeof(*s));
	inode_read(file, 0, s->line, EXEC_SCRIPT_LINE);
	char *end = script_line_end(s);
	if (!end)
		return -ENOEXEC;
	*end = 0;
	s->interpreter = script_skip_blanks(s->line + 2, end);
	char *at = script_word_end(s->interpreter, end);
	if (at == s->interpreter)
		return at == end ? -ENOEXEC : -EACCES; /* an empty name, treated as a directory */
	if (at < end && *at) {
		*at = 0;
		s->argument = script_skip_blanks(at + 1, end);
	}
	return 0;
}
