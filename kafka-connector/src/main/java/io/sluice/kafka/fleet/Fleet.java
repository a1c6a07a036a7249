package io.sluice.kafka.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive, as one instance sees it: from what stands in the log, and from how long ago it came. Pure, and confined
 * to one thread; times are a monotonic clock's nanoseconds.
 *
 * <p>Whoever is gone stays gone: an instance that was taken for dead and wakes up is another one from then on. So all
 * that replay the same log agree on who is gone, and who looks overdue to one alone counts for nothing but the word
 * that this one writes.
 */
final class Fleet {

    /** So many of the gone are remembered: who is neither alive nor remembered is gone as well. */
    private static final int GONE_MAX = 10_000;

    private static final class Member {
        final String id;
        final long startedEpochMillis;
        long seenNanos;

        Member(String id, long startedEpochMillis) {
            this.id = id;
            this.startedEpochMillis = startedEpochMillis;
        }
    }

    private final String me;
    private final long timeoutNanos;
    private final Map<String, Member> alive = new HashMap<>();
    /** The gone, and whether their transactions have been ended. */
    private final Map<String, Boolean> gone = new LinkedHashMap<>();

    Fleet(String me, long timeoutNanos) {
        this.me = me;
        this.timeoutNanos = timeoutNanos;
    }

    /** An instance says that it lives. */
    void onBeat(String id, long startedEpochMillis, long nowNanos) {
        if (!gone.containsKey(id)) {
            alive.computeIfAbsent(id, ignored -> new Member(id, startedEpochMillis)).seenNanos = nowNanos;
        }
    }

    /**
     * An instance has left, or was found dead, or its transactions were ended, which says the same.
     *
     * @return whether that is news
     */
    boolean onGone(String id, boolean isFenced) {
        alive.remove(id);
        Boolean known = gone.put(id, isFenced || gone.getOrDefault(id, false));
        if (gone.size() > GONE_MAX) {
            Iterator<String> oldest = gone.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return known == null;
    }

    boolean isAlive(String id) {
        return alive.containsKey(id);
    }

    boolean isGone(String id) {
        return gone.containsKey(id);
    }

    /** The gone whose transactions may still be open. */
    Set<String> unfenced() {
        Set<String> unfenced = new LinkedHashSet<>();
        gone.forEach((id, isFenced) -> {
            if (!isFenced) {
                unfenced.add(id);
            }
        });
        return unfenced;
    }

    /** How many live, as far as is known. */
    int size() {
        return alive.size();
    }

    /** Earlier processes of the instance with this name, which are dead, as there is one at a time. */
    List<String> earlier(String name) {
        return alive.keySet().stream()
                .filter(id -> !id.equals(me) && Instance.nameOf(id).equals(name))
                .toList();
    }

    /** Whether another process goes by the name of this one and has started later: it has taken its place. */
    boolean isReplaced() {
        Member mine = alive.get(me);
        return mine != null
                && alive.values().stream()
                        .anyMatch(other -> Instance.nameOf(other.id).equals(Instance.nameOf(me))
                                && ORDER.compare(other, mine) > 0);
    }

    /**
     * Who has not been heard of for too long.
     *
     * @param hearingSinceNanos since when this instance hears the others: while it did not, nobody is overdue
     */
    List<String> overdue(long nowNanos, long hearingSinceNanos) {
        List<String> overdue = new ArrayList<>();
        for (Member member : alive.values()) {
            long since = Math.max(member.seenNanos, hearingSinceNanos);
            if (!member.id.equals(me) && nowNanos - since > timeoutNanos) {
                overdue.add(member.id);
            }
        }
        return overdue;
    }

    /** Who guards what belongs to nobody: the oldest of those that are alive and not overdue, or null. */
    @Nullable
    String guardian(List<String> overdue) {
        return alive.values().stream()
                .filter(member -> !overdue.contains(member.id))
                .min(ORDER)
                .map(member -> member.id)
                .orElse(null);
    }

    private static final Comparator<Member> ORDER = Comparator.<Member>comparingLong(
                    member -> member.startedEpochMillis)
            .thenComparing(member -> member.id);
}
