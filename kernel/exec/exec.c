/*
 * execve: a process becomes another program.
 *
 * Nothing of the old program is lost until the new one is complete. In order:
 *   1  find the file; for a script ("#! interpreter") find the interpreter instead, again; find
 *      the interpreter (dynamic linker) that a program itself names
 *   2  gather arguments and environment in kernel memory (exec_strings)
 *   3  a new address space: both files' segments and a stack, mapped, not read
 *   4  the new space becomes active and its stack is written; on failure the old one is restored
 *   5  commit: release the old space, close close-on-exec files, set registers. This cannot fail.
 *
 * A program whose headers are valid but whose segments cannot be mapped kills its caller with
 * SIGSEGV, because on Linux the old program is gone by then. Lack of memory is an error.
 *
 * A process that has asked for it (/proc/PID/partition) gets its new program into a partition: step
 * 3 then waits for a place and reads everything (load.c).
 *
 * Source: execve(2).
 */
#include "kernel/exec/exec.h"

#include "kernel/base/log.h"
#include "kernel/exec/elf.h"
#include "kernel/exec/loader.h"
#include "kernel/exec/script.h"
#include "kernel/exec/signal_page.h"
#include "kernel/exec/stack.h"
#include "kernel/exec/strings.h"
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/process_fs.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "kernel/proc/thread.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/regs.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/trace.h"

int (*exec_load_partition)(struct aspace *as, struct exec_load *l);

enum { EXEC_SCRIPTS_MAX = 6, EXEC_ROOM_FRAMES = 16 };
#define EXEC_STACK_ROOM_MAX (USER_TOP / 6 * 5)
enum { EXEC_EFLAGS = 0x202 }; /* interrupts on */

/* The state of an exec. */
struct exec_job {
	const struct exec_request *request;
	struct inode *file, *interpreter_file; /* with references */
	struct exec_strings *strings;
	struct exec_script *scripts[EXEC_SCRIPTS_MAX]; /* outermost first */
	unsigned nscripts;
	unsigned argc, envc; /* number of strings of each kind */
	struct elf_file program, interpreter; /* interpreter.inode NULL: none */
	struct aspace *as;
	struct elf_image image; /* the program's */
	vaddr_t entry;		/* entry point: the interpreter's, if there is one */
	vaddr_t interpreter_base;
	bool damaged; /* the file is bad, but found so too late for an error number */
	vaddr_t top;   /* the stack ends there */
	vaddr_t stack; /* the new stack pointer */
};

/* --- 1: the file --- */

/* Replace *@file by the program at @path. */
static int exec_find(const char *path, struct inode **file)
{
	struct inode *found;
	int error = path_lookup(process_running->fs.cwd, path, PATH_FOLLOW, &found);
	if (error)
		return error;
	inode_put(*file);
	*file = found;
	if (!inode_is(found, MODE_REGULAR) || !tmpfs_has_pages(found) || !(found->mode & MODE_EXEC))
		return -EACCES;
	return found->writers ? -ETXTBSY : 0;
}

/* While the file is a script, replace it by its interpreter. */
static int exec_follow_scripts(struct exec_job *job)
{
	while (exec_is_script(job->file)) {
		if (job->nscripts == EXEC_SCRIPTS_MAX)
			return -ELOOP;
		struct exec_script *s = kmalloc(sizeof(*s));
		if (!s)
			return -ENOMEM;
		job->scripts[job->nscripts] = s;
		job->nscripts++;
		int error = exec_script_read(s, job->file);
		if (!error)
			error = exec_find(s->interpreter, &job->file);
		if (error)
			return error;
	}
	return job->nscripts == EXEC_SCRIPTS_MAX ? -ELOOP : 0;
}

/* The interpreter that the program names. */
static int exec_open_interpreter(struct exec_job *job, const char *path)
{
	int error = exec_find(path, &job->interpreter_file);
	if (error)
		return error;
	if (job->interpreter_file->size < ELF_HEADER_SIZE)
		return -EIO;
	return elf_open(job->interpreter_file, &job->interpreter) == 0 ? 0 : -ELIBBAD;
}

static int exec_open_program(struct exec_job *job)
{
	int error = elf_open(job->file, &job->program);
	if (error)
		return error;
	char *path = elf_interpreter(&job->program);
	if (is_error((uintptr_t)path))
		return (int)(intptr_t)path;
	if (!path)
		return 0;
	error = exec_open_interpreter(job, path);
	kfree(path);
	return error;
}

/* --- 2: strings --- */

