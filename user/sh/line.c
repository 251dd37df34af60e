/*
 * Reading a line from the terminal, with editing and history.
 *
 * While a line is edited the terminal is raw: each key arrives at once and unechoed, and the editor
 * draws. While a program runs the terminal has its original settings, as programs expect.
 *
 * Drawing uses no terminal codes except one: backspace moves left. The editor remembers what it
 * has put on the screen and where the cursor stands; to show something else it goes to the first
 * place that differs and prints from there, with blanks over what is left of the old text. A line
 * longer than the screen is shown through a window that moves with the cursor, because no code is
 * needed to stay within one screen line.
 *
 * Always true between two keys:
 *   [line.1]  cursor <= length < size, and the line has no NUL before its end
 *   [line.2]  the screen shows the prompt and then screen.text, with the cursor at screen.column
 */
#include "lib/errno.h"
#include "lib/string.h"
#include "user/lib/print.h"
#include "user/lib/syscall.h"
#include "user/sh/complete.h"
#include "user/sh/line.h"

#define CTRL(letter) ((letter) & 0x1f)

enum {
	SCREEN_MAX = 256,
	HISTORY_MAX = 64,
	KEY_ESCAPE = 27,
	KEY_BACKSPACE = 127,
	KEY_DELETE = 256,       /* from here on: keys that send several bytes */
	KEY_NONE,
	KEY_END_OF_INPUT,
};

static struct {
	char *text;
	size_t size, length, cursor;
	const char *prompt;
	unsigned back;          /* how many lines up in the history; 0: the new line */
} line;

static struct {
	char text[SCREEN_MAX];
	unsigned length, column;
	unsigned width;         /* room behind the prompt */
	unsigned start;         /* the line's first character that is shown */
} screen;

static struct {
	char lines[HISTORY_MAX][LINE_SIZE];
	unsigned count;         /* entered so far; the last HISTORY_MAX are kept */
	char unfinished[LINE_SIZE];
} history;

static struct termios normal;

bool line_init(void)
{
	if (sys_ioctl(0, TCGETS, &normal) < 0)
		return false;
	normal.cc[TERM_VSUSP] = 0; /* nothing here could continue a stopped program */
	sys_ioctl(0, TCSETS, &normal);
	return true;
}

static void terminal_raw(void)
{
	struct termios raw = normal;

	raw.lflag &= ~(uint32_t)(TERM_ICANON | TERM_ECHO | TERM_ISIG | TERM_IEXTEN);
	raw.iflag &= ~(uint32_t)(TERM_ICRNL | TERM_IXON);
	raw.cc[TERM_VMIN] = 1;
	raw.cc[TERM_VTIME] = 0;
	sys_ioctl(0, TCSETS, &raw);
}

static unsigned terminal_columns(void)
{
	struct winsize size;

	if (sys_ioctl(0, TIOCGWINSZ, &size) < 0 || size.columns == 0)
		return 80;
	return size.columns;
}

/* Move the cursor to @column of what is on the screen. */
static void screen_move(unsigned column)
{
	for (; screen.column > column; screen.column--)
		printf("\b");
	for (; screen.column < column; screen.column++)
		printf("%c", screen.text[screen.column]);
}

/* Make the screen show @text, changing only what differs. */
static void screen_show(const char *text, unsigned length)
{
	unsigned same = 0;
	unsigned old = screen.length;

	while (same < MIN(length, old) && screen.text[same] == text[same])
		same++;
	if (same < MAX(length, old)) {
		screen_move(same);
		memcpy(screen.text, text, length);
		if (old > length)
			memset(screen.text + length, ' ', old - length);
		screen_move(MAX(length, old));
	}
	screen.length = length;
}

static void line_draw(void)
{
	if (line.cursor < screen.start)
		screen.start = line.cursor;
	if (line.cursor >= screen.start + screen.width)
		screen.start = line.cursor - screen.width + 1;
	screen_show(line.text + screen.start, MIN(line.length - screen.start, screen.width));
	screen_move(line.cursor - screen.start);
	print_flush();
}

/* The cursor stands at the start of an empty screen line: begin again there. */
static void line_redraw(void)
{
	unsigned prompt = strlen(line.prompt);
	unsigned columns = terminal_columns();

	screen.length = screen.column = screen.start = 0;
	screen.width = MIN(columns > prompt + 9 ? columns - prompt - 1 : 8, (unsigned)SCREEN_MAX);
	printf("%s", line.prompt);
	line_draw();
}

static void line_insert(const char *text, size_t n)
{
	if (line.length + n >= line.size)
		return;
	memmove(line.text + line.cursor + n, line.text + line.cursor, line.length - line.cursor);
	memcpy(line.text + line.cursor, text, n);
	line.length += n;
	line.cursor += n;
}

/* Remove [start, end) and leave the cursor there. */
static void line_remove(size_t start, size_t end)
{
	memmove(line.text + start, line.text + end, line.length - end);
	line.length -= end - start;
	line.cursor = start;
}

static size_t line_word_start(void)
{
	size_t i = line.cursor;

	while (i > 0 && line.text[i - 1] == ' ')
		i--;
	while (i > 0 && line.text[i - 1] != ' ')
		i--;
	return i;
}

