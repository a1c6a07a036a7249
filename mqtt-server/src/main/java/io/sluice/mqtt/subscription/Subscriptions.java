package io.sluice.mqtt.subscription;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions at one place of the trie, never none: one, a few in an array that is never written to, or many in a
 * concurrent set, so that one more of 100,000 costs no copy. {@link #with} and {@link #without} return what to keep
 * from now on. One writer at a time; readers on all threads, provided that the field which keeps it is volatile.
 *
 * @param <S> what is subscribed, told apart by equals
 */
sealed interface Subscriptions<S> {

    /** Beyond this many a change must not cost a copy. */
    int FEW_MAX = 8;

    boolean contains(S subscription);

    void forEach(Consumer<? super S> action);

    /** These and one more, which is not among them. */
    Subscriptions<S> with(S subscription);

    /** These without one that is among them; null when none is left. */
    @Nullable
    Subscriptions<S> without(S subscription);

    /** One: what most filters have. */
    record One<S>(S only) implements Subscriptions<S> {

        @Override
        public boolean contains(S subscription) {
            return only.equals(subscription);
        }

        @Override
        public void forEach(Consumer<? super S> action) {
            action.accept(only);
        }

        @Override
        public Subscriptions<S> with(S subscription) {
            return new Few<>(List.of(only, subscription));
        }

        @Override
        public @Nullable Subscriptions<S> without(S subscription) {
            return null;
        }
    }

    /** A few, copied for each change. */
    record Few<S>(List<S> list) implements Subscriptions<S> {

        @Override
        public boolean contains(S subscription) {
            return list.contains(subscription);
        }

        @Override
        public void forEach(Consumer<? super S> action) {
            for (int i = 0; i < list.size(); i++) {
                action.accept(list.get(i));
            }
        }

        @Override
        public Subscriptions<S> with(S subscription) {
            if (list.size() == FEW_MAX) {
                Set<S> set = ConcurrentHashMap.newKeySet(4 * FEW_MAX);
                set.addAll(list);
                set.add(subscription);
                return new Many<>(set);
            }
            List<S> more = new ArrayList<>(list);
            more.add(subscription);
            return new Few<>(List.copyOf(more));
        }

        @Override
        public Subscriptions<S> without(S subscription) {
            List<S> fewer = new ArrayList<>(list);
            fewer.remove(subscription);
            return fewer.size() == 1 ? new One<>(fewer.get(0)) : new Few<>(List.copyOf(fewer));
        }
    }

    /** Many, in one set until none is left. */
    record Many<S>(Set<S> set) implements Subscriptions<S> {

        @Override
        public boolean contains(S subscription) {
            return set.contains(subscription);
        }

        @Override
        public void forEach(Consumer<? super S> action) {
            set.forEach(action);
        }

        @Override
        public Subscriptions<S> with(S subscription) {
            set.add(subscription);
            return this;
        }

        @Override
        public @Nullable Subscriptions<S> without(S subscription) {
            set.remove(subscription);
            return set.isEmpty() ? null : this;
        }
    }
}
