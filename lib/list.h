/*
 * Circular doubly linked lists, linked through a node inside the object.
 *
 * An empty list is a head that points to itself. A node that is on no list points to itself too
 * after list_remove, so list_node_linked can tell.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include "lib/base.h"

struct list_node {
	struct list_node *prev;
	struct list_node *next;
};

#define LIST_HEAD_INIT(head) { &(head), &(head) }
#define list_entry(node, type, member) container_of(node, type, member)
#define list_for_each(node, head) \
	for (struct list_node *node = (head)->next; node != (head); node = node->next)
/* The same over the objects: @entry is a @type *, its node is its @member. */
#define list_for_each_entry(type, entry, head, member) \
	for (type *entry = list_entry((head)->next, type, member); &entry->member != (head); \
	     entry = list_entry(entry->member.next, type, member))
/* The same; @entry may be removed from the list, and freed, inside the loop. */
#define list_for_each_entry_safe(type, entry, head, member) \
	for (type *entry = list_entry((head)->next, type, member), \
		  *entry##_next = list_entry(entry->member.next, type, member); \
	     &entry->member != (head); \
	     entry = entry##_next, entry##_next = list_entry(entry->member.next, type, member))
/* The current node may be removed from the list inside the loop. */
#define list_for_each_safe(node, head) \
	for (struct list_node *node = (head)->next, *node##_next = node->next; node != (head); \
	     node = node##_next, node##_next = node->next)

static inline void list_init(struct list_node *head)
{
	head->prev = head;
	head->next = head;
}

static inline bool list_empty(const struct list_node *head)
{
	return head->next == head;
}

static inline bool list_node_linked(const struct list_node *node)
{
	return node->next != node;
}

/* Put @node right before @at; with @at a head that is the end of its list. */
static inline void list_insert_before(struct list_node *node, struct list_node *at)
{
	node->prev = at->prev;
	node->next = at;
	at->prev->next = node;
	at->prev = node;
}

static inline void list_push_front(struct list_node *head, struct list_node *node)
{
	list_insert_before(node, head->next);
}

static inline void list_push_back(struct list_node *head, struct list_node *node)
{
	list_insert_before(node, head);
}

static inline void list_remove(struct list_node *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/* The first node, removed, or NULL. */
static inline struct list_node *list_pop_front(struct list_node *head)
{
	if (list_empty(head))
		return NULL;
	struct list_node *node = head->next;
	list_remove(node);
	return node;
}

/* All nodes of @from, in their order, to the end of @to; @from is empty after it. */
static inline void list_append_all(struct list_node *to, struct list_node *from)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#endif
