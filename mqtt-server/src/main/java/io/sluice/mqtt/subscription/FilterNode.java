package io.sluice.mqtt.subscription;

import org.jspecify.annotations.Nullable;

/**
 * A level of the trie. One writer at a time; readers on all threads: every field that changes is volatile, and what it
 * refers to is complete before it is seen.
 *
 * @param <S> what is subscribed
 */
final class FilterNode<S> {

    final String level;

    /** Subscriptions whose filter ends here. */
    volatile @Nullable Subscriptions<S> exact;

    /** Subscriptions whose filter ends here with one '#' more. */
    volatile @Nullable Subscriptions<S> rest;

    /** The next level when it is '+'. */
    volatile @Nullable FilterNode<S> plus;

    /** The next level when it is any other. */
    volatile @Nullable Children<S> children;

    FilterNode(String level) {
        this.level = level;
    }

    @Nullable
    FilterNode<S> child(String text, int from, int end) {
        Children<S> snapshot = children;
        return snapshot == null ? null : snapshot.find(text, from, end);
    }

    boolean isEmpty() {
        return exact == null && rest == null && plus == null && children == null;
    }
}
