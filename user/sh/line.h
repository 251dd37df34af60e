/* Reading a line from the terminal, with editing and history. Theory in line.c. */
#ifndef USER_SH_LINE_H
#define USER_SH_LINE_H

#include "user/sh/shell.h"

enum { LINE_END = -1, LINE_CANCELLED = -2 };

/* Keep the terminal's settings; false where descriptor 0 is none. */
bool line_init(void);
/* Returns the length, LINE_END (^D on an empty line) or LINE_CANCELLED (^C). */
int line_edit(const char *prompt, char *line, size_t size);

#endif
