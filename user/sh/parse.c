/*
 * The shell's language:
 *
 *   list      pipeline { (";" | "&" | "&&" | "||" | newline) pipeline } [";" | "&"]
 *   pipeline  command { "|" command }
 *   command   { word | [digit] ("<" | ">" | ">>" | ">&" | "<&") word }
 *
 * '#' at the start of a word hides the rest of the line. The whole text is read before anything
 * runs, so an error at its end prevents all of it. Words keep their quotes and dollars here and
 * are expanded when their command runs: `false; echo $?` must print the status of false.
 *
 * A line is short, so everything is kept in fixed arrays, which the next call reuses; a line that
 * does not fit is refused. Left out: subshells, loops, functions, patterns, variables of its own.
 */
#include "lib/string.h"
#include "user/lib/linux.h"
#include "user/sh/parse.h"

enum { WORDS_MAX = 512, COMMANDS_MAX = 128, TEXT_MAX = 8192 };

struct parser {
	const char *at;
	const char *error;
	size_t ntext;
	int nwords, ncommands, npipelines;
	char text[TEXT_MAX];                    /* the words, each with a NUL */
	const char *words[WORDS_MAX];
	struct command commands[COMMANDS_MAX];
	struct pipeline pipelines[COMMANDS_MAX];
};

static struct parser parser;

static bool parse_fail(const char *error)
{
	if (!parser.error)
		parser.error = error;
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_operator(char c)
{
	return c == '\0' || strchr(";&|<>\n", c);
}

static void skip_blanks(void)
{
	for (;;) {
		while (is_blank(*parser.at))
			parser.at++;
		if (parser.at[0] != '\\' || parser.at[1] != '\n')
			break;
		parser.at += 2;
	}
	if (*parser.at == '#')
		while (*parser.at && *parser.at != '\n')
			parser.at++;
}

/* The end of the word that starts at @p; NULL where a quote is not closed. */
static const char *word_end(const char *p)
{
	char quote = 0;

	for (; quote || (!is_blank(*p) && !is_operator(*p)); p++) {
		if (*p == '\0')
			return NULL;
		if (*p == '\\' && quote != '\'' && p[1])
			p++;
		else if (quote && *p == quote)
			quote = 0;
		else if (!quote && (*p == '\'' || *p == '"'))
			quote = *p;
	}
	return p;
}

static const char *parse_word(void)
{
	skip_blanks();
	const char *end = word_end(parser.at);
	if (!end) {
		parse_fail("a quote is not closed");
		return NULL;
	}
	size_t length = (size_t)(end - parser.at);
	if (length == 0) {
		parse_fail("a word is missing");
		return NULL;
	}
	if (parser.ntext + length + 1 > TEXT_MAX) {
		parse_fail("too long");
		return NULL;
	}
	char *word = parser.text + parser.ntext;
	memcpy(word, parser.at, length);
	word[length] = '\0';
	parser.ntext += length + 1;
	parser.at = end;
	return word;
}

/* Is there a redirection here, perhaps with a digit before it? */
static bool at_redirect(void)
{
	const char *p = parser.at;

	if (*p >= '0' && *p <= '9')
		p++;
	return *p == '<' || *p == '>';
}

static bool parse_redirect(struct command *c)
{
	if (c->nredirects == REDIRECTS_MAX)
		return parse_fail("too many redirections");

	struct redirect *r = &c->redirects[c->nredirects];
	int fd = -1;
	if (*parser.at >= '0' && *parser.at <= '9') {
		fd = *parser.at - '0';
		parser.at++;
	}
	bool input = *parser.at == '<';
	parser.at++;
	r->fd = fd >= 0 ? fd : input ? 0 : 1;
	r->flags = input ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
	if (!input && *parser.at == '>') {
		parser.at++;
		r->flags = O_WRONLY | O_CREAT | O_APPEND;
	} else if (*parser.at == '&') {
		parser.at++;
		r->flags = -1;
	}
	r->word = parse_word();
	c->nredirects++;
	return r->word != NULL;
}

static bool parse_command(void)
{
	if (parser.ncommands == COMMANDS_MAX)
		return parse_fail("too many commands");

	struct command *c = &parser.commands[parser.ncommands++];
	*c = (struct command){ .words = &parser.words[parser.nwords] };
	for (;;) {
		skip_blanks();
		if (at_redirect()) {
			if (!parse_redirect(c))
				return false;
			continue;
		}
		if (is_operator(*parser.at))
			break;
		if (parser.nwords == WORDS_MAX)
			return parse_fail("too many words");
		const char *word = parse_word();
		if (!word)
			return false;
		parser.words[parser.nwords++] = word;
		c->nwords++;
	}
	if (c->nwords + c->nredirects == 0)
		return parse_fail("a command is missing");
	return true;
}

/* Read what connects this pipeline with the next. */
static enum connector parse_connector(void)
{
	char c = *parser.at;

	if (c == '\0')
		return CONNECT_END;
	bool twice = parser.at[1] == c;
	parser.at += (twice && (c == '&' || c == '|')) ? 2 : 1;
	if (c == '&')
		return twice ? CONNECT_AND : CONNECT_BACKGROUND;
	return c == '|' ? CONNECT_OR : CONNECT_NEXT;
}

static bool parse_pipeline(void)
{
	struct pipeline *p = &parser.pipelines[parser.npipelines];

	*p = (struct pipeline){ .commands = &parser.commands[parser.ncommands], .text = parser.at };
	for (;;) {
		if (!parse_command())
			return false;
		p->ncommands++;
		if (parser.at[0] != '|' || parser.at[1] == '|')
			break;
		parser.at++;
	}
	if (p->ncommands > PIPE_MAX)
		return parse_fail("too many commands in a pipeline");
	p->text_length = (size_t)(parser.at - p->text);
	while (p->text_length && is_blank(p->text[p->text_length - 1]))
		p->text_length--;
	p->after = parse_connector();
	parser.npipelines++;
	return true;
}

/* Blank lines and comments may stand between commands; a lone ";" may not. */
static void skip_lines(void)
{
	skip_blanks();
	while (*parser.at == '\n') {
		parser.at++;
		skip_blanks();
	}
}

struct parsed parse(const char *text)
{
	bool open = false; /* does the last connector want another pipeline? */

	parser.at = text;
	parser.error = NULL;
	parser.ntext = 0;
	parser.nwords = parser.ncommands = parser.npipelines = 0;
	for (skip_lines(); *parser.at; skip_lines()) {
		if (!parse_pipeline())
			break;
		enum connector after = parser.pipelines[parser.npipelines - 1].after;
		open = after == CONNECT_AND || after == CONNECT_OR;
	}
	if (!parser.error && open)
		parse_fail("a command is missing at the end");
	return (struct parsed){ parser.pipelines, parser.npipelines, parser.error };
}
