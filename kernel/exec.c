/*
 * execve: a process becomes another program.
 *
 * Nothing of the old program is lost until the new one is complete. In order:
 *   1  find the file; for a script ("#! interpreter") find the interpreter instead, again
 *   2  gather arguments and environment in kernel memory (exec_strings)
 *   3  a new address space: the file's segments and a stack, mapped, not read
 *   4  the new space becomes active and its stack is written; if that fails, the old one comes back
 *   5  commit: the old space goes, close-on-exec files go, registers are set. This can not fail.
 *
 * The new stack, from USER_TOP down: four bytes of zero, the strings (arguments, environment, the
 * path), the platform's name, sixteen random bytes, padding, then from the stack pointer up argc,
 * the pointers to arguments and environment, each list with a NULL, and the auxiliary vector.
 * Source: System V ABI, Intel386 supplement, "Process Initialization"; execve(2).
 */
#include "kernel/exec.h"

#include "kernel/cpu.h"
#include "kernel/elf.h"
#include "kernel/exec_strings.h"
#include "kernel/fs/device.h"
#include "kernel/fs/file.h"
#include "kernel/fs/path.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/sched.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/reclaim.h"
#include "mm/slab.h"

enum { EXEC_SCRIPT_LINE = 128, EXEC_SCRIPTS_MAX = 4, EXEC_ROOM_FRAMES = 16 };
enum { EXEC_EFLAGS = 0x202 }; /* interrupts on */

enum {
	AT_NULL, AT_PHDR = 3, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY,
	AT_UID = 11, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK, AT_SECURE = 23,
	AT_RANDOM = 25, AT_EXECFN = 31,
};

/* One "#! interpreter argument" line, cut into its words. */
struct exec_script {
	char line[EXEC_SCRIPT_LINE];
	char *interpreter;
	char *argument; /* NULL: none */
};

/* All that an exec needs on its way. */
struct exec_job {
	const struct exec_request *request;
	struct inode *file; /* with a reference */
	struct exec_strings *strings;
	struct exec_script *scripts[EXEC_SCRIPTS_MAX]; /* outermost first */
	unsigned nscripts;
	unsigned argc, envc;
	struct aspace *as;
	struct elf_image image;
	vaddr_t stack; /* the new stack pointer */
};

/* --- 1: the file --- */

static int exec_find(struct exec_job *job, const char *path)
{
	struct inode *found;
	int error = path_lookup(process_running->cwd, path, PATH_FOLLOW, &found);
	if (error)
		return error;
	inode_put(job->file);
	job->file = found;
	if (!inode_is(found, MODE_REGULAR) || !tmpfs_has_pages(found) || !(found->mode & MODE_EXEC))
		return -EACCES;
	return found->writers ? -ETXTBSY : 0;
}

static bool exec_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *exec_skip_blanks(char *at)
{
	while (exec_is_blank(*at))
		at++;
	return at;
}

/* "#! interpreter argument": the argument is the rest of the line, without blanks around it. */
static int exec_parse_script(struct exec_script *s)
{
	char *end = strchr(s->line, '\n');
	if (end)
		*end = 0;
	else
		end = s->line + strlen(s->line);
	while (end > s->line && exec_is_blank(end[-1])) {
		end--;
		*end = 0;
	}
	s->interpreter = exec_skip_blanks(s->line + 2);
	char *at = s->interpreter;
	while (*at && !exec_is_blank(*at))
		at++;
	if (*at) {
		*at = 0;
		s->argument = exec_skip_blanks(at + 1);
	}
	return *s->interpreter ? 0 : -ENOEXEC;
}

/* While the file is a script, its interpreter takes its place. */
static int exec_follow_scripts(struct exec_job *job)
{
	for (;;) {
		char magic[2] = { 0 };
		inode_read(job->file, 0, magic, sizeof(magic));
		if (magic[0] != '#' || magic[1] != '!')
			return 0;
		if (job->nscripts == EXEC_SCRIPTS_MAX)
			return -ELOOP;
		struct exec_script *s = kzalloc(sizeof(*s));
		if (!s)
			return -ENOMEM;
		job->scripts[job->nscripts] = s;
		job->nscripts++;
		inode_read(job->file, 0, s->line, sizeof(s->line) - 1);
		int error = exec_parse_script(s);
		if (!error)
			error = exec_find(job, s->interpreter);
		if (error)
			return error;
	}
}

/* --- 2: strings --- */

/*
 * What scripts put before the arguments: the innermost interpreter first, the script's path last.
 */
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
	return error ? error : exec_strings_add(job->strings, r->path);
}

/* --- 3: the new address space --- */

static int exec_map(struct exec_job *job)
{
	job->as = aspace_create();
	if (!job->as)
		return -ENOMEM;
	int error = elf_load(job->as, job->file, &job->image);
	if (error)
		return error;
	aspace_set_brk(job->as, job->image.end);
	return aspace_add_stack(job->as, ASPACE_STACK_LIMIT);
}

/* --- 4: its stack --- */

/* Words on their way to user memory, some at a time. */
struct exec_words {
	struct aspace *as;
	vaddr_t at;
	uint32_t words[32];
	unsigned n;
	int error;
};

static void exec_flush_words(struct exec_words *w)
{
	size_t bytes = w->n * sizeof(uint32_t);
	if (!w->error)
		w->error = user_write(w->as, w->at, w->words, bytes);
	w->at += bytes;
	w->n = 0;
}

