package io.sluice.mqtt.session;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives each message of a shared subscription to one of the members (MQTT 5, section 4.8.2), and to another one when that
 * goes before it has acknowledged. Pure: no clock, no socket; confined to the group's loop.
 *
 * <pre>
 *   offer ──▶ a member with credit ──▶ finish
 *     │               │ leaves: back, in its old place
 *     └──▶ waiting ◀──┘        full: refused, the group lags
 * </pre>
 *
 * <p>A key (the publisher, or the topic name) stays with the member that has unfinished messages of it, so that the order of
 * its messages is kept whoever comes and goes. A key of which nothing is unfinished goes to the member that its hash prefers,
 * or to the next in its order that has credit.
 *
 * @param <M> a member, compared by identity
 */
final class SharedDispatch<M> {

    /** Most unfinished messages of a group: they are written down with its cursors. */
    static final int UNFINISHED_MAX = 10_000;

    /** A member that has finished nothing for so many ticks, and owes something, is passed over where others can take. */
    static final int STALLED_TICKS = 3;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    /** Takes what is for a member. */
    interface Hand<M> {
        void hand(M member, SharedMessage message);
    }

    /**
     * The limits.
     *
     * @param waitingMessagesMax most messages that wait for a member with credit
     * @param waitingBytesMax most payload bytes that wait; one message is always taken
     * @param creditBytes most payload bytes that a member has unfinished; one message is always handed over
     */
    record Limits(int waitingMessagesMax, int waitingBytesMax, int creditBytes) {}

    /** A member's place. */
    static final class Seat<M> {
        private final M member;
        private final int hash;
        private final int credit;
        private final TreeMap<Long, SharedMessage> out = new TreeMap<>();
        private int bytes;
        private int idleTicks;
        private boolean progressed;

        Seat(M member, int hash, int credit) {
            this.member = member;
            this.hash = hash;
            this.credit = credit;
        }

        private boolean isStalled() {
            return idleTicks >= STALLED_TICKS;
        }
    }

    /** That a key stays with a member, for as long as so many of its messages are unfinished there. */
    static final class Pin {
        private final Object key;
        private final Seat<?> seat;
        private int count;

        Pin(Object key, Seat<?> seat) {
            this.key = key;
            this.seat = seat;
        }
    }

    private final ShareStrategy strategy;
    private final Limits limits;
    private final Hand<? super M> hand;
    private final Map<M, Seat<M>> seats = new LinkedHashMap<>();
    /** The seats in a circle, for turns. */
    private final List<Seat<M>> circle = new ArrayList<>();

    private final Map<Object, Pin> pins = new HashMap<>();
    private final TreeMap<Long, SharedMessage> waiting = new TreeMap<>();
    private final Map<Object, Integer> waitingKeys = new HashMap<>();
    private final Map<LogPartition, TreeSet<Long>> unfinished = new HashMap<>();
    private int unfinishedCount;
    private int waitingBytes;
    private long sequences;
    private int turn;

    SharedDispatch(ShareStrategy strategy, Limits limits, Hand<? super M> hand) {
        this.strategy = strategy;
        this.limits = limits;
        this.hand = hand;
    }

    // ---- members --------------------------------------------------------------------------------------------------

    /**
     * Somebody takes messages from now on.
     *
     * @param hash of its name: which keys prefer it
     * @param credit most messages that it has unfinished at once
     */
    void join(M member, int hash, int credit) {
        Seat<M> seat = new Seat<>(member, hash, credit);
        seats.put(member, seat);
        circle.add(seat);
        pump();
    }

    /**
     * Somebody takes no more: whatever it has not finished is for the others.
     *
     * @return how many messages that is
     */
    int leave(M member) {
        Seat<M> seat = seats.remove(member);
        if (seat == null) {
            return 0;
        }
        circle.remove(seat);
        List<SharedMessage> back = List.copyOf(seat.out.values());
        back.forEach(message -> {
            takeFrom(seat, message);
            await(message);
        });
        pump();
        return back.size();
    }

    boolean isEmpty() {
        return seats.isEmpty();
    }

    // ---- messages -------------------------------------------------------------------------------------------------

