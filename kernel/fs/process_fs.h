/*
 * What a process has of the file system: open files, working directory, program file. Theory in
 * process_fs.c. Context: process.
 */
#ifndef KERNEL_FS_PROCESS_FS_H
#define KERNEL_FS_PROCESS_FS_H

struct inode;
struct process;

/* Register the process hooks. Context: boot. */
void process_fs_init(void);
/* Set @p's program to @program; NULL: none. */
void process_fs_set_program(struct process *p, struct inode *program);
/* Set the working directory of the running thread and all that share it; consumes a reference. */
void process_fs_chdir(struct inode *dir);

#endif
