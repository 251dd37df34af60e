/*
 * Balanced binary search trees (AVL), linked through a node inside the object.
 *
 * The tree knows no keys: the caller descends by itself and says where the new node belongs,
 * as each kind of object is compared in its own way.
 */
#ifndef LIB_TREE_H
#define LIB_TREE_H

#include "lib/base.h"

struct tree_node {
	struct tree_node *parent;
	struct tree_node *left;
	struct tree_node *right;
	int height; /* 1 for a leaf */
};

struct tree {
	struct tree_node *root;
};

#define tree_entry(node, type, member) container_of(node, type, member)

/*
 * Attach @node at *@link, which is &tree->root or a child field of @parent and is NULL; rebalance.
 */
void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
		 struct tree_node **link);
/* Take @node, which is in @tree, out; rebalance. */
void tree_remove(struct tree *tree, struct tree_node *node);
/* In order. NULL at the ends, or when the tree is empty. */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_last(const struct tree *tree);
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_prev(const struct tree_node *node);
/* Assert heights, balance and parent links; returns the number of nodes. */
size_t tree_check(const struct tree *tree);

#endif
