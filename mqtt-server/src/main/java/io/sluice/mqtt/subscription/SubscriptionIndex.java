package io.sluice.mqtt.subscription;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions by topic filter: a trie over the filters' levels. Safe for all threads: matching takes no lock,
 * adding and removing take one.
 *
 * <p>A subscription that is there during the whole of a match is found, exactly once; one that comes or goes meanwhile
 * may be found. Filters are told apart by their levels, so that a shared filter is where its inner filter is.
 *
 * @param <S> what is subscribed; told apart by equals and hashCode, which must not change while it is in here
 */
public final class SubscriptionIndex<S> {

    /*
     * Why readers are safe. A reader goes from the root by volatile reads. Each refers either to something that is
     * never changed again (a list of a few), or to a concurrent map or set, or to a node, whose fields are volatile in
     * turn. Writers are one at a time and do each change by one volatile write or one operation on a concurrent
     * collection, of something complete. When few become many the new collection has all that the old had, before it
     * is seen. A node is taken out only when it is empty: whoever still looks at it misses nothing that was there
     * before, and nothing is ever added to a node that has been taken out, because the writers' walk starts at the root.
     *
     * The cost. Adding and removing are in the number of levels, not of filters or subscribers. A match visits the nodes
     * that fit: each at most once, since a node has one depth. It walks the text by index; it makes a text for a level
     * only where a map has to be asked, and its stack grows only where there is a '+'. Neither walk is
     * recursive: 65,535 bytes of slashes are 65,536 levels.
     */

    private static final int[] NONE = new int[0];

    private final ReentrantLock writing = new ReentrantLock();
    private final FilterNode<S> root = new FilterNode<>("");
    private final AtomicInteger filters = new AtomicInteger();
    private final AtomicLong version = new AtomicLong();
    private final AtomicInteger size = new AtomicInteger();

    /**
     * Adds the subscription. Any thread.
     *
     * @return whether it is new; an equal one under this filter stays as it is
     */
    public boolean add(TopicFilter filter, S subscription) {
        writing.lock();
        try {
            FilterNode<S> node = root;
            List<String> levels = filter.levels();
            int depth = depth(levels);
            for (int i = 0; i < depth; i++) {
                node = childOrNew(node, levels.get(i));
            }
            return addTo(node, depth < levels.size(), subscription);
        } finally {
            writing.unlock();
        }
    }

    /**
     * Removes the subscription that equals this one. Any thread.
     *
     * @return whether it was there
     */
    public boolean remove(TopicFilter filter, S subscription) {
        writing.lock();
        try {
            List<String> levels = filter.levels();
            int depth = depth(levels);
            List<FilterNode<S>> path = new ArrayList<>(depth + 1);
            FilterNode<S> node = root;
            path.add(node);
            for (int i = 0; i < depth; i++) {
                node = child(node, levels.get(i));
                if (node == null) {
                    return false;
                }
                path.add(node);
            }
            boolean removed = removeFrom(node, depth < levels.size(), subscription);
            if (removed) {
                prune(path);
            }
            return removed;
        } finally {
            writing.unlock();
        }
    }

    /** Gives out each subscription whose filter matches, in no order. Any thread; the consumer must not throw. */
    public void match(TopicName name, Consumer<? super S> onMatch) {
        String text = name.value();
        Branches<S> branches = new Branches<>();
        FilterNode<S> node = root;
        int from = 0;
        // [MQTT-4.7.2-1]: '#' and '+' as the first level do not match what starts with '$'.
        boolean wildcards = !name.isSystem();
        while (node != null) {
            if (wildcards) {
                forEach(node.rest, onMatch);
            }
            FilterNode<S> next = null;
            if (from > text.length()) {
                forEach(node.exact, onMatch);
            } else {
                int slash = text.indexOf('/', from);
                int end = slash < 0 ? text.length() : slash;
                next = node.child(text, from, end);
                // Past the end by one says that no level is left, since "a/" has an empty one.
                from = end + 1;
                branches.push(wildcards ? node.plus : null, from);
            }
            if (next == null) {
                from = branches.from();
                next = branches.pop();
            }
            node = next;
            wildcards = true;
        }
    }

