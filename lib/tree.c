/*
 * Balanced trees: height-balanced binary search trees, by Adelson-Velsky and Landis (1962).
 *
 * The two subtrees of a node differ in height by at most one, so a tree of n nodes is at most
 * 1.44 log2(n) deep: an address space with a thousand areas is searched in fourteen steps. After
 * a change, rebalancing walks up from it and rotates every node whose subtrees differ by two, once
 * or twice; it stops where the height is what it was before, as nothing above can have changed.
 *
 * Nodes point to their parent, so that in-order traversal needs no stack, and removal no search.
 *
 * Always true (tree_check):
 *   [tree.1]  a node's height is one more than the greater of its children's; no child counts as 0
 *   [tree.2]  the heights of a node's children differ by at most one
 *   [tree.3]  a child's parent is the node that has it as child; the root's is NULL
 * The order of keys is the caller's: the tree never sees a key.
 */
#include "lib/tree.h"

#include "lib/assert.h"

static int tree_height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

static int tree_lean(const struct tree_node *node)
{
	return tree_height(node->left) - tree_height(node->right);
}

static void tree_update_height(struct tree_node *node)
{
	node->height = 1 + MAX(tree_height(node->left), tree_height(node->right));
}

/* The place that points to @node: a child field, or the root. */
static struct tree_node **tree_link(struct tree *tree, const struct tree_node *node)
{
	if (!node->parent)
		return &tree->root;
	return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

/* Put @with, or nothing, where @node hangs. */
static void tree_replace(struct tree *tree, struct tree_node *node, struct tree_node *with)
{
	*tree_link(tree, node) = with;
	if (with)
		with->parent = node->parent;
}

/* @node's left child takes its place; @node becomes that child's right one. */
static struct tree_node *tree_turn_right(struct tree *tree, struct tree_node *node)
{
	struct tree_node *top = node->left;
	tree_replace(tree, node, top);
	node->left = top->right;
	if (node->left)
		node->left->parent = node;
	top->right = node;
	node->parent = top;
	tree_update_height(node);
	tree_update_height(top);
	return top;
}

static struct tree_node *tree_turn_left(struct tree *tree, struct tree_node *node)
{
	struct tree_node *top = node->right;
	tree_replace(tree, node, top);
	node->right = top->left;
	if (node->right)
		node->right->parent = node;
	top->left = node;
	node->parent = top;
	tree_update_height(node);
	tree_update_height(top);
	return top;
}

/* Make [tree.2] true of @node, whose subtrees are in order. Returns the subtree's new top. */
static struct tree_node *tree_settle(struct tree *tree, struct tree_node *node)
{
	int lean = tree_lean(node);
	if (lean > 1) {
		if (tree_lean(node->left) < 0)
			tree_turn_left(tree, node->left);
		return tree_turn_right(tree, node);
	}
	if (lean < -1) {
		if (tree_lean(node->right) > 0)
			tree_turn_right(tree, node->right);
		return tree_turn_left(tree, node);
	}
	tree_update_height(node);
	return node;
}

/* A child of @node has changed height: bring it and all above in order. */
static void tree_rebalance(struct tree *tree, struct tree_node *node)
{
	while (node) {
		int before = node->height;
		struct tree_node *top = tree_settle(tree, node);
		if (top->height == before)
			return;
		node = top->parent;
	}
}

void tree_insert(struct tree *tree, struct tree_node *node, struct tree_node *parent,
		 struct tree_node **link)
{
	ASSERT(!*link);
	node->parent = parent;
	node->left = NULL;
	node->right = NULL;
	node->height = 1;
	*link = node;
	tree_rebalance(tree, parent);
}

/* @node has two children: its successor, which has no left child, takes its place. */
static void tree_remove_inner(struct tree *tree, struct tree_node *node)
{
	struct tree_node *next = tree_next(node);
	struct tree_node *changed = next->parent == node ? next : next->parent;
	tree_replace(tree, next, next->right);
	next->left = node->left;
	next->left->parent = next;
	next->right = node->right;
	if (next->right)
		next->right->parent = next;
	next->height = node->height;
	tree_replace(tree, node, next);
	tree_rebalance(tree, changed);
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	if (node->left && node->right) {
		tree_remove_inner(tree, node);
		return;
	}
	struct tree_node *parent = node->parent;
	tree_replace(tree, node, node->left ? node->left : node->right);
	tree_rebalance(tree, parent);
}

static struct tree_node *tree_leftmost(struct tree_node *node)
{
	while (node && node->left)
		node = node->left;
	return node;
}

static struct tree_node *tree_rightmost(struct tree_node *node)
{
	while (node && node->right)
		node = node->right;
	return node;
}

struct tree_node *tree_first(const struct tree *tree)
{
	return tree_leftmost(tree->root);
}

struct tree_node *tree_last(const struct tree *tree)
{
	return tree_rightmost(tree->root);
}

struct tree_node *tree_next(const struct tree_node *node)
{
	if (node->right)
		return tree_leftmost(node->right);
	while (node->parent && node->parent->right == node)
		node = node->parent;
	return node->parent;
}

struct tree_node *tree_prev(const struct tree_node *node)
{
	if (node->left)
		return tree_rightmost(node->left);
	while (node->parent && node->parent->left == node)
		node = node->parent;
	return node->parent;
}

/* Recursion is as deep as the tree, which [tree.2] bounds. */
static size_t tree_check_below(const struct tree_node *node, const struct tree_node *parent)
{
	if (!node)
		return 0;
	ASSERT(node->parent == parent); /* [tree.3] */
	size_t count = 1 + tree_check_below(node->left, node) + tree_check_below(node->right, node);
	/* [tree.1] */
	ASSERT(node->height == 1 + MAX(tree_height(node->left), tree_height(node->right)));
	ASSERT(tree_lean(node) >= -1 && tree_lean(node) <= 1); /* [tree.2] */
	return count;
}

size_t tree_check(const struct tree *tree)
{
	return tree_check_below(tree->root, NULL);
}
