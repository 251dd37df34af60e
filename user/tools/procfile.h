/* Reading the kernel's texts below /proc: what the commands that show memory share. */
#ifndef USER_TOOLS_PROCFILE_H
#define USER_TOOLS_PROCFILE_H

#include "lib/base.h"

/* The whole file, with a NUL behind, for free(). NULL: *error says why, negated. */
char *proc_read_text(const char *path, int *error);
/* The same, or an end with "@program: path: why". */
char *proc_text(const char *program, const char *path);
/* /proc/@pid/@name as a text; @pid may be "self". An end with a message if there is none. */
char *proc_text_of(const char *program, const char *pid, const char *name);

/* Cut the next line off *@at: without its newline; NULL at the end. */
char *proc_line(char **at);
/* Cut @line into words at blanks; at most @max of them, the last with the rest. Their number. */
unsigned proc_words(char *line, char *words[], unsigned max);
/* The number behind @key, which stands at the start of a line; 0 if there is none. */
uint32_t proc_value(const char *text, const char *key);
/* The decimal number at @text. */
uint32_t proc_number(const char *text);
/* The hexadecimal number at @text, with or without 0x. */
uint32_t proc_hex(const char *text);

/* Visit every process, lowest number first. */
void proc_each(void (*visit)(const char *pid, void *context), void *context);
/* @part of @whole as a bar of @width characters, "[####....]". */
void proc_bar(uint32_t part, uint32_t whole, unsigned width);

#endif
