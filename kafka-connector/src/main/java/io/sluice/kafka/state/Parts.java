package io.sluice.kafka.state;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one session, encoded, by the part of their key. Most sessions have a few, and there are many sessions: up
 * to {@value #FEW} stand in one array, keys and values in turns, which is replaced when it changes. Changed by one thread;
 * safe for all to read.
 */
final class Parts extends AbstractMap<String, byte[]> {

    static final int FEW = 16;

    private static final Object[] NONE = {};

    /** Keys and values in turns, or a map when there are more. */
    private volatile Object content = NONE;

    @Override
    public byte @Nullable [] get(Object key) {
        Object now = content;
        if (now instanceof Object[] pairs) {
            int index = indexOf(pairs, key);
            return index < 0 ? null : (byte[]) pairs[index + 1];
        }
        return many(now).get(key);
    }

    @Override
    public boolean containsKey(Object key) {
        return get(key) != null;
    }

    @Override
    public int size() {
        Object now = content;
        return now instanceof Object[] pairs ? pairs.length / 2 : many(now).size();
    }

    @Override
    public byte @Nullable [] put(String key, byte[] value) {
        Object now = content;
        if (!(now instanceof Object[] pairs)) {
            return many(now).put(key, value);
        }
        int index = indexOf(pairs, key);
        if (index >= 0) {
            Object[] changed = pairs.clone();
            changed[index + 1] = value;
            content = changed;
            return (byte[]) pairs[index + 1];
        }
        if (pairs.length / 2 == FEW) {
            Map<String, byte[]> many = new ConcurrentHashMap<>(this);
            many.put(key, value);
            content = many;
            return null;
        }
        Object[] longer = Arrays.copyOf(pairs, pairs.length + 2);
        longer[pairs.length] = key;
        longer[pairs.length + 1] = value;
        content = longer;
        return null;
    }

    @Override
    public byte @Nullable [] remove(Object key) {
        Object now = content;
        if (!(now instanceof Object[] pairs)) {
            Map<String, byte[]> many = many(now);
            byte[] before = many.remove(key);
            if (many.size() <= FEW / 2) {
                content = pairs(many);
            }
            return before;
        }
        int index = indexOf(pairs, key);
        if (index < 0) {
            return null;
        }
        Object[] shorter = Arrays.copyOf(pairs, pairs.length - 2);
        System.arraycopy(pairs, index + 2, shorter, index, pairs.length - index - 2);
        content = shorter.length == 0 ? NONE : shorter;
        return (byte[]) pairs[index + 1];
    }

    @Override
    public void clear() {
        content = NONE;
    }

    /** As they are now: what changes later is not seen, or not wholly. Not to be changed through it. */
    @Override
    public Set<Map.Entry<String, byte[]>> entrySet() {
        Object now = content;
        if (!(now instanceof Object[] pairs)) {
            return Map.copyOf(many(now)).entrySet();
        }
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, byte[]>> iterator() {
                return new PairIterator(pairs);
            }

            @Override
            public int size() {
                return pairs.length / 2;
            }
        };
    }

    private static int indexOf(Object[] pairs, Object key) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private static Object[] pairs(Map<String, byte[]> many) {
        Object[] pairs = new Object[many.size() * 2];
        int i = 0;
        for (Map.Entry<String, byte[]> entry : many.entrySet()) {
            pairs[i] = entry.getKey();
            pairs[i + 1] = entry.getValue();
            i += 2;
        }
        return pairs;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, byte[]> many(Object content) {
        return (Map<String, byte[]>) content;
    }

    private static final class PairIterator implements Iterator<Map.Entry<String, byte[]>> {
        private final Object[] pairs;
        private int next;

        PairIterator(Object[] pairs) {
            this.pairs = pairs;
        }

        @Override
        public boolean hasNext() {
            return next < pairs.length;
        }

        @Override
        public Map.Entry<String, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, byte[]> entry = Map.entry((String) pairs[next], (byte[]) pairs[next + 1]);
            next += 2;
            return entry;
        }
    }
}
