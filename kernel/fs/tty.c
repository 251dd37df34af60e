/*
 * The terminal: console keyboard and screen with Linux's line discipline.
 *
 * Bytes come in by interrupt from the keyboard and the first serial line and go into a small ring;
 * nothing else happens there. tty_work, in process context, takes them out and does what the
 * settings (termios) say: signals for ^C, ^\ and ^Z, echo, and in canonical mode line editing
 * (erase, word erase, kill). Completed input goes to a queue that read takes from. An entry of that
 * queue is a byte, or the mark left by ^D: "a read ends here".
 *
 * A canonical read returns at most one line; a raw read what is available, by VMIN and VTIME. A
 * reader outside the foreground group is stopped by SIGTTIN, or gets -EIO if that cannot stop it.
 *
 * Output goes to the serial line and the screen, with CR added before LF where the settings ask.
 *
 * Always true
 *   [tty.1]  queue and ring counters only increase; their difference is what is held, at most the
 *       size
 *   [tty.2]  only tty_receive writes ring_in, only tty_work writes ring_out
 * Left out: more than one terminal, flow control, hang-up.
 */
#include "kernel/fs/tty.h"

#include "drivers/serial.h"
#include "drivers/vga.h"
#include "kernel/fs/file.h"
#include "kernel/fs/io.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/tty_owner.h"
#include "kernel/fs/tty_settings.h"
#include "kernel/proc/deferred.h"
#include "kernel/proc/process.h"
#include "kernel/proc/sched.h"
#include "kernel/proc/signal.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/user.h"

enum { TTY_RING = 1024, TTY_LINE = 1024, TTY_QUEUE = 4096, TTY_EOF_MARK = 0x100, TTY_CHUNK = 128 };

static struct {
	volatile uint8_t ring[TTY_RING];
	volatile uint32_t ring_in, ring_out;
	uint16_t queue[TTY_QUEUE];
	uint32_t queue_in, queue_out;
	uint32_t lines; /* line ends and marks in the queue */
	char line[TTY_LINE];
	uint32_t length;
	struct tty_settings settings;
	struct tty_size size;
	struct wait_queue readers;
} tty;

static void tty_due_work(uint64_t now)
{
	(void)now;
	tty_work();
}

void tty_init(void)
{
	static struct deferred tty_deferred = { .work = tty_due_work };
	tty_settings_default(&tty.settings);
	tty.size = (struct tty_size){ .rows = 25, .columns = 80 };
	wait_queue_init(&tty.readers);
	tty_owner_init();
	deferred_add(&tty_deferred);
}

void tty_receive(uint8_t byte)
{
	if (tty.ring_in - tty.ring_out < TTY_RING) {
		tty.ring[tty.ring_in % TTY_RING] = byte;
		tty.ring_in++;
	}
	sched_request();
}

/* --- output --- */

static void tty_put(const char *text, size_t n)
{
	serial_write(SERIAL_COM1, text, n);
	vga_write(text, n);
}

/* Through the output settings. */
static void tty_print(const char *text, size_t n)
{
	bool add_cr = tty.settings.oflag & TTY_OPOST && tty.settings.oflag & TTY_ONLCR;
	size_t from = 0;
	for (size_t i = 0; add_cr && i < n; i++) {
		if (text[i] != '\n')
			continue;
		tty_put(text + from, i - from);
		tty_put("\r\n", 2);
		from = i + 1;
	}
	tty_put(text + from, n - from);
}

static bool tty_is_control(char c)
{
	return (unsigned char)c < 32 || c == 127;
}

static void tty_echo(char c)
{
	if (!(tty.settings.lflag & TTY_ECHO))
		return;
	if (tty_is_control(c) && c != '\n' && c != '\t' && tty.settings.lflag & TTY_ECHOCTL) {
		char caret[2] = { '^', c ^ 64 };
		tty_print(caret, sizeof(caret));
	} else {
		tty_print(&c, 1);
	}
}

/* --- the queue of completed input --- */

static uint32_t tty_queued(void)
{
	ASSERT(tty.queue_in - tty.queue_out <= TTY_QUEUE); /* [tty.1] */
	return tty.queue_in - tty.queue_out;
}

static void tty_enqueue(uint16_t entry)
{
	if (tty_queued() == TTY_QUEUE)
		return;
	tty.queue[tty.queue_in % TTY_QUEUE] = entry;
	tty.queue_in++;
	tty.lines += entry == '\n' || entry == TTY_EOF_MARK;
}