static void exec_put_word(struct exec_words *w, uint32_t word)
{
	if (w->n == ARRAY_SIZE(w->words))
		exec_flush_words(w);
	w->words[w->n] = word;
	w->n++;
}

/* Pointers to @count strings from offset @at on, and a NULL. Returns the offset behind them. */
static uint32_t exec_put_pointers(const struct exec_job *job, struct exec_words *w, vaddr_t strings,
				  uint32_t at, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		exec_put_word(w, strings + at);
		at = exec_strings_next(job->strings, at);
	}
	exec_put_word(w, 0);
	return at;
}

struct exec_addresses {
	vaddr_t strings, platform, random;
};

enum { EXEC_AUX_PAIRS = 18 };

static void exec_put_auxv(const struct exec_job *job, struct exec_words *w,
			  const struct exec_addresses *a, vaddr_t path)
{
	const uint32_t pairs[EXEC_AUX_PAIRS][2] = {
		{ AT_HWCAP, cpu_features() },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, SCHED_HZ },
		{ AT_PHDR, job->image.headers },
		{ AT_PHENT, 32 },
		{ AT_PHNUM, job->image.nheaders },
		{ AT_BASE, 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, job->image.entry },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, a->random },
		{ AT_EXECFN, path },
		{ AT_PLATFORM, a->platform },
		{ AT_NULL, 0 },
	};
	for (unsigned i = 0; i < EXEC_AUX_PAIRS; i++) {
		exec_put_word(w, pairs[i][0]);
		exec_put_word(w, pairs[i][1]);
	}
}

static int exec_put_table(struct exec_job *job, const struct exec_addresses *a)
{
	struct aspace *as = job->as;
	struct exec_words w = { .as = as, .at = job->stack };
	exec_put_word(&w, job->argc);
	uint32_t at = exec_put_pointers(job, &w, a->strings, 0, job->argc);
	as->arg_start = a->strings;
	as->arg_end = as->env_start = a->strings + at;
	at = exec_put_pointers(job, &w, a->strings, at, job->envc);
	as->env_end = a->strings + at;
	exec_put_auxv(job, &w, a, a->strings + at);
	exec_flush_words(&w);
	return w.error;
}

/* job->as is active. */
static int exec_write_stack(struct exec_job *job)
{
	static const char platform[] = "i686";
	uint32_t random[4];
	struct exec_addresses a;
	a.strings = USER_TOP - 4 - job->strings->used;
	a.platform = a.strings - sizeof(platform);
	a.random = ROUND_DOWN(a.platform, 16u) - sizeof(random);
	uint32_t words = 1 + job->argc + 1 + job->envc + 1 + 2 * EXEC_AUX_PAIRS;
	job->stack = ROUND_DOWN(a.random - words * sizeof(uint32_t), 16u);
	job->as->stack_start = job->stack;
	random_fill(random, sizeof(random));
	int error = exec_strings_write(job->strings, job->as, a.strings);
	if (!error)
		error = user_write(job->as, a.platform, platform, sizeof(platform));
	if (!error)
		error = user_write(job->as, a.random, random, sizeof(random));
	if (!error)
		error = exec_put_table(job, &a);
	return error ? -ENOMEM : 0;
}

static int exec_switch(struct exec_job *job)
{
	struct process *p = process_running;
	struct aspace *old = p->aspace;
	p->aspace = job->as;
	aspace_activate(job->as);
	int error = exec_write_stack(job);
	if (error) {
		p->aspace = old;
		aspace_activate(old);
		return error;
	}
	job->as = NULL; /* the process's now */
	if (old) {
		process_count_faults(p, old);
		aspace_put(old);
	}
	return 0;
}

/* --- 5: commit --- */

static void exec_set_registers(const struct exec_job *job)
{
	struct process *p = process_running;
	*p->trap = (struct trap_frame){
		.ds = TRAP_USER_DATA, .es = TRAP_USER_DATA,
		.eip = job->image.entry, .cs = TRAP_USER_CODE, .eflags = EXEC_EFLAGS,
		.esp = job->stack, .ss = TRAP_USER_DATA,
	};
	memset(p->tls, 0, sizeof(p->tls));
	segment_set_tls(p->tls);
	process_reset_fpu();
}

static void exec_commit(const struct exec_job *job)
{
	struct process *p = process_running;
	const char *slash = strrchr(job->request->path, '/');
	string_copy(p->comm, slash ? slash + 1 : job->request->path, sizeof(p->comm));
	inode_put(p->exe);
	p->exe = inode_get(job->file);
	p->clear_child_tid = 0;
	files_close_on_exec(p->files);
	exec_set_registers(job);
	if (p->vfork_child) {
		p->vfork_child = false;
		sched_wake_all(&p->parent->child_event);
	}
}

static long exec_run(struct exec_job *job)
{
	int error = exec_find(job, job->request->path);
	if (!error)
		error = exec_follow_scripts(job);
	if (!error)
		error = exec_gather(job);
	if (!error)
		error = exec_map(job);
	if (!error)
		error = exec_switch(job);
	if (!error)
		exec_commit(job);
	return error;
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
	for (unsigned i = 0; i < job->nscripts; i++)
		kfree(job->scripts[i]);
	if (job->strings)
		exec_strings_destroy(job->strings);
	kfree(job);
	return error;
}
