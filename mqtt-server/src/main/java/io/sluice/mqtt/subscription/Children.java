package io.sluice.mqtt.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The next levels of a node but '+', never none: a few in a list that is never written to, or many in a concurrent map,
 * so that one more of a million costs no copy. One writer at a time; readers on all threads, provided that the field
 * which keeps it is volatile.
 *
 * @param <S> what is subscribed
 */
sealed interface Children<S> {

    /** Up to here they are searched one after the other, which takes no text of its own as a key. */
    int FEW_MAX = 8;

    /** The child for the level at [from, end) of the text. */
    @Nullable
    FilterNode<S> find(String text, int from, int end);

    /** These and one more, whose level is not among them. */
    Children<S> with(FilterNode<S> child);

    /** These without one that is among them; null when none is left. */
    @Nullable
    Children<S> without(FilterNode<S> child);

    /** A few, copied for each change. */
    record Few<S>(List<FilterNode<S>> list) implements Children<S> {

        @Override
        public @Nullable FilterNode<S> find(String text, int from, int end) {
            for (int i = 0; i < list.size(); i++) {
                FilterNode<S> child = list.get(i);
                if (child.level.length() == end - from && text.startsWith(child.level, from)) {
                    return child;
                }
            }
            return null;
        }

        @Override
        public Children<S> with(FilterNode<S> child) {
            if (list.size() == FEW_MAX) {
                ConcurrentHashMap<String, FilterNode<S>> map = new ConcurrentHashMap<>(4 * FEW_MAX);
                list.forEach(each -> map.put(each.level, each));
                map.put(child.level, child);
                return new Many<>(map);
            }
            List<FilterNode<S>> more = new ArrayList<>(list);
            more.add(child);
            return new Few<>(List.copyOf(more));
        }

        @Override
        public @Nullable Children<S> without(FilterNode<S> child) {
            if (list.size() == 1) {
                return null;
            }
            List<FilterNode<S>> fewer = new ArrayList<>(list);
            fewer.remove(child);
            return new Few<>(List.copyOf(fewer));
        }
    }

    /** Many, in one map until none is left. */
    record Many<S>(ConcurrentHashMap<String, FilterNode<S>> map) implements Children<S> {

        @Override
        public @Nullable FilterNode<S> find(String text, int from, int end) {
            return map.get(text.substring(from, end));
        }

        @Override
        public Children<S> with(FilterNode<S> child) {
            map.put(child.level, child);
            return this;
        }

        @Override
        public @Nullable Children<S> without(FilterNode<S> child) {
            map.remove(child.level);
            return map.isEmpty() ? null : this;
        }
    }
}
