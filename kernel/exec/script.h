/* Scripts: "#! interpreter argument". Theory in script.c. Context: process. */
#ifndef KERNEL_EXEC_SCRIPT_H
#define KERNEL_EXEC_SCRIPT_H

#include "kernel/fs/inode.h"

enum { EXEC_SCRIPT_LINE = 256 }; /* how much of a file is read */

/* A script's first line, split into words. */
struct exec_script {
	char line[EXEC_SCRIPT_LINE + 1]; /* ends with NUL */
	char *interpreter;
	char *argument; /* NULL: none */
};

/* Does @file begin with "#!"? */
bool exec_is_script(struct inode *file);
/*
 * Read the first line of @file, which is one. 0, or -ENOEXEC (no interpreter, or its name is
 * truncated),
 * -EACCES (its name is a NUL).
 */
MUST_CHECK int exec_script_read(struct exec_script *s, struct inode *file);

#endif
