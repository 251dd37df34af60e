/*
 * What a word of the shell means when its command runs: quotes and backslashes are removed, and a
 * dollar and its name are replaced by the value. The result is one word, whatever blanks the value
 * has, so nothing has to be split or quoted twice.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"
#include "user/sh/parse.h"

/* Where parse_expand writes to. */
struct sink {
	char *text;
	size_t size, length;
	bool full;
};

static void sink_put(struct sink *s, char c)
{
	if (s->length + 1 < s->size)
		s->text[s->length++] = c;
	else
		s->full = true;
}

static void sink_puts(struct sink *s, const char *text)
{
	for (; text && *text; text++)
		sink_put(s, *text);
}

static void sink_number(struct sink *s, int number)
{
	char text[16];

	format_string(text, sizeof(text), "%d", number);
	sink_puts(s, text);
}

static bool is_name(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
	       || (c >= '0' && c <= '9');
}

/* Expand what follows a dollar at @p; returns the first character behind it. */
static const char *expand_dollar(const char *p, struct sink *s)
{
	char name[64];
	size_t n = 0;

	if (*p == '?') {
		sink_number(s, shell.status);
		return p + 1;
	}
	if (*p == '$' || *p == '!') {
		sink_number(s, *p == '$' ? sys_getpid() : shell.background_pid);
		return p + 1;
	}
	if (*p >= '0' && *p <= '9') {
		if (*p - '0' < shell.argc)
			sink_puts(s, shell.argv[*p - '0']);
		return p + 1;
	}
	while (is_name(p[n]) && n + 1 < sizeof(name)) {
		name[n] = p[n];
		n++;
	}
	name[n] = '\0';
	if (n == 0)
		sink_put(s, '$');
	else
		sink_puts(s, runtime_getenv(name));
	return p + n;
}

/* Inside double quotes a backslash hides only these; outside, anything. */
static bool is_escape(const char *p, char quote)
{
	return *p == '\\' && p[1] && (!quote || (quote == '"' && strchr("\\\"$", p[1])));
}

int parse_expand(const char *word, char *out, size_t size)
{
	struct sink s = { .text = out, .size = size };
	char quote = 0;
	const char *p = word;

	while (*p) {
		if (is_escape(p, quote)) {
			sink_put(&s, p[1]);
			p += 2;
		} else if (quote ? *p == quote : (*p == '\'' || *p == '"')) {
			quote = quote ? 0 : *p;
			p++;
		} else if (*p == '$' && quote != '\'') {
			p = expand_dollar(p + 1, &s);
		} else {
			sink_put(&s, *p);
			p++;
		}
	}
	out[s.length] = '\0';
	return s.full ? -1 : (int)s.length;
}
