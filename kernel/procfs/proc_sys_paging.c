/*
 * /proc/sys/vm: how pages are replaced, read and changed while the machine runs.
 *
 * A choice reads as on Linux: all names, the current one in brackets. Writing a name selects it.
 */
#include "kernel/procfs/proc.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/allot.h"
#include "mm/policy/policy.h"
#include "mm/reclaim.h"

enum { PAGING_WORD = 32 };

static void paging_add_name(struct text *t, const char *name, bool in_force)
{
	text_add(t, "%s%s%s%s", t->length ? " " : "", in_force ? "[" : "", name,
		 in_force ? "]" : "");
}

/* The written text, without surrounding blanks and newline. False: too long, or empty. */
static bool paging_word(char word[PAGING_WORD], const char *text)
{
	while (*text == ' ')
		text++;
	size_t n = 0;
	while (text[n] != 0 && text[n] != '\n' && text[n] != ' ')
		n++;
	const char *rest = text + n;
	while (*rest == '\n' || *rest == ' ')
		rest++;
	if (n == 0 || n >= PAGING_WORD || *rest != 0)
		return false;
	memcpy(word, text, n);
	word[n] = 0;
	return true;
}

bool proc_take_number(const char *text, uint32_t *number)
{
	char word[PAGING_WORD];
	return paging_word(word, text) && string_to_size(word, number);
}

/* --- policy --- */

void proc_show_policy(struct text *t, struct process *p)
{
	(void)p;
	const char *name;
	for (unsigned k = 0; (name = policy_nth_name(k)) != NULL; k++)
		paging_add_name(t, name, strcmp(name, policy_name()) == 0);
	text_add(t, "\n");
}

int proc_store_policy(struct process *p, const char *text)
{
	(void)p;
	char word[PAGING_WORD];
	return paging_word(word, text) ? policy_switch(word) : -EINVAL;
}

/* --- replacement and allocation --- */

void proc_show_replacement(struct text *t, struct process *p)
{
	(void)p;
	paging_add_name(t, "global", !policy_is_local());
	paging_add_name(t, "local", policy_is_local());
	text_add(t, "\n");
}

/* Which of two words @text is; -EINVAL: neither. */
static int paging_choice(const char *text, const char *zero, const char *one)
{
	char word[PAGING_WORD];
	if (!paging_word(word, text))
		return -EINVAL;
	if (strcmp(word, zero) == 0)
		return 0;
	return strcmp(word, one) == 0 ? 1 : -EINVAL;
}

int proc_store_replacement(struct process *p, const char *text)
{
	(void)p;
	int local = paging_choice(text, "global", "local");
	if (local < 0)
		return local;
	return reclaim_set_local(local == 1);
}

void proc_show_allocation(struct text *t, struct process *p)
{
	(void)p;
	paging_add_name(t, "equal", allot_stats.rule == ALLOT_EQUAL);
	paging_add_name(t, "pff", allot_stats.rule == ALLOT_PFF);
	text_add(t, "\n");
}

int proc_store_allocation(struct process *p, const char *text)
{
	(void)p;
	int pff = paging_choice(text, "equal", "pff");
	if (pff < 0)
		return pff;
	allot_set_rule(pff ? ALLOT_PFF : ALLOT_EQUAL);
	return 0;
}

/* --- numbers --- */

void proc_show_pff_low(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%u\n", allot_stats.pff_low);
}

void proc_show_pff_high(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%u\n", allot_stats.pff_high);
}

void proc_show_window(struct text *t, struct process *p)
{
	(void)p;
	text_add(t, "%u\n", allot_stats.window);
}

/* The bounds may be equal, but not cross. */
int proc_store_pff_low(struct process *p, const char *text)
{
	(void)p;
	uint32_t n;
	if (!proc_take_number(text, &n) || n > allot_stats.pff_high)
		return -EINVAL;
	allot_stats.pff_low = n;
	return 0;
}

int proc_store_pff_high(struct process *p, const char *text)
{
	(void)p;
	uint32_t n;
	if (!proc_take_number(text, &n) || n < allot_stats.pff_low)
		return -EINVAL;
	allot_stats.pff_high = n;
	return 0;
}

int proc_store_window(struct process *p, const char *text)
{
	(void)p;
	uint32_t n;
	if (!proc_take_number(text, &n))
		return -EINVAL;
	allot_stats.window = n;
	return 0;
}
