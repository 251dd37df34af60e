/*
 * The kernel's command line: what the person who boots asks for. Context: boot; afterwards read
 * only.
 */
#ifndef KERNEL_CMDLINE_H
#define KERNEL_CMDLINE_H

#include "lib/base.h"

enum { CMDLINE_WORD_MAX = 64, CMDLINE_LIST_MAX = 128 };
enum { CMDLINE_PATH_MAX = 256, CMDLINE_FRAMES_MIN = 16 };

/*
 * Words before "--", understood; defaults where the line says nothing. Too long a value is a bad
 * value.
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
	uint32_t quantum_ticks;		 /* quantum=TICKS of 10 ms; 0: as the scheduler likes */
	uint32_t disk_delay_us;		 /* disk_delay=US: a page takes so long; 0 */
	uint32_t check_ticks;		 /* check=TICKS: verify structures so often; 0: never */
	char test[CMDLINE_WORD_MAX];	 /* test=NAME: fail on purpose; "" */
	const char *more;		 /* the line that came by fw_cfg; "" */
	/*
	 * The first process's arguments, its name first: fw_cfg's argv, else init and the words
	 * after "--". @nargs strings, each with its NUL, one right behind the other. Set by
	 * cmdline_set_*.
	 */
	const char *args;
	uint32_t nargs;
};
extern struct cmdline cmdline;

/* The values that hold when the line is empty. */
void cmdline_init(struct cmdline *c);
/*
 * Take the words of @text up to a "--" (or its end). Later words win over earlier ones. Unknown
 * words and bad values are reported on the console and ignored. Returns the text behind "--", or
 * NULL if there is none. log=LEVEL and trace=KINDS act at once.
 */
const char *cmdline_parse(struct cmdline *c, const char *text);
/*
 * init and the words of @text (NULL: none) become the arguments, kept in @buf. What does not fit is
 * reported and dropped.
 */
void cmdline_set_words(struct cmdline *c, const char *text, char *buf, size_t size);
/* The @bytes bytes at @blob, arguments separated by NUL; blob[bytes] is 0. It must stay. */
void cmdline_set_blob(struct cmdline *c, const char *blob, size_t bytes);

#endif