/* The arguments that scripts prepend: the innermost interpreter first, the script's path last. */
static int exec_add_script_words(struct exec_job *job)
{
	int error = 0;
	for (unsigned i = job->nscripts; i > 0 && !error; i--) {
		const struct exec_script *s = job->scripts[i - 1];
		error = exec_strings_add(job->strings, s->interpreter);
		job->argc++;
		if (!error && s->argument) {
			error = exec_strings_add(job->strings, s->argument);
			job->argc++;
		}
	}
	if (!error && job->nscripts) {
		error = exec_strings_add(job->strings, job->request->path);
		job->argc++;
	}
	return error;
}

/* The strings of a user array of pointers, without the first @skip. */
static int exec_add_user_array(struct exec_job *job, uptr_t array, unsigned skip, unsigned *count)
{
	struct aspace *from = job->request->from;
	for (uptr_t at = array; array; at += sizeof(uptr_t)) {
		uptr_t text;
		if (user_read(from, &text, at, sizeof(text)) != 0)
			return -EFAULT;
		if (!text)
			return 0;
		if (skip > 0) {
			skip--;
			continue;
		}
		int error = exec_strings_add_user(job->strings, from, text);
		if (error)
			return error;
		++*count;
	}
	return 0;
}

static int exec_add_array(struct exec_job *job, const char *const *array, unsigned skip,
			  unsigned *count)
{
	for (; *array; array++) {
		if (skip > 0) {
			skip--;
			continue;
		}
		int error = exec_strings_add(job->strings, *array);
		if (error)
			return error;
		++*count;
	}
	return 0;
}

/* At most a quarter of the stack, but at least 128 KiB: strings, and the pointers to them. */
static bool exec_strings_fit(const struct exec_job *job)
{
	uint64_t most = process_running->limits.of[LIMIT_STACK].now / 4;
	uint32_t bytes = job->strings->used + (job->argc + job->envc) * sizeof(uptr_t);
	return bytes <= MAX(most, (uint64_t)EXEC_STRING_MAX);
}

static int exec_gather(struct exec_job *job)
{
	const struct exec_request *r = job->request;
	unsigned skip = job->nscripts ? 1 : 0;
	int error = exec_add_script_words(job);
	if (!error)
		error = r->from ? exec_add_user_array(job, r->user.argv, skip, &job->argc)
				: exec_add_array(job, r->kernel.argv, skip, &job->argc);
	/* A program may rely on argv[0]. */
	if (!error && job->argc == 0) {
		error = exec_strings_add(job->strings, "");
		job->argc = 1;
	}
	if (!error)
		error = r->from ? exec_add_user_array(job, r->user.envp, 0, &job->envc)
				: exec_add_array(job, r->kernel.envp, 0, &job->envc);
	if (!error)
		error = exec_strings_add(job->strings, r->path);
	return !error && !exec_strings_fit(job) ? -E2BIG : error;
}

/* --- 3: the new address space --- */

static void exec_note_image(struct aspace *as, const struct elf_image *image)
{
	as->code_start = image->code_start;
	as->code_end = image->code_end;
	as->data_start = image->data_start;
	as->data_end = image->data_end;
	aspace_set_brk(as, image->end);
}

static int exec_load_paged(struct exec_job *job)
{
	struct elf_image interpreter;
	int error = elf_load(job->as, &job->program, ELF_PROGRAM, &job->image);
	job->entry = job->image.entry;
	exec_note_image(job->as, &job->image); /* where the heap starts: code stays below it */
	if (!error && job->interpreter.inode) {
		error = elf_load(job->as, &job->interpreter, ELF_INTERPRETER, &interpreter);
		job->entry = interpreter.entry;
		job->interpreter_base = interpreter.base;
	}
	job->damaged = error && error != -ENOMEM;
	return error;
}

/* An executable stack: the program asked for it, or said nothing. */
static int exec_allow_stack(struct aspace *as)
{
	const struct vma *v = vma_find(&as->areas, USER_TOP - PAGE_SIZE);
	return aspace_protect(as, v->start, v->end - v->start, PROT_R | PROT_W | PROT_X);
}

/*
 * The process's limits apply from the start. A stack with a large limit gets the room; an unlimited
 * one gets the default, or there would be none for maps.
 */
static void exec_set_limits(struct aspace *as)
{
	limits_apply(&process_running->limits, as);
	if (as->stack_limit == ASPACE_NO_LIMIT)
		return;
	uint32_t room = MIN(as->stack_limit, EXEC_STACK_ROOM_MAX) + ASPACE_STACK_GAP;
	as->mmap_top = USER_TOP - MAX(page_up(room), (uint32_t)ASPACE_MMAP_GAP);
}

