/*
 * Shows what every frame of memory is: a letter a cell from /proc/memmap, in colours, with a legend
 * under it.
 *
 *     memmap                    once
 *     memmap --watch [SECONDS]  again and again in the same place, until ^C
 *     memmap --screen           the live map on the machine's own screen; --console: back
 *     memmap --plain            without colours
 *
 * The picture is 64 cells wide and at most 20 lines high, so it fits on a terminal of 80 columns.
 * The cell that the policy's hand points at is shown in reverse; '@' with --plain.
 */
#include "lib/format.h"
#include "lib/string.h"
#include "user/lib/options.h"
#include "user/lib/print.h"
#include "user/lib/runtime.h"
#include "user/lib/syscall.h"

enum { TEXT_MAX = 8192, CLASSES_MAX = 24, EVERY_DEFAULT = 1 };

static bool memmap_again, memmap_plain, memmap_screen, memmap_console;

static const struct option memmap_options[] = {
	{ "watch", NULL, &memmap_again, "again every SECONDS (1), until ^C" },
	{ "plain", NULL, &memmap_plain, "no colours" },
	{ "screen", NULL, &memmap_screen, "the live map on the machine's own screen (as F2)" },
	{ "console", NULL, &memmap_console, "the console there again" },
};
static const struct program memmap_program = {
	"memmap", "shows what every frame of memory is", "[SECONDS]", memmap_options,
	ARRAY_SIZE(memmap_options),
};

static char memmap_text[TEXT_MAX + 1];

struct class {
	char letter;
	uint32_t cells, frames;
	char name[16];
};
static struct class classes[CLASSES_MAX];
static unsigned nclasses;

/* SGR parameters for each letter of /proc/memmap: user pages on a ground, the rest as letters. */
static const struct {
	char letter;
	const char *colour;
} colours[] = {
	{ '#', "90" },	  { '.', "37" },    { 'k', "34" },    { 'p', "33" },
	{ 's', "35" },	  { 'v', "36" },    { 't', "95" },    { 'f', "96" },
	{ 'c', "97;42" }, { 'C', "30;102" }, { 'd', "97;41" }, { 'D', "30;103" },
	{ 'S', "30;106" }, { 'L', "30;107" },
};

static const char *colour_of(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(colours); i++)
		if (colours[i].letter == letter)
			return colours[i].colour;
	return "0";
}

static void memmap_read(void)
{
	int fd = sys_open("/proc/memmap", O_RDONLY, 0);
	size_t length = 0;
	int n;
	if (fd < 0)
		fail("memmap: /proc/memmap: %s\n", error_text(fd));
	while ((n = sys_read(fd, memmap_text + length, TEXT_MAX - length)) > 0)
		length += (size_t)n;
	sys_close(fd);
	if (n < 0)
		fail("memmap: /proc/memmap: %s\n", error_text(n));
	memmap_text[length] = 0;
}

static uint32_t parse_number(const char **p)
{
	uint32_t n = 0;
	while (**p == ' ')
		(*p)++;
	for (; **p >= '0' && **p <= '9'; (*p)++)
		n = n * 10 + (uint32_t)(**p - '0');
	return n;
}

/* The text behind "NAME " at the start of a line; "" if there is no such line. */
static const char *memmap_line(const char *name)
{
	size_t length = strlen(name);
	for (const char *p = memmap_text; p; p = strchr(p, '\n'), p += p != NULL) {
		if (strncmp(p, name, length) == 0 && p[length] == ' ')
			return p + length + 1;
	}
	return "";
}

static uint32_t memmap_value(const char *name)
{
	const char *p = memmap_line(name);
	return parse_number(&p);
}

static void memmap_parse_classes(void)
{
	nclasses = 0;
	for (const char *p = strchr(memmap_text, '\n'); p; p = strchr(p, '\n')) {
		p++;
		if (strncmp(p, "class ", 6) != 0 || nclasses == CLASSES_MAX)
			continue;
		struct class *c = &classes[nclasses];
		nclasses++;
		c->letter = p[6];
		p += 7;
		c->cells = parse_number(&p);
		c->frames = parse_number(&p);
		size_t length = (size_t)(strchr(p, '\n') - p - 1);
		length = MIN(length, sizeof(c->name) - 1);
		memcpy(c->name, p + 1, length);
		c->name[length] = 0;
	}
}

