package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.LogPartition;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.LoopMailbox;
import io.sluice.mqtt.port.SessionState;
import io.sluice.mqtt.port.SessionState.Sharer;
import io.sluice.mqtt.port.SessionState.StoredCursor;
import io.sluice.mqtt.port.SessionStore;
import io.sluice.mqtt.port.SessionStore.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A group that shares a subscription (MQTT 5, section 4.8.2): reads the log like a session, and gives each message to one
 * member. In the store it is a session of its own, under the name of its filter. Confined to its loop, but for
 * {@link #post}.
 *
 * <pre>
 *   OPENING ──claimed, it is fixed where it begins──▶ OPEN ──nobody is connected──▶ CLOSED
 *      ▲                                               │ another instance has claimed it
 *      └──────────────── after a while ──── AWAY ◀─────┘
 * </pre>
 *
 * <p>It is left behind for as long as sessions live that have subscribed to it and outlive their connections.
 */
final class SharedGroup {

    /** A connected session that takes messages. Confined to its own loop, but for what is said otherwise. */
    interface Member {
        /** Any thread. */
        ClientId clientId();

        /** Most messages that it has unfinished at once. Any thread. */
        int credit();

        /** Takes a message. Any thread. */
        void hand(SharedMessage message);

        /** It has a place in this group, from which messages come. Any thread. */
        void seat(SharedGroup group);
    }

    private enum State {
        OPENING,
        OPEN,
        AWAY,
        CLOSED
    }

    private static final Logger log = LoggerFactory.getLogger(SharedGroup.class);
    private static final Duration TICK = Duration.ofSeconds(10);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
    /** How long a group leaves the log to another instance that has members of it, too. */
    private static final Duration AWAY = Duration.ofSeconds(10);

    private final TopicFilter filter;
    private final ClientId groupId;
    private final TopicFilter inner;
    private final Loop loop;
    private final SessionStore store;
    private final SessionContext context;
    private final SharedMeters meters;
    private final Runnable onClosed;
    private final LoopMailbox<Runnable> mailbox;
    private final Map<Member, Long> members = new LinkedHashMap<>();
    private final List<Runnable> joined = new ArrayList<>();
    /** Sessions that have subscribed and outlive their connections. */
    private final Map<ClientId, Sharer> sharers = new HashMap<>();

    /** What was not sent after all while the group was away: for its next members. */
    private final List<SharedMessage> returned = new ArrayList<>();

    private final List<ClientId> forgotten = new ArrayList<>();
    private final WriteBehind writeBehind;
    private List<Runnable> afterSave = new ArrayList<>();
    private SharedDispatch<Member> dispatch;
    private State state = State.OPENING;
    private @Nullable SharedReader reader;
    private @Nullable Claim claim;
    private Loop.@Nullable Timer timer;
    private long era;
    private boolean saving;
    private boolean started;
    private int counted;
    private int countedWaiting;

    /**
     * @param filter with its share
     * @param onClosed told when the group is no more: who comes next makes another
     */
    SharedGroup(
            TopicFilter filter,
            Loop loop,
            SessionStore store,
            SessionContext context,
            SharedMeters meters,
            Runnable onClosed) {
        this.filter = filter;
        this.groupId = new ClientId(filter.value());
        this.inner = filter.unshared();
        this.loop = loop;
        this.store = store;
        this.context = context;
        this.meters = meters;
        this.onClosed = onClosed;
        this.mailbox = new LoopMailbox<>(loop, Runnable::run, this::afterPosts);
        this.writeBehind = new WriteBehind(
                groupId, loop, this::saveBehind, context.meters().unsaved());
        this.dispatch = newDispatch();
    }

    private SharedDispatch<Member> newDispatch() {
        SessionSettings settings = context.settings();
        return new SharedDispatch<>(
                settings.shareStrategy(),
                new SharedDispatch.Limits(
                        settings.bufferMessagesMax(), settings.bufferBytesMax(), settings.bufferBytesMax()),
                Member::hand);
    }

    /** Runs the task on the group's loop, in the order of the calls. Any thread. */
    void post(Runnable task) {
        mailbox.post(task);
    }

    private void afterPosts() {
        if (state == State.OPEN) {
            dispatch.pump();
            progress();
        }
        count();
    }

    private void progress() {
        SharedReader reading = reader;
        if (reading != null) {
            reading.progress();
        }
    }

    private void count() {
        meters.unfinished(dispatch.unfinishedCount() - counted);
        counted = dispatch.unfinishedCount();
        meters.waiting(dispatch.waitingCount() - countedWaiting);
        countedWaiting = dispatch.waitingCount();
    }

    // ---- opening --------------------------------------------------------------------------------------------------

    void open() {
        state = State.OPENING;
        era++;
        long mine = era;
        store.claim(groupId, () -> loop.execute(() -> onSuperseded(mine)))
                .subscribe(
                        granted -> loop.execute(() -> onClaimed(granted, mine)),
                        error -> loop.execute(() -> onFailed(error, mine)));
    }

    private void onFailed(Throwable error, long of) {
        if (of == era && state == State.OPENING) {
            log.atWarn()
                    .addKeyValue("filter", filter)
                    .setCause(error)
                    .log("A shared subscription could not be opened, it is tried again");
            drop();
            loop.schedule(AFTER_ERROR, () -> {
                if (of == era && state == State.OPENING) {
                    open();
                }
            });
        }
    }

    /** Leaves the log and the claim, if there is one, as they are. */
    private void drop() {
        SharedReader reading = reader;
        if (reading != null) {
            reading.close();
            reader = null;
        }
        Claim held = claim;
        if (held != null) {
            claim = null;
            held.release(held.state());
        }
    }

    private void onClaimed(Claim granted, long of) {
        if (of != era || state != State.OPENING) {
            granted.release(granted.state());
            return;
        }
        claim = granted;
        SessionState found = granted.state();
        long now = loop.epochMillis();
        // Who was connected when the group was left, by a crash or for a while, counts from now on.
        sharers.replaceAll((id, sharer) -> sharer.leftAt(now));
        if (found != null) {
            found.sharers().forEach((id, sharer) -> sharers.put(id, sharer.leftAt(now)));
        }
        forgotten.forEach(sharers::remove);
        forgotten.clear();
        sharers.values().removeIf(sharer -> sharer.isExpired(now));
        if (members.isEmpty()) {
            // It was opened to forget somebody.
            claim = null;
            granted.release(found == null || sharers.isEmpty() ? null : found.withSharers(sharers));
            closed();
            return;
        }
        // Nobody is left whose subscription it was: whoever comes now begins anew.
        SessionState taken = sharers.isEmpty() ? null : found;
        members.forEach(this::remember);
        dispatch = newDispatch();
        SharedReader reading =
                new SharedReader(groupId, inner, loop, context, dispatch, era, error -> onFailed(error, of));
        reader = reading;
        reading.start(taken, () -> onOpen(of));
    }

    private void onOpen(long of) {
        if (of != era || state != State.OPENING) {
            return;
        }
        state = State.OPEN;
        members.keySet()
                .forEach(member -> dispatch.join(member, member.clientId().hashCode(), member.credit()));
        returned.forEach(message -> {
            dispatch.expect(message.partition, message.offset);
            dispatch.redeliver(
                    new SharedMessage(message.outbound, message.partition, message.offset, DeliverySource.SWEEP, era));
        });
        returned.clear();
        if (!started) {
            started = true;
            writeBehind.start();
        }
        tickLater(of);
        List<Runnable> waiting = List.copyOf(joined);
        joined.clear();
        save(() -> waiting.forEach(Runnable::run));
        closeWhenIdle();
    }

    private void tickLater(long of) {
        timer = loop.schedule(TICK, () -> {
            if (of == era && state == State.OPEN) {
                meters.stalled(dispatch.tick());
                long now = loop.epochMillis();
                if (sharers.values().removeIf(sharer -> sharer.isExpired(now))) {
                    later();
                }
                progress();
                count();
                tickLater(of);
            }
        });
    }

    /** Another instance has members of the group, and wants to read for them. */
    private void onSuperseded(long of) {
        if (of != era || state == State.CLOSED || state == State.AWAY) {
            return;
        }
        log.atInfo()
                .addKeyValue("filter", filter)
                .log("A shared subscription is used on another instance, which reads for its members now");
        SessionState left = state == State.OPEN ? moving() : null;
        endReading(left, state != State.OPEN);
        state = State.AWAY;
        loop.schedule(AWAY, () -> {
            if (of == era && state == State.AWAY) {
                if (members.isEmpty()) {
                    closed();
                } else {
                    open();
                }
            }
        });
    }

    /** What the other instance gets: who is connected here has its place for as long as the group is away. */
    private SessionState moving() {
        long now = loop.latestEpochMillis();
        long seconds = 2 * AWAY.toSeconds();
        members.forEach((member, expirySeconds) -> sharers.merge(
                member.clientId(),
                new Sharer(Math.max(expirySeconds, seconds), Sharer.NOT_GONE).leftAt(now),
                (known, added) -> known.expirySeconds() >= added.expirySeconds() ? known : added));
        return snapshot(Sessions.expiryEpochMillis(now, longestExpiry()));
    }

    // ---- members --------------------------------------------------------------------------------------------------

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /**
     * A session takes messages from now on.
     *
     * @param expirySeconds how long it outlives its connection
     * @param then told on the group's loop when it is a member, durably where it outlives its connection
     */
    void join(Member member, long expirySeconds, Runnable then) {
        members.put(member, expirySeconds);
        member.seat(this);
        if (state != State.OPEN) {
            joined.add(then);
            return;
        }
        remember(member, expirySeconds);
        dispatch.join(member, member.clientId().hashCode(), member.credit());
        if (expirySeconds > 0) {
            save(then);
        } else {
            then.run();
        }
    }

    private void remember(Member member, long expirySeconds) {
        if (expirySeconds > 0) {
            sharers.put(member.clientId(), new Sharer(expirySeconds, Sharer.NOT_GONE));
        }
    }

    /**
     * A session takes no more: what it has not finished goes to the others.
     *
     * @param expirySeconds how long its subscription outlives it, 0 when it ends here
     */
    void leave(Member member, long expirySeconds) {
        if (members.remove(member) == null) {
            return;
        }
        if (expirySeconds > 0) {
            sharers.put(member.clientId(), new Sharer(expirySeconds, Sharer.NOT_GONE).leftAt(loop.latestEpochMillis()));
        } else {
            sharers.remove(member.clientId());
        }
        meters.redelivered(dispatch.leave(member));
        later();
        closeWhenIdle();
    }

    /** An absent client's session has ended before its time. */
    void forget(ClientId clientId) {
        boolean isConnected =
                members.keySet().stream().anyMatch(member -> member.clientId().equals(clientId));
        if (!isConnected) {
            if (state == State.OPEN) {
                sharers.remove(clientId);
                later();
            } else {
                forgotten.add(clientId);
            }
        }
        closeWhenIdle();
    }

    /** The member has acknowledged the message, or keeps it for its client. */
    void finish(SharedMessage message) {
        if (message.era == era) {
            dispatch.finish(message);
            later();
        }
    }

    /** The message that was finished was not sent after all. */
    void giveBack(SharedMessage message) {
        if (message.era == era && state == State.OPEN) {
            dispatch.giveBack(message);
            later();
        } else if (message.finished) {
            returned.add(message);
        }
    }

    /**
     * A member wants to send a message at QoS 2: from then on it is nobody else's [MQTT-4.8.2-5].
     *
     * @param then told, on the group's loop, whether that is durable; false when it is another's by now
     */
    void settle(SharedMessage message, Consumer<Boolean> then) {
        if (message.era != era || state != State.OPEN) {
            then.accept(false);
            return;
        }
        dispatch.finish(message);
        long of = era;
        save(() -> then.accept(of == era));
    }

    // ---- state ----------------------------------------------------------------------------------------------------

    private void later() {
        if (state == State.OPEN && !sharers.isEmpty()) {
            writeBehind.later();
        }
    }

    private Mono<Void> saveBehind() {
        Claim held = claim;
        return held == null || state != State.OPEN ? Mono.empty() : held.save(snapshot(Long.MAX_VALUE));
    }

    /** Runs the task when what is now is durable, at once where nothing is to be left behind. */
    private void save(Runnable then) {
        if (sharers.isEmpty()) {
            then.run();
            return;
        }
        afterSave.add(then);
        if (!saving) {
            write();
        }
    }

    private void write() {
        saving = true;
        List<Runnable> taken = afterSave;
        afterSave = new ArrayList<>();
        saveBehind()
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> onNotSaved(taken, error)),
                        () -> loop.execute(() -> onSaved(taken)));
    }

    private void onSaved(List<Runnable> taken) {
        saving = false;
        taken.forEach(Runnable::run);
        writeOn();
    }

    private void writeOn() {
        if (!afterSave.isEmpty() && !saving) {
            write();
        }
    }

    private void onNotSaved(List<Runnable> taken, Throwable error) {
        log.atWarn()
                .addKeyValue("filter", filter)
                .setCause(error)
                .log("A shared subscription's state could not be written, it is tried again");
        afterSave.addAll(0, taken);
        loop.schedule(AFTER_ERROR, () -> {
            saving = false;
            writeOn();
        });
    }

    private long longestExpiry() {
        return sharers.values().stream().mapToLong(Sharer::expirySeconds).max().orElse(0);
    }

    private SessionState snapshot(long expiryEpochMillis) {
        SharedReader reading = reader;
        if (reading == null) {
            throw new IllegalStateException("shared subscription: not open");
        }
        Map<LogPartition, StoredCursor> cursors = reading.cursors();
        List<SessionState.InFlight> unfinished = new ArrayList<>();
        dispatch.unfinished().forEach((partition, offsets) -> {
            if (cursors.containsKey(partition)) {
                for (long offset : offsets) {
                    int number = unfinished.size() + 1;
                    unfinished.add(new SessionState.InFlight(
                            number, partition, offset, null, Qos.AT_LEAST_ONCE, false, number));
                }
            }
        });
        return new SessionState(
                longestExpiry(),
                expiryEpochMillis,
                List.of(reading.subscription(filter, cursors)),
                cursors,
                unfinished,
                Set.of(),
                null,
                sharers);
    }

    // ---- ending ---------------------------------------------------------------------------------------------------

    private void closeWhenIdle() {
        if (state != State.OPEN || !members.isEmpty()) {
            return;
        }
        long now = loop.latestEpochMillis();
        sharers.values().removeIf(sharer -> sharer.isExpired(loop.epochMillis()));
        endReading(sharers.isEmpty() ? null : snapshot(Sessions.expiryEpochMillis(now, longestExpiry())), false);
        closed();
    }

    private void endReading(@Nullable SessionState left, boolean untouched) {
        SharedReader reading = reader;
        if (reading != null) {
            reading.close();
            reader = null;
        }
        if (timer != null) {
            timer.cancel();
        }
        Claim held = claim;
        if (held != null) {
            claim = null;
            held.release(untouched ? held.state() : left);
        }
        dispatch = newDispatch();
        count();
    }

    private void closed() {
        state = State.CLOSED;
        writeBehind.close();
        onClosed.run();
    }
}
