package dev.attune.store;

import dev.attune.model.Bytes;
import dev.attune.model.kv.KeyRange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds whose range holds a key: single keys by hash, wider ranges in a treap ordered by start where each node knows
 * the greatest end below it. Each element has its own range and is added once. One thread.
 *
 * <p>The priorities that balance the treap come from a counter, mixed, so that the same calls build the same tree.
 */
final class RangeIndex<T> {
    private final Map<Bytes, Cell<T>> single = new HashMap<>();
    private @Nullable Node<T> root;
    private long added;

    void add(KeyRange range, T element) {
        if (range.isSingleKey()) {
            single.compute(range.start(), (key, others) -> new Cell<>(element, others));
            return;
        }
        root = insert(root, new Node<>(range, element, added++));
    }

    /** Removes what was added under the same range. */
    void remove(KeyRange range, T element) {
        if (range.isSingleKey()) single.computeIfPresent(range.start(), (key, all) -> without(all, element));
        else root = delete(root, range, element);
    }

    void forEach(Bytes key, Consumer<T> found) {
        for (Cell<T> cell = single.get(key); cell != null; cell = cell.next) found.accept(cell.element);
        visit(root, key, found);
    }

    private void visit(@Nullable Node<T> node, Bytes key, Consumer<T> found) {
        if (node == null || !before(key, node.greatestEnd)) return;
        visit(node.left, key, found);
        if (node.range.start().compareTo(key) > 0) return;
        if (before(key, end(node.range))) found.accept(node.element);
        visit(node.right, key, found);
    }

    private Node<T> insert(@Nullable Node<T> at, Node<T> node) {
        if (at == null) return node;
        if (node.range.start().compareTo(at.range.start()) < 0) {
            Node<T> left = insert(at.left, node);
            at.left = left;
            if (left.priority > at.priority) return rotateRight(at, left);
        } else {
            Node<T> right = insert(at.right, node);
            at.right = right;
            if (right.priority > at.priority) return rotateLeft(at, right);
        }
        at.update();
        return at;
    }

    private @Nullable Node<T> delete(@Nullable Node<T> at, KeyRange range, T element) {
        if (at == null) return null;
        if (at.element == element) return merge(at.left, at.right);
        int order = range.start().compareTo(at.range.start());
        // After rotations equal starts may lie on either side.
        if (order <= 0) at.left = delete(at.left, range, element);
        if (order >= 0) at.right = delete(at.right, range, element);
        at.update();
        return at;
    }

    private @Nullable Node<T> merge(@Nullable Node<T> left, @Nullable Node<T> right) {
        if (left == null) return right;
        if (right == null) return left;
        if (left.priority > right.priority) {
            left.right = merge(left.right, right);
            left.update();
            return left;
        }
        right.left = merge(left, right.left);
        right.update();
        return right;
    }

    private Node<T> rotateRight(Node<T> at, Node<T> left) {
        at.left = left.right;
        left.right = at;
        at.update();
        left.update();
        return left;
    }

    private Node<T> rotateLeft(Node<T> at, Node<T> right) {
        at.right = right.left;
        right.left = at;
        at.update();
        right.update();
        return right;
    }

    private static <T> @Nullable Cell<T> without(Cell<T> cells, T element) {
        Cell<T> kept = null;
        for (Cell<T> cell = cells; cell != null; cell = cell.next)
            if (cell.element != element) kept = new Cell<>(cell.element, kept);
        return kept;
    }

    /** The exclusive end, or null for none. */
    private static @Nullable Bytes end(KeyRange range) {
        return range.isUnbounded() ? null : range.end();
    }

    private static boolean before(Bytes key, @Nullable Bytes end) {
        return end == null || key.compareTo(end) < 0;
    }

    /** One of the elements of a single key; those are few, since equal watches share one element. */
    private static final class Cell<T> {
        private final T element;
        private final @Nullable Cell<T> next;

        Cell(T element, @Nullable Cell<T> next) {
            this.element = element;
            this.next = next;
        }
    }

    /** A range in the treap. */
    private static final class Node<T> {
        private final KeyRange range;
        private final T element;
        private final long priority;
        private @Nullable Node<T> left;
        private @Nullable Node<T> right;
        // Null for no bound.
        private @Nullable Bytes greatestEnd;

        Node(KeyRange range, T element, long number) {
            this.range = range;
            this.element = element;
            long mixed = (number + 1) * 0x9e3779b97f4a7c15L;
            priority = (mixed ^ (mixed >>> 29)) * 0xd1b54a32d192ed03L;
            greatestEnd = end(range);
        }

        void update() {
            greatestEnd = greater(greater(end(range), left), right);
        }

        private static <T> @Nullable Bytes greater(@Nullable Bytes end, @Nullable Node<T> child) {
            if (end == null || child == null) return end;
            Bytes other = child.greatestEnd;
            return other == null || other.compareTo(end) > 0 ? other : end;
        }
    }
}