static void print_letter(char letter, bool marked)
{
	if (memmap_plain)
		printf("%c", marked ? '@' : letter);
	else if (marked)
		printf("\033[%s;7m%c\033[0m", colour_of(letter), letter);
	else
		printf("\033[%sm%c\033[0m", colour_of(letter), letter);
}

/* One line of the map; equal letters share their colour's sequence. Returns the cells in it. */
static uint32_t print_cells(const char *line, uint32_t first, int hand)
{
	uint32_t n = (uint32_t)(strchr(line, '\n') - line);
	for (uint32_t i = 0; i < n;) {
		uint32_t same = i + 1;
		if ((int)(first + i) == hand || memmap_plain) {
			print_letter(line[i], (int)(first + i) == hand);
			i++;
			continue;
		}
		while (same < n && line[same] == line[i] && (int)(first + same) != hand)
			same++;
		printf("\033[%sm%.*s\033[0m", colour_of(line[i]), (int)(same - i), line + i);
		i = same;
	}
	return n;
}

static void print_class(const struct class *c)
{
	print_letter(c->letter, false);
	printf(" %s%*u", c->name, 12 - (int)strlen(c->name) + 5, c->frames);
}

static void print_head(void)
{
	uint32_t total = memmap_value("total_frames"), slots = memmap_value("swap_slots");
	printf("memory %u of %u frames in use, swap %u of %u slots, %u KiB a cell",
	       total - memmap_value("free_frames"), total, memmap_value("swap_used"), slots,
	       memmap_value("frames_per_cell") * 4);
	printf(memmap_again ? "\033[K\n" : "\n");
}

/* The map, and in two columns under it what the letters mean and how many frames are so. */
static void memmap_print(void)
{
	const char *line = strchr(memmap_text, '\n');
	const char *hand_text = memmap_line("hand");
	int hand = *hand_text == '-' ? -1 : (int)parse_number(&hand_text);
	uint32_t first = 0;
	print_head();
	while (line && strncmp(line + 1, "map\n", 4) != 0)
		line = strchr(line + 1, '\n');
	for (line = line ? line + 5 : ""; *line; line = strchr(line, '\n') + 1) {
		first += print_cells(line, first, hand);
		printf(memmap_again ? "\033[K\n" : "\n");
	}
	for (unsigned i = 0; i < nclasses; i++) {
		print_class(&classes[i]);
		printf(i % 4 == 3 || i + 1 == nclasses ? "\n" : "  ");
	}
	printf("faults %u minor, %u major; swap %u in, %u out; %u evicted\n",
	       memmap_value("minor_faults"), memmap_value("major_faults"), memmap_value("swap_ins"),
	       memmap_value("swap_outs"), memmap_value("evictions"));
}

static void memmap_switch(const char *word)
{
	int fd = sys_open("/proc/memmap", O_WRONLY, 0);
	int error = fd < 0 ? fd : write_all(fd, word, strlen(word));
	if (error < 0)
		fail("memmap: the machine's screen: %s\n", error_text(error));
	sys_close(fd);
}

int main(int argc, char **argv, char **envp)
{
	(void)envp;
	uint32_t every = EVERY_DEFAULT;
	int word = options_parse(&memmap_program, argc, argv);
	if (word < argc)
		every = options_number(&memmap_program, argv[word]);
	if (memmap_screen || memmap_console) {
		memmap_switch(memmap_screen ? "on" : "off");
		return 0;
	}
	if (memmap_again)
		printf("\033[2J");
	do {
		if (memmap_again)
			printf("\033[H");
		memmap_read();
		memmap_parse_classes();
		memmap_print();
		print_flush();
		if (memmap_again)
			sys_nanosleep(every, 0);
	} while (memmap_again);
	return 0;
}