static uint16_t tty_dequeue(void)
{
	uint16_t entry = tty.queue[tty.queue_out % TTY_QUEUE];
	tty.queue_out++;
	tty.lines -= entry == '\n' || entry == TTY_EOF_MARK;
	return entry;
}

static void tty_flush_input(void)
{
	tty.queue_out = tty.queue_in;
	tty.lines = 0;
	tty.length = 0;
}

/* --- line editing --- */

static void tty_erase_one(void)
{
	tty.length--;
	char gone = tty.line[tty.length];
	bool wide = tty_is_control(gone) && gone != '\t' && tty.settings.lflag & TTY_ECHOCTL;
	if (tty.settings.lflag & TTY_ECHO)
		tty_print("\b \b\b \b", wide ? 6 : 3);
}

static void tty_erase_word(void)
{
	while (tty.length > 0 && tty.line[tty.length - 1] == ' ')
		tty_erase_one();
	while (tty.length > 0 && tty.line[tty.length - 1] != ' ')
		tty_erase_one();
}

/* The line is complete: queue it with its terminator. */
static void tty_finish_line(uint16_t end)
{
	for (uint32_t i = 0; i < tty.length; i++)
		tty_enqueue((uint8_t)tty.line[i]);
	tty.length = 0;
	tty_enqueue(end);
	sched_wake_all(&tty.readers);
	poll_wake();
}

static bool tty_is_key(char c, unsigned key)
{
	return c != 0 && tty.settings.cc[key] == (uint8_t)c;
}

static void tty_edit(char c)
{
	if (tty_is_key(c, TTY_VERASE) || c == '\b' || c == 127) {
		if (tty.length > 0)
			tty_erase_one();
	} else if (tty_is_key(c, TTY_VKILL)) {
		while (tty.length > 0)
			tty_erase_one();
	} else if (tty_is_key(c, TTY_VWERASE)) {
		tty_erase_word();
	} else if (tty_is_key(c, TTY_VEOF)) {
		tty_finish_line(TTY_EOF_MARK);
	} else if (c == '\n') {
		tty_echo(c);
		tty_finish_line('\n');
	} else if (tty.length < TTY_LINE) {
		tty_echo(c);
		tty.line[tty.length] = c;
		tty.length++;
	}
}

/* Handle a key that sends a signal. */
static bool tty_signal(char c)
{
	int signo = tty_is_key(c, TTY_VINTR) ? SIGINT : tty_is_key(c, TTY_VQUIT) ? SIGQUIT :
		    tty_is_key(c, TTY_VSUSP) ? SIGTSTP : 0;
	if (!(tty.settings.lflag & TTY_ISIG) || !signo)
		return false;
	tty_flush_input();
	tty_echo(c);
	signal_send_group(tty_group(), signo);
	return true;
}

static void tty_take(char c)
{
	if (c == '\r' && tty.settings.iflag & TTY_IGNCR)
		return;
	if (c == '\r' && tty.settings.iflag & TTY_ICRNL)
		c = '\n';
	else if (c == '\n' && tty.settings.iflag & TTY_INLCR)
		c = '\r';
	if (tty_signal(c))
		return;
	if (tty.settings.lflag & TTY_ICANON) {
		tty_edit(c);
		return;
	}
	tty_echo(c);
	tty_enqueue((uint8_t)c);
	sched_wake_all(&tty.readers);
	poll_wake();
}

void tty_work(void)
{
	while (tty.ring_out != tty.ring_in) {
		ASSERT(tty.ring_in - tty.ring_out <= TTY_RING); /* [tty.1] */
		char c = (char)tty.ring[tty.ring_out % TTY_RING];
		tty.ring_out++;
		tty_take(c);
	}
}

/* --- reading --- */

/*
 * Raw mode: enough bytes by VMIN and VTIME? @since: the tick at which reading, or the last byte,
 * began.
 */
static bool tty_raw_ready(uint64_t since)
{
	unsigned least = tty.settings.cc[TTY_VMIN];
	uint64_t tenths = tty.settings.cc[TTY_VTIME];
	if (tty_queued() >= MAX(least, 1u))
		return true;
	bool over = sched_ticks() >= since + tenths * (SCHED_HZ / 10);
	if (least == 0)
		return over;
	return tenths > 0 && tty_queued() > 0 && over;
}