    /** Takes a message, or refuses when too many wait: then the group lags. */
    boolean offer(SharedMessage message) {
        Seat<M> seat = isBehindAnother(message) ? null : choose(message);
        if (unfinishedCount >= UNFINISHED_MAX || (seat == null && !hasRoomFor(message))) {
            return false;
        }
        expect(message.partition, message.offset);
        message.sequence = sequences++;
        if (seat == null) {
            await(message);
        } else {
            give(message, seat);
        }
        return true;
    }

    private boolean hasRoomFor(SharedMessage message) {
        return waiting.isEmpty()
                || (waiting.size() < limits.waitingMessagesMax()
                        && waitingBytes + message.bytes() <= limits.waitingBytesMax());
    }

    /** A message at this offset is unfinished, and is yet to come by {@link #redeliver} or {@link #lost}. */
    void expect(LogPartition partition, long offset) {
        if (unfinished.computeIfAbsent(partition, ignored -> new TreeSet<>()).add(offset)) {
            unfinishedCount++;
        }
    }

    /** Takes a message that was expected, however many wait. */
    void redeliver(SharedMessage message) {
        message.sequence = sequences++;
        await(message);
    }

    /** A message that was expected does not come: the log does not hold it any more. */
    void lost(LogPartition partition, long offset) {
        TreeSet<Long> offsets = unfinished.get(partition);
        if (offsets != null && offsets.remove(offset)) {
            unfinishedCount--;
            if (offsets.isEmpty()) {
                unfinished.remove(partition);
            }
        }
    }

    /** A member has acknowledged, or keeps the message for its client: nobody else gets it. {@link #pump} must follow. */
    void finish(SharedMessage message) {
        if (message.finished) {
            return;
        }
        message.finished = true;
        lost(message.partition, message.offset);
        Seat<?> seat = message.seat;
        if (seat == null) {
            stopWaiting(message);
        } else {
            seat.progressed = true;
            seat.idleTicks = 0;
            takeFrom(seat, message);
        }
    }

    /** A message that was finished was not sent after all: it is for another. {@link #pump} must follow. */
    void giveBack(SharedMessage message) {
        if (message.finished) {
            message.finished = false;
            expect(message.partition, message.offset);
            await(message);
        }
    }

    /** Hands over what waits, as far as there is credit. */
    void pump() {
        Set<Object> blocked = new HashSet<>();
        Iterator<SharedMessage> oldest = waiting.values().iterator();
        while (oldest.hasNext() && hasCredit()) {
            SharedMessage message = oldest.next();
            Object key = key(message);
            Seat<M> seat = key != null && blocked.contains(key) ? null : choose(message);
            if (seat != null) {
                oldest.remove();
                uncount(message, key);
                give(message, seat);
            } else if (key != null) {
                // What follows of this key must not overtake it.
                blocked.add(key);
            }
        }
    }

    /**
     * Looks for members that finish nothing: their keys are for others as long as that is so.
     *
     * @return how many have become such
     */
    int tick() {
        int stalled = 0;
        for (Seat<M> seat : circle) {
            if (seat.out.isEmpty() || seat.progressed) {
                seat.idleTicks = 0;
            } else {
                seat.idleTicks++;
                if (seat.idleTicks == STALLED_TICKS) {
                    stalled++;
                }
            }
            seat.progressed = false;
        }
        pump();
        return stalled;
    }

    // ---- whose it is ----------------------------------------------------------------------------------------------

    /** What must stay in order, or null where nothing must. */
    private @Nullable Object key(SharedMessage shared) {
        Message message = shared.message();
        return switch (strategy) {
            case ROUND_ROBIN -> null;
            case TOPIC -> message.topicName();
            case PUBLISHER -> message.publisher() == null ? message.topicName() : message.publisher();
        };
    }

    private boolean isBehindAnother(SharedMessage message) {
        Object key = key(message);
        return key == null ? !waiting.isEmpty() : waitingKeys.containsKey(key);
    }

    private @Nullable Seat<M> choose(SharedMessage message) {
        Object key = key(message);
        if (key == null) {
            return next(message);
        }
        Pin pin = pins.get(key);
        if (pin == null) {
            return preferred(key, message);
        }
        for (Seat<M> seat : circle) {
            if (seat == pin.seat && !seat.isStalled()) {
                return takes(seat, message) ? seat : null;
            }
        }
        return preferred(key, message);
    }