/* The same in a partition, where everything is read at once. */
static int exec_map_partition(struct exec_job *job)
{
	struct exec_load load = {
		.program = &job->program,
		.interpreter = job->interpreter.inode ? &job->interpreter : NULL,
		.wish = process_running->wish,
		.arguments = exec_stack_bytes(job->strings, job->argc + job->envc),
	};
	limits_apply(&process_running->limits, job->as);
	int error = exec_load_partition(job->as, &load);
	if (error)
		return error;
	job->image = load.image;
	job->entry = load.entry;
	job->interpreter_base = load.interpreter_base;
	job->top = load.stack_top;
	exec_note_image(job->as, &load.image);
	return 0;
}

static int exec_map(struct exec_job *job)
{
	job->as = aspace_create();
	if (job->as && process_running->wish.wanted)
		return exec_map_partition(job);
	job->top = USER_TOP;
	if (!job->as)
		return -ENOMEM;
	exec_set_limits(job->as);
	int error = exec_load_paged(job);
	if (error)
		return error;
	error = signal_page_map(job->as);
	if (!error)
		error = aspace_add_stack(job->as, job->as->stack_limit);
	return !error && job->image.stack_exec ? exec_allow_stack(job->as) : error;
}

/* --- 4: activate it, write its stack --- */

static int exec_switch(struct exec_job *job)
{
	struct process *p = process_running;
	struct aspace *old = p->aspace;
	p->aspace = job->as;
	aspace_activate(job->as);
	const struct exec_stack stack = {
		.as = job->as, .strings = job->strings, .argc = job->argc, .envc = job->envc,
		.top = job->top, .image = &job->image, .nheaders = job->program.nheaders,
		.interpreter_base = job->interpreter_base,
	};
	int error = exec_stack_write(&stack, &job->stack);
	if (error) {
		p->aspace = old;
		aspace_activate(old);
		return error;
	}
	job->as = NULL; /* the process's now */
	if (old) {
		process_count_faults(p->group->leader, old);
		aspace_put(old);
	}
	return 0;
}

/* --- 5: commit --- */

static void exec_set_registers(const struct exec_job *job)
{
	struct process *p = process_running;
	*p->cpu.trap = (struct trap_frame){
		.ds = SELECTOR_USER_DATA, .es = SELECTOR_USER_DATA,
		.eip = job->entry, .cs = SELECTOR_USER_CODE, .eflags = EXEC_EFLAGS,
		.esp = job->stack, .ss = SELECTOR_USER_DATA,
	};
	memset(p->cpu.tls, 0, sizeof(p->cpu.tls));
	segment_set_tls(p->cpu.tls);
	process_reset_fpu();
}

static void exec_commit(const struct exec_job *job)
{
	struct process *p = process_running;
	thread_commit_exec(p);
	p->wish = (struct partition_wish){ .wanted = false };
	const char *slash = strrchr(job->request->path, '/');
	string_copy(p->comm, slash ? slash + 1 : job->request->path, sizeof(p->comm));
	trace(TRACE_PROCESS, TRACE_PROCESS_EXEC, (uint32_t)p->pid, 0);
	process_fs_set_program(p, job->file);
	p->words.clear_child_tid = 0;
	files_close_on_exec(p->fs.files);
	exec_set_registers(job);
	if (p->family.vfork_child) {
		p->family.vfork_child = false;
		sched_wake_all(&p->family.parent->family.child_event);
	}
}

static long exec_run(struct exec_job *job)
{
	int error = exec_find(job->request->path, &job->file);
	if (!error)
		error = exec_follow_scripts(job);
	if (!error)
		error = exec_gather(job);
	if (!error)
		error = exec_open_program(job);
	if (!error)
		error = exec_map(job);
	if (!error)
		error = thread_prepare_exec(process_running);
	if (!error)
		error = exec_switch(job);
	if (!error)
		exec_commit(job);
	return error;
}

/* Linux has released the old program when it finds that the new one cannot be mapped. */
static void exec_fail(const struct exec_job *job)
{
	log_warn("%s: %s is damaged, or has no room", process_describe(), job->request->path);
	signal_force(process_running, SIGSEGV);
}

long exec_program(const struct exec_request *request)
{
	if (reclaim_room(EXEC_ROOM_FRAMES) != 0)
		return -ENOMEM;
	struct exec_job *job = kzalloc(sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->request = request;
	job->strings = exec_strings_create();
	long error = job->strings ? exec_run(job) : -ENOMEM;
	if (job->as)
		aspace_put(job->as);
	inode_put(job->file);
	inode_put(job->interpreter_file);
	for (unsigned i = 0; i < job->nscripts; i++)
		kfree(job->scripts[i]);
	if (job->strings)
		exec_strings_destroy(job->strings);
	if (job->damaged)
		exec_fail(job);
	kfree(job);
	return error;
}