    /**
     * A number that is another after each change: what was matched while it was the same is what would be matched now. A
     * change that {@link #add} or {@link #remove} has returned from has changed it.
     */
    public long version() {
        return version.get();
    }

    /** How many different filters there are. */
    public int filters() {
        return filters.get();
    }

    /** How many subscriptions there are. */
    public int size() {
        return size.get();
    }

    /** Whether nothing is left in the trie, inner nodes included: for tests. */
    boolean isEmpty() {
        return root.isEmpty();
    }

    /** How many levels have a node: all but a last '#'. */
    private static int depth(List<String> levels) {
        int last = levels.size() - 1;
        return levels.get(last).equals(TopicFilter.MULTI_LEVEL) ? last : last + 1;
    }

    private FilterNode<S> childOrNew(FilterNode<S> node, String level) {
        FilterNode<S> child = child(node, level);
        if (child != null) {
            return child;
        }
        FilterNode<S> created = new FilterNode<>(level);
        if (level.equals(TopicFilter.SINGLE_LEVEL)) {
            node.plus = created;
        } else {
            Children<S> children = node.children;
            node.children = children == null ? new Children.Few<>(List.of(created)) : children.with(created);
        }
        return created;
    }

    private static <S> @Nullable FilterNode<S> child(FilterNode<S> node, String level) {
        return level.equals(TopicFilter.SINGLE_LEVEL) ? node.plus : node.child(level, 0, level.length());
    }

    private boolean addTo(FilterNode<S> node, boolean rest, S subscription) {
        Subscriptions<S> before = rest ? node.rest : node.exact;
        if (before != null && before.contains(subscription)) {
            return false;
        }
        Subscriptions<S> after = before == null ? new Subscriptions.One<>(subscription) : before.with(subscription);
        replace(node, rest, after);
        version.incrementAndGet();
        if (before == null) {
            filters.incrementAndGet();
        }
        size.incrementAndGet();
        return true;
    }

    private boolean removeFrom(FilterNode<S> node, boolean rest, S subscription) {
        Subscriptions<S> before = rest ? node.rest : node.exact;
        if (before == null || !before.contains(subscription)) {
            return false;
        }
        Subscriptions<S> after = before.without(subscription);
        replace(node, rest, after);
        version.incrementAndGet();
        if (after == null) {
            filters.decrementAndGet();
        }
        size.decrementAndGet();
        return true;
    }

    private static <S> void replace(FilterNode<S> node, boolean rest, @Nullable Subscriptions<S> subscriptions) {
        if (rest) {
            node.rest = subscriptions;
        } else {
            node.exact = subscriptions;
        }
    }

    /** Takes out the nodes at the end of the path that have become empty. */
    private static <S> void prune(List<FilterNode<S>> path) {
        for (int i = path.size() - 1; i > 0 && path.get(i).isEmpty(); i--) {
            FilterNode<S> node = path.get(i);
            FilterNode<S> parent = path.get(i - 1);
            Children<S> siblings = parent.children;
            if (parent.plus == node) {
                parent.plus = null;
            } else if (siblings != null) {
                parent.children = siblings.without(node);
            }
        }
    }

    private static <S> void forEach(@Nullable Subscriptions<S> subscriptions, Consumer<? super S> onMatch) {
        if (subscriptions != null) {
            subscriptions.forEach(onMatch);
        }
    }

    /** The '+' nodes that are still to be visited, each with the place in the text where its next level starts. */
    private static final class Branches<S> {

        private final ArrayList<FilterNode<S>> nodes = new ArrayList<>(0);
        private int[] froms = NONE;

        void push(@Nullable FilterNode<S> node, int from) {
            if (node == null) {
                return;
            }
            if (nodes.size() == froms.length) {
                froms = Arrays.copyOf(froms, Math.max(8, 2 * froms.length));
            }
            froms[nodes.size()] = from;
            nodes.add(node);
        }

        /** Of the node that {@link #pop} gives next. */
        int from() {
            return nodes.isEmpty() ? 0 : froms[nodes.size() - 1];
        }

        @Nullable
        FilterNode<S> pop() {
            return nodes.isEmpty() ? null : nodes.remove(nodes.size() - 1);
        }
    }
}
