/* The kernel's command line: boot options. Context: boot; read only afterwards. */
#ifndef KERNEL_CMDLINE_H
#define KERNEL_CMDLINE_H

#include "lib/base.h"

enum { CMDLINE_WORD_MAX = 64, CMDLINE_LIST_MAX = 128 };
enum { CMDLINE_PATH_MAX = 256, CMDLINE_FRAMES_MIN = 16 };

/*
 * The parsed words before "--"; defaults where the line has none. Too long a value is a bad value.
 */
struct cmdline {
	char init[CMDLINE_PATH_MAX];	 /* init=PATH; "/sbin/init" */
	bool selftest;			 /* selftest or selftest=GLOB */
	char selftest_glob[CMDLINE_WORD_MAX]; /* "*" without one */
	uint32_t frames;		 /* frames=N: limit of user pages; 0: none */
	bool swap_given;
	uint32_t swap_bytes;		 /* swap=SIZE, rounded up to pages */
	char policy[CMDLINE_WORD_MAX];	 /* policy=NAME; "clock" */
	uint32_t partition_bytes;	 /* partitions=SIZE, rounded up to pages; 0: none */
	char partition_mode[CMDLINE_LIST_MAX]; /* partition_mode=WORD; "variable" */
	char fit[CMDLINE_WORD_MAX];	 /* fit=NAME; "first" */
	bool local;			 /* replacement=local; false with replacement=global */
	bool pff;			 /* allocation=pff; false with allocation=equal */
	char trace[CMDLINE_WORD_MAX];	 /* trace=KINDS; "" */
	bool channels_serial;		 /* channels=serial: standard channels are serial ports */
	bool slab_debug;		 /* slab_debug */
	bool memmap;			 /* memmap: begin with the live memory map shown */
	bool load_control;		 /* load_control=on or off; off */
	uint32_t quantum_ticks;		 /* quantum=TICKS of 10 ms; 0: the scheduler's default */
	uint32_t disk_delay_us;		 /* disk_delay=US: service time of a page; 0 */
	uint32_t check_ticks;		 /* check=TICKS: how often to verify; 0: never */
	char test[CMDLINE_WORD_MAX];	 /* test=NAME: fail on purpose; "" */
	const char *more;		 /* the line that came by fw_cfg; "" */
	/*
	 * The first process's arguments, its name first: fw_cfg's argv, else init and the words
	 * after "--". @nargs strings, each with its NUL, back to back. Set by cmdline_set_*.
	 */
	const char *args;
	uint32_t nargs;
};
extern struct cmdline cmdline;

/* The defaults, for an empty line. */
void cmdline_init(struct cmdline *c);
/*
 * Parse the words of @text up to a "--" (or its end). Later words override earlier ones. Unknown
 * words and bad values are reported on the console and ignored. Returns the text after "--", or
 * NULL if there is none. log=LEVEL and trace=KINDS take effect at once.
 */
const char *cmdline_parse(struct cmdline *c, const char *text);
/*
 * init and the words of @text (NULL: none) become the arguments, kept in @buf. What does not fit is
 * reported and dropped.
 */
void cmdline_set_words(struct cmdline *c, const char *text, char *buf, size_t size);
/* The arguments are the @bytes bytes at @blob, separated by NUL; blob[bytes] is 0. Not copied. */
void cmdline_set_blob(struct cmdline *c, const char *blob, size_t bytes);

#endif
