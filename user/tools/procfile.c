/* Reading the kernel's texts below /proc. A file there has no size: it is read to its end. */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/directory.h"
#include "user/lib/heap.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"
#include "user/tools/procfile.h"

enum { FIRST_ROOM = 4096, PIDS_MAX = 1024 };

char *proc_read_text(const char *path, int *error)
{
	size_t room = FIRST_ROOM, length = 0;
	int fd = sys_open(path, O_RDONLY, 0), got = 1;
	char *text = fd < 0 ? NULL : malloc(room);

	*error = fd;
	while (text && got > 0) {
		if (room - length < FIRST_ROOM / 2) {
			room *= 2;
			text = realloc(text, room);
		}
		got = text ? sys_read(fd, text + length, room - length - 1) : 0;
		length += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		sys_close(fd);
	if (got < 0)
		*error = got;
	if (!text || got < 0)
		return NULL;
	text[length] = '\0';
	return text;
}

char *proc_text(const char *program, const char *path)
{
	int error;
	char *text = proc_read_text(path, &error);

	if (!text)
		fail("%s: %s: %s\n", program, path, error < 0 ? error_text(error) : "no memory");
	return text;
}

char *proc_text_of(const char *program, const char *pid, const char *name)
{
	char path[96];
	struct stat64 st;

	if (strchr(pid, '/') || strlen(pid) > 32)
		fail("%s: %s: not a process id\n", program, pid);
	format_string(path, sizeof(path), "/proc/%s/status", pid);
	if (sys_stat(path, &st) < 0)
		fail("%s: %s: no such process (ps lists them)\n", program, pid);
	format_string(path, sizeof(path), "/proc/%s/%s", pid, name);
	return proc_text(program, path);
}

char *proc_line(char **at)
{
	char *line = *at, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	*at = end ? end + 1 : NULL;
	return line;
}

unsigned proc_words(char *line, char *words[], unsigned max)
{
	unsigned n = 0;

	for (;;) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (!*line || n == max)
			return n;
		words[n] = line;
		n++;
		if (n == max)
			return n;
		while (*line && *line != ' ' && *line != '\t')
			line++;
		if (!*line)
			return n;
		*line = '\0';
		line++;
	}
}

uint32_t proc_number(const char *text)
{
	uint32_t value = 0;

	while (*text == ' ' || *text == '\t')
		text++;
	for (; *text >= '0' && *text <= '9'; text++)
		value = value * 10 + (uint32_t)(*text - '0');
	return value;
}

uint32_t proc_hex(const char *text)
{
	uint32_t value = 0;

	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	for (;; text++) {
		char c = *text;
		if (c >= '0' && c <= '9')
			value = value << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint32_t)(c - 'a' + 10);
		else
			return value;
	}
}

uint32_t proc_value(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && strchr(": \t", line[length]))
			return proc_number(line + length + (line[length] == ':'));
	}
	return 0;
}

void proc_each(void (*visit)(const char *pid, void *context), void *context)
{
	static uint32_t pids[PIDS_MAX];
	unsigned n = 0;
	struct directory dir;

	if (directory_open(&dir, "/proc") < 0)
		return;
	for (const struct dirent64 *e = directory_next(&dir); e; e = directory_next(&dir))
		if (e->name[0] >= '1' && e->name[0] <= '9' && n < PIDS_MAX) {
			pids[n] = proc_number(e->name);
			n++;
		}
	directory_close(&dir);
	for (unsigned i = 0; i < n; i++) {
		char pid[12];
		format_string(pid, sizeof(pid), "%u", pids[i]);
		visit(pid, context);
	}
}

void proc_bar(uint32_t part, uint32_t whole, unsigned width)
{
	uint32_t full = whole ? (uint32_t)((uint64_t)part * width / whole) : 0;

	full += full == 0 && part > 0; /* a little is not nothing */
	printf("[");
	for (unsigned i = 0; i < width; i++)
		printf("%s", i < full ? "#" : ".");
	printf("]");
}
