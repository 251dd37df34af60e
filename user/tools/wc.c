/* Counts lines, words and bytes of files, or of standard input. */
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

struct counts {
	uint32_t lines, words, bytes;
};

static void wc_count(struct counts *c, const char *text, int n, bool *in_word)
{
	for (int i = 0; i < n; i++) {
		bool blank = text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r');
		c->lines += text[i] == '\n';
		c->words += !blank && !*in_word;
		*in_word = !blank;
	}
	c->bytes += (uint32_t)n;
}

static bool wc_file(int fd, const char *name, struct counts *total)
{
	static char buf[4096];
	struct counts c = { 0 };
	bool in_word = false;

	if (fd < 0) {
		eprintf("wc: %s: %s\n", name, error_text(fd));
		return false;
	}
	int n = sys_read(fd, buf, sizeof(buf));
	for (; n > 0; n = sys_read(fd, buf, sizeof(buf)))
		wc_count(&c, buf, n, &in_word);
	if (n < 0)
		eprintf("wc: %s: %s\n", name, error_text(n));
	printf("%7u %7u %7u%s%s\n", c.lines, c.words, c.bytes, *name ? " " : "", name);
	total->lines += c.lines;
	total->words += c.words;
	total->bytes += c.bytes;
	return n == 0;
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	struct counts total = { 0 };
	bool good = true;

	if (argc < 2)
		return wc_file(0, "", &total) ? 0 : 1;
	for (int i = 1; i < argc; i++) {
		int fd = sys_open(argv[i], O_RDONLY, 0);
		good = wc_file(fd, argv[i], &total) && good;
		if (fd >= 0)
			sys_close(fd);
	}
	if (argc > 2)
		printf("%7u %7u %7u total\n", total.lines, total.words, total.bytes);
	return good ? 0 : 1;
}
