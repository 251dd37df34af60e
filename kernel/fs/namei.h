/*
 * Creating, linking, renaming and removing names. Theory in namei.c. Context: process or boot. May
 * reclaim. All return 0 or Linux's error.
 */
#ifndef KERNEL_FS_NAMEI_H
#define KERNEL_FS_NAMEI_H

#include "kernel/fs/path.h"

/* Flags of rename; Linux's RENAME_* numbers. */
enum { NAMES_NOREPLACE = 1, NAMES_EXCHANGE = 2 };

/*
 * Create an inode of @mode's type at @end, which has none. @made NULL, or *made gets it with a
 * reference.
 */
MUST_CHECK int names_create(const struct path_end *end, unsigned mode, uint32_t rdev,
			    struct inode **made);
MUST_CHECK int names_symlink(const struct path_end *end, const char *target);
/* Add a name for @i. */
MUST_CHECK int names_link(const struct path_end *end, struct inode *i);
MUST_CHECK int names_unlink(const struct path_end *end);
MUST_CHECK int names_rmdir(const struct path_end *end);
MUST_CHECK int names_rename(const struct path_end *from, const struct path_end *to, unsigned flags);

#endif