static bool tty_ready(uint64_t since)
{
	return tty.settings.lflag & TTY_ICANON ? tty.lines > 0 : tty_raw_ready(since);
}

static int tty_wait(const struct file *f)
{
	uint64_t since = sched_ticks();
	while (!tty_ready(since)) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		bool raw = !(tty.settings.lflag & TTY_ICANON);
		uint64_t tenths = raw ? tty.settings.cc[TTY_VTIME] : 0;
		uint64_t over = since + tenths * (SCHED_HZ / 10);
		int error = tenths ? sched_sleep_until(&tty.readers, over)
				   : sched_sleep_interruptible(&tty.readers);
		if (error)
			return error;
	}
	return 0;
}

static int tty_move_out(struct io *io)
{
	bool canonical = tty.settings.lflag & TTY_ICANON;
	while (io->left > 0 && tty_queued() > 0) {
		uint16_t entry = tty_dequeue();
		if (entry == TTY_EOF_MARK)
			break;
		uint8_t byte = (uint8_t)entry;
		if (io_give(io, &byte, 1) == 0)
			return -EFAULT;
		if (canonical && byte == '\n')
			break;
	}
	return 0;
}

static int tty_read(struct file *f, struct io *io)
{
	tty_work();
	int error = tty_check_foreground();
	if (!error && io->left > 0)
		error = tty_wait(f);
	return error ? error : tty_move_out(io);
}

static int tty_write(struct file *f, struct io *io)
{
	(void)f;
	int error = tty.settings.lflag & TTY_TOSTOP ? tty_check_change() : 0;
	while (!error && io->left > 0) {
		char chunk[TTY_CHUNK];
		size_t n = MIN(io->left, sizeof(chunk)), moved = io_take(io, chunk, n);
		tty_print(chunk, moved);
		error = moved < n ? -EFAULT : 0;
	}
	return error;
}

/* --- ioctl --- */

static long tty_set(struct aspace *as, uptr_t arg, bool flush)
{
	struct tty_settings new;
	int error = tty_check_change();
	if (error)
		return error;
	if (user_read(as, &new, arg, sizeof(new)) != 0)
		return -EFAULT;
	if (flush)
		tty_flush_input();
	bool was_canonical = tty.settings.lflag & TTY_ICANON;
	tty.settings = new;
	/* In raw mode a partial line becomes ordinary input. */
	if (was_canonical && !(new.lflag & TTY_ICANON)) {
		for (uint32_t i = 0; i < tty.length; i++)
			tty_enqueue((uint8_t)tty.line[i]);
		tty.length = 0;
	}
	return 0;
}

static unsigned tty_poll(struct file *f)
{
	(void)f;
	tty_work();
	return POLL_OUT | (tty_ready(sched_ticks()) ? POLL_IN : 0);
}

static long tty_ioctl(struct file *f, unsigned request, struct aspace *as, uptr_t arg)
{
	uint32_t queued = tty_queued();
	(void)f;
	switch (request) {
	case TTY_TCGETS:
		return user_write(as, arg, &tty.settings, sizeof(tty.settings));
	case TTY_TCSETS:
	case TTY_TCSETSW:
		return tty_set(as, arg, false);
	case TTY_TCSETSF:
		return tty_set(as, arg, true);
	case TTY_TCFLSH:
		tty_flush_input();
		return 0;
	case TTY_TIOCGPGRP:
		return tty_tell_owner(as, arg, tty_group());
	case TTY_TIOCSPGRP:
		return tty_set_foreground(as, arg);
	case TTY_TIOCGSID:
		return tty_tell_owner(as, arg, tty_session());
	case TTY_TIOCSCTTY:
		return tty_take_over(arg == 1);
	case TTY_TIOCNOTTY:
		return tty_give_up();
	case TTY_TIOCGWINSZ:
		return user_write(as, arg, &tty.size, sizeof(tty.size));
	case TTY_TIOCSWINSZ:
		return user_read(as, &tty.size, arg, sizeof(tty.size));
	case TTY_FIONREAD:
		return user_write(as, arg, &queued, sizeof(queued));
	case TTY_TCSBRK:
	case TTY_TCXONC:
		return 0;
	}
	return -ENOTTY;
}

const struct file_ops tty_ops = {
	.name = "tty", .read = tty_read, .write = tty_write, .ioctl = tty_ioctl, .poll = tty_poll,
};
