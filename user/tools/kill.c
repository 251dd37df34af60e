/* Sends a signal to processes: kill [-SIGNAL] PID...; SIGTERM unless told, by number or by name. */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

static const struct {
	const char *name;
	int signo;
} signals[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "ILL", SIGILL },
	{ "TRAP", SIGTRAP }, { "ABRT", SIGABRT }, { "BUS", SIGBUS }, { "FPE", SIGFPE },
	{ "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "SEGV", SIGSEGV }, { "USR2", SIGUSR2 },
	{ "PIPE", SIGPIPE }, { "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "CHLD", SIGCHLD },
	{ "CONT", SIGCONT }, { "STOP", SIGSTOP },
};

/* -1: no such signal. */
static int signal_of(const char *text)
{
	uint32_t number;

	if (string_to_size(text, &number))
		return number <= 64 ? (int)number : -1;
	if (strncmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (strcmp(signals[i].name, text) == 0)
			return signals[i].signo;
	return -1;
}

static bool kill_one(const char *text, int signo)
{
	bool group = text[0] == '-';
	uint32_t pid;
	int error;

	if (!string_to_size(text + group, &pid)) {
		eprintf("kill: %s: not a process id\n", text);
		return false;
	}
	error = sys_kill(group ? -(int)pid : (int)pid, signo);
	if (error < 0)
		eprintf("kill: %s: %s\n", text, error_text(error));
	return error == 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	int signo = SIGTERM;
	int i = 1;
	bool good = true;

	if (argc > 1 && argv[1][0] == '-') {
		signo = signal_of(argv[1] + 1);
		i = 2;
	}
	if (signo < 0)
		fail("kill: %s: no such signal\n", argv[1] + 1);
	if (i < argc && strcmp(argv[i], "--") == 0)
		i++;
	if (i >= argc)
		fail("usage: kill [-SIGNAL] PID...\n");
	for (; i < argc; i++)
		good = kill_one(argv[i], signo) && good;
	return good ? 0 : 1;
}