    /** The next in turn that has credit; a stalled one only when there is no other. */
    private @Nullable Seat<M> next(SharedMessage message) {
        Seat<M> stalled = null;
        for (int i = 0; i < circle.size(); i++) {
            Seat<M> seat = circle.get((turn + i) % circle.size());
            if (takes(seat, message)) {
                if (!seat.isStalled()) {
                    turn = (turn + i + 1) % circle.size();
                    return seat;
                }
                stalled = stalled == null ? seat : stalled;
            }
        }
        return stalled;
    }

    /** The one with the highest hash of itself and the key, of those with credit: who comes or goes moves few keys. */
    private @Nullable Seat<M> preferred(Object key, SharedMessage message) {
        Seat<M> best = null;
        long bestScore = 0;
        for (Seat<M> seat : circle) {
            if (takes(seat, message)) {
                long score = score(key, seat);
                if (best == null
                        || (best.isStalled() && !seat.isStalled())
                        || (best.isStalled() == seat.isStalled() && score > bestScore)) {
                    best = seat;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    private static long score(Object key, Seat<?> seat) {
        long mixed = (key.hashCode() * MIX) ^ (((seat.hash + 1L) * MIX) >>> 17);
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }

    private boolean takes(Seat<M> seat, SharedMessage message) {
        return seat.out.isEmpty()
                || (seat.out.size() < seat.credit && seat.bytes + message.bytes() <= limits.creditBytes());
    }

    private boolean hasCredit() {
        for (Seat<M> seat : circle) {
            if (seat.out.size() < seat.credit) {
                return true;
            }
        }
        return false;
    }

    private void give(SharedMessage message, Seat<M> seat) {
        message.seat = seat;
        seat.out.put(message.sequence, message);
        seat.bytes += message.bytes();
        Object key = key(message);
        if (key != null) {
            Pin pin = pins.get(key);
            if (pin == null || pin.seat != seat) {
                pin = new Pin(key, seat);
                pins.put(key, pin);
            }
            pin.count++;
            message.pin = pin;
        }
        hand.hand(seat.member, message);
    }

    private void takeFrom(Seat<?> seat, SharedMessage message) {
        seat.out.remove(message.sequence);
        seat.bytes -= message.bytes();
        message.seat = null;
        Pin pin = message.pin;
        if (pin != null) {
            message.pin = null;
            pin.count--;
            if (pin.count == 0) {
                pins.remove(pin.key, pin);
            }
        }
    }

    private void await(SharedMessage message) {
        waiting.put(message.sequence, message);
        waitingBytes += message.bytes();
        Object key = key(message);
        if (key != null) {
            waitingKeys.merge(key, 1, Integer::sum);
        }
    }

    private void stopWaiting(SharedMessage message) {
        if (waiting.remove(message.sequence) != null) {
            uncount(message, key(message));
        }
    }

    private void uncount(SharedMessage message, @Nullable Object key) {
        waitingBytes -= message.bytes();
        if (key != null) {
            waitingKeys.computeIfPresent(key, (ignored, count) -> count == 1 ? null : count - 1);
        }
    }

    // ---- what it is -----------------------------------------------------------------------------------------------

    /** Whether so little waits that a lagging group may read on. */
    boolean isLow() {
        return waiting.size() <= limits.waitingMessagesMax() / 2
                && waitingBytes <= limits.waitingBytesMax() / 2
                && unfinishedCount < UNFINISHED_MAX;
    }

    /** About how many messages it takes before it refuses one, at least one. */
    int roomCount() {
        int room = limits.waitingMessagesMax() - waiting.size();
        for (Seat<M> seat : circle) {
            room += seat.credit - seat.out.size();
        }
        return Math.max(1, Math.min(room, UNFINISHED_MAX - unfinishedCount));
    }

    int waitingCount() {
        return waiting.size();
    }

    int unfinishedCount() {
        return unfinishedCount;
    }

    /** The offsets that are unfinished, by partition, in their order. */
    Map<LogPartition, List<Long>> unfinished() {
        Map<LogPartition, List<Long>> copy = new HashMap<>();
        unfinished.forEach((partition, offsets) -> copy.put(partition, List.copyOf(offsets)));
        return copy;
    }
}