static void history_add(void)
{
	char *last = history.lines[(history.count - 1) % HISTORY_MAX];

	if (line.length == 0 || (history.count > 0 && strcmp(last, line.text) == 0))
		return;
	string_copy(history.lines[history.count % HISTORY_MAX], line.text, LINE_SIZE);
	history.count++;
}

/* Show the line that was entered @back lines ago, or for 0 the one being typed. */
static void history_show(unsigned back)
{
	if (back > MIN(history.count, (unsigned)HISTORY_MAX) || back == line.back)
		return;
	line.text[line.length] = '\0';
	if (line.back == 0)
		string_copy(history.unfinished, line.text, LINE_SIZE);
	line.back = back;
	const char *text = back ? history.lines[(history.count - back) % HISTORY_MAX]
				: history.unfinished;
	line.length = MIN(string_copy(line.text, text, line.size), line.size - 1);
	line.cursor = line.length;
}

static void line_complete(void)
{
	struct completion c = complete(line.text, line.cursor, false);
	size_t n = strlen(c.more);

	if (c.nmatches == 0)
		return;
	line_insert(c.more, n);
	if (c.nmatches == 1 && (n == 0 || c.more[n - 1] != '/')) {
		line_insert(" ", 1);
	} else if (c.nmatches > 1 && n == 0) {
		printf("\n");
		complete(line.text, line.cursor, true);
		printf("\n");
		line_redraw();
	}
}

static int key_byte(void)
{
	unsigned char c;
	int n;

	do
		n = sys_read(0, &c, 1);
	while (n == -EINTR);
	return n == 1 ? c : KEY_END_OF_INPUT;
}

/* Escape sequences of the keys that have a meaning here become that meaning's control key. */
static int key_sequence(void)
{
	int c = key_byte();
	if (c != '[' && c != 'O')
		return KEY_NONE;

	int number = 0;
	for (c = key_byte(); (c >= '0' && c <= '9') || c == ';'; c = key_byte())
		number = c == ';' ? 0 : number * 10 + c - '0';
	switch (c) {
	case 'A':
		return CTRL('P');
	case 'B':
		return CTRL('N');
	case 'C':
		return CTRL('F');
	case 'D':
		return CTRL('B');
	case 'H':
		return CTRL('A');
	case 'F':
		return CTRL('E');
	case '~':
		return number == 3 ? KEY_DELETE
		     : number == 1 || number == 7 ? CTRL('A')
		     : number == 4 || number == 8 ? CTRL('E') : KEY_NONE;
	default:
		return c == KEY_END_OF_INPUT ? c : KEY_NONE;
	}
}

static int key_read(void)
{
	int c = key_byte();

	return c == KEY_ESCAPE ? key_sequence() : c;
}

/* Keys that change the line or move the cursor. */
static void line_key(int key)
{
	size_t left = line.cursor > 0 ? line.cursor - 1 : 0;
	size_t right = line.cursor < line.length ? line.cursor + 1 : line.length;
	char c = (char)key;

	switch (key) {
	case CTRL('A'): line.cursor = 0; break;
	case CTRL('E'): line.cursor = line.length; break;
	case CTRL('B'): line.cursor = left; break;
	case CTRL('F'): line.cursor = right; break;
	case CTRL('H'):
	case KEY_BACKSPACE: line_remove(left, line.cursor); break;
	case CTRL('D'):
	case KEY_DELETE: line_remove(line.cursor, right); break;
	case CTRL('K'): line_remove(line.cursor, line.length); break;
	case CTRL('U'): line_remove(0, line.cursor); break;
	case CTRL('W'): line_remove(line_word_start(), line.cursor); break;
	case CTRL('P'): history_show(line.back + 1); break;
	case CTRL('N'): history_show(line.back - (line.back > 0)); break;
	case '\t': line_complete(); break;
	case CTRL('L'):
		printf("\033[H\033[2J");
		line_redraw();
		break;
	default:
		if (key >= ' ' && key < 256)
			line_insert(&c, 1);
	}
}

/* Returns when the line is done, the input has ended, or ^C. */
static int line_keys(void)
{
	for (;;) {
		int key = key_read();
		if (key == '\r' || key == '\n')
			return (int)line.length;
		if (key == CTRL('C'))
			return LINE_CANCELLED;
		if (key == KEY_END_OF_INPUT || (key == CTRL('D') && line.length == 0))
			return LINE_END;
		line_key(key);
		line_draw();
	}
}

int line_edit(const char *prompt, char *text, size_t size)
{
	line.text = text;
	line.size = size;
	line.length = line.cursor = 0;
	line.back = 0;
	line.prompt = prompt;
	terminal_raw();
	line_redraw();
	int result = line_keys();
	line.text[line.length] = '\0';
	line.cursor = line.length;
	line_draw();
	printf(result == LINE_CANCELLED ? "^C\n" : result == LINE_END ? "" : "\n");
	sys_ioctl(0, TCSETS, &normal);
	if (result >= 0)
		history_add();
	return result;
}
