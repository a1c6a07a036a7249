package io.sluice.kafka.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.log.CompactedLog;
import io.sluice.kafka.log.StateRecord;
import io.sluice.kafka.log.StateSettings;
import io.sluice.kafka.log.StateTopic;
import io.sluice.kafka.log.Unreadable;
import io.sluice.schemas.StateCodec;
import io.sluice.schemas.StateSchemas;
import io.sluice.schemas.state.InstanceBeat;
import io.sluice.schemas.state.InstanceState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances on one Kafka, by what they say in a topic of their own: each says twice a second that it lives; who is
 * silent for too long is declared dead by the one that guards, and from that record on nothing of it counts. The order
 * of the records decides, as everywhere: an instance that finds itself declared dead is.
 *
 * <p>What it knows is changed on its own thread alone, where the listener is told, too.
 */
public final class FleetLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FleetLog.class);
    private static final Duration POLL_MAX = Duration.ofMillis(20);
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);
    private static final Map<String, String> TOPIC_CONFIG = Map.of(
            "cleanup.policy", "compact,delete",
            "retention.ms", "3600000",
            "segment.ms", "600000",
            "segment.bytes", Integer.toString(16 << 20));

    /** Told of changes, on the fleet's thread; must not block. */
    public interface Listener {
        /** Whether this instance guards what belongs to nobody. */
        void onGuardian(boolean isGuardian);

        /** An instance is gone for good; its transactions may still be open unless they are fenced. */
        void onGone(String id, boolean isFenced);

        /** This instance was declared dead, or another took its name: nothing that it does counts any more. */
        void onDeclaredDead();
    }

    private static final class Nobody implements Listener {
        @Override
        public void onGuardian(boolean isGuardian) {}

        @Override
        public void onGone(String id, boolean isFenced) {}

        @Override
        public void onDeclaredDead() {}
    }

    private final Instance me;
    private final FleetSettings settings;
    private final Lease lease;
    private final LongSupplier nanoClock;
    private final long startedEpochMillis;
    private final StateCodec<InstanceBeat> codec = StateSchemas.instanceBeat();
    private final Admin admin;
    private final CompactedLog log;
    private final Unreadable unreadable;
    private final Fleet fleet;
    // Of the log's thread.
    private final Set<String> declared = new HashSet<>();
    private long lastBeatNanos;
    private boolean isBeating;
    private boolean isJoined;
    private boolean isGuardian;
    private boolean isDead;
    private long lastTickNanos;
    private long confirmedNanos;
    private long hearingSinceNanos;
    private boolean mustHear = true;
    private volatile int size;
    private volatile boolean guards;
    private volatile boolean leaving;
    private volatile Listener listener = new Nobody();

    /**
     * Finds or makes the topic. Blocks, for as long as Kafka is away.
     *
     * @param startedEpochMillis when this instance started
     * @param nanoClock a monotonic clock
     */
    public FleetLog(
            KafkaSettings kafka,
            StateSettings state,
            Instance me,
            FleetSettings settings,
            Lease lease,
            long startedEpochMillis,
            LongSupplier nanoClock,
            MeterRegistry registry) {
        this.me = me;
        this.settings = settings;
        this.lease = lease;
        this.startedEpochMillis = startedEpochMillis;
        this.nanoClock = nanoClock;
        fleet = new Fleet(me.id(), settings.timeout().toNanos());
        admin = Admin.create(kafka.admin("instances"));
        StateSettings one = new StateSettings(state.prefix(), 1, state.replicationFactor(), POLL_MAX);
        StateTopic topic = StateTopic.ensure(admin, state.prefix() + ".instances", one, TOPIC_CONFIG);
        unreadable = new Unreadable(topic.name());
        log = new CompactedLog(kafka, topic, "instances", one, admin, this::replay, unreadable);
        log.afterPoll(this::onTick);
        lastTickNanos = nanoClock.getAsLong();
        confirmedNanos = lastTickNanos;
        hearingSinceNanos = lastTickNanos;
        Gauge.builder("sluice.instances", this, self -> self.size)
                .description("Live instances that this one sees")
                .register(registry);
        FunctionCounter.builder("sluice.state.unreadable", unreadable, Unreadable::count)
                .description("Records of state topics that could not be read")
                .tag("topic", "instances")
                .register(registry);
        Gauge.builder("sluice.lease.valid", lease, valid -> valid.isValid() ? 1 : 0)
                .description("1 while this instance may act: it has heard of itself lately")
                .register(registry);
        Gauge.builder("sluice.lease.waiting", lease, Lease::waiting)
                .description("Connections and readers that wait until this instance may act")
                .register(registry);
    }

    /**
     * Reads who is there, and joins.
     *
     * @param newListener told of changes from here on
     * @return completes when all replicas have the word that this instance lives
     */
    public CompletionStage<Void> join(Listener newListener) {
        listener = newListener;
        CompletableFuture<Void> joined = new CompletableFuture<>();
        log.start().whenComplete((read, failure) -> {
            if (failure != null) {
                joined.completeExceptionally(failure);
            } else {
                log.execute(() -> join(joined));
            }
        });
        return joined;
    }

    private void join(CompletableFuture<Void> joined) {
        for (String earlier : fleet.earlier(me.name())) {
            declareDead(earlier, "another process has its name");
        }
        isBeating = true;
        long sentNanos = nanoClock.getAsLong();
        lastBeatNanos = sentNanos;
        say(me.id(), InstanceState.ALIVE)
                .whenComplete((offset, failure) -> log.execute(() -> {
                    isBeating = false;
                    if (failure != null) {
                        joined.completeExceptionally(failure);
                        return;
                    }
                    isJoined = true;
                    onConfirmed(sentNanos);
                    elect();
                    joined.complete(null);
                }));
    }

    private CompletionStage<Long> say(String id, InstanceState state) {
        byte[] value = codec.encode(new InstanceBeat(state, startedEpochMillis));
        return log.append(0, id.getBytes(UTF_8), value, List.of());
    }

    private void declareDead(String id, String why) {
        if (declared.add(id)) {
            LOG.atWarn().addKeyValue("instance", id).addKeyValue("cause", why).log("Instance declared dead");
            say(id, InstanceState.DEAD).whenComplete((offset, failure) -> {
                if (failure != null) {
                    log.execute(() -> declared.remove(id));
                }
            });
        }
    }

    /** The transactions of a dead instance have been ended. Any thread. */
    public void onFenced(String id) {
        say(id, InstanceState.FENCED).whenComplete((offset, failure) -> {
            if (failure != null) {
                LOG.atDebug().addKeyValue("cause", failure.toString()).log("Not noted that an instance was fenced");
            }
        });
    }

    /** Somebody who owns something is not heard of: gone, unless it shows up. On the fleet's thread. */
    public void onUnknown(String id) {
        if (!fleet.isAlive(id) && !fleet.isGone(id) && !id.equals(me.id())) {
            declareDead(id, "it owns sessions and is not heard of");
        }
    }

    /** Runs the task on the fleet's thread, where {@link #isGone} and its like may be asked. */
    public void execute(Runnable task) {
        log.execute(task);
    }

    /** Whether it is gone for good. On the fleet's thread. */
    public boolean isGone(String id) {
        return fleet.isGone(id);
    }

    /** The gone whose transactions may be open still. On the fleet's thread. */
    public Set<String> unfenced() {
        return fleet.unfenced();
    }

    /** How many instances live, as this one saw it last, itself included. Any thread. */
    public int size() {
        return size;
    }

    /** Whether this instance guards what belongs to nobody, as it saw it last. Any thread. */
    public boolean isGuardian() {
        return guards;
    }

    /** Everything is known that any instance had said, and been told so, before this call. Any thread. */
    public CompletionStage<Void> sync() {
        return log.sync();
    }

    private void replay(StateRecord record) {
        String id = new String(record.key(), UTF_8);
        byte[] value = record.value();
        if (value == null) {
            return;
        }
        try {
            InstanceBeat beat = codec.decode(value);
            switch (beat.getState()) {
                case ALIVE -> fleet.onBeat(id, beat.getStartedEpochMillis(), nanoClock.getAsLong());
                case LEFT, DEAD, FENCED -> onGone(id, beat.getState() == InstanceState.FENCED);
            }
        } catch (IOException | RuntimeException unknown) {
            unreadable.add(record.partition(), record.offset(), unknown);
        }
    }

    private void onGone(String id, boolean isFenced) {
        boolean isNew = fleet.onGone(id, isFenced);
        if (id.equals(me.id())) {
            onDead();
        } else if (isNew && isJoined) {
            LOG.atInfo().addKeyValue("instance", id).log("Instance gone");
            listener.onGone(id, isFenced);
        }
    }

    private void onDead() {
        if (!isDead && !leaving) {
            isDead = true;
            lease.end();
            LOG.atError().addKeyValue("instance", me.id()).log("This instance was declared dead by another, it ends");
            listener.onDeclaredDead();
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    private void onTick() {
        long now = nanoClock.getAsLong();
        if (!isJoined || isDead) {
            lastTickNanos = now;
            return;
        }
        if (now - lastTickNanos > settings.timeout().toNanos()) {
            // The process was stopped, or starved: somebody may have declared it dead. It must hear of itself first.
            mustHear = true;
        }
        lastTickNanos = now;
        if (fleet.isReplaced()) {
            onDead();
            return;
        }
        if (!isBeating && now - lastBeatNanos >= settings.heartbeat().toNanos()) {
            beat(now);
        }
        if (!mustHear && fleet.size() <= 1) {
            // Nobody is there who could declare it dead; one that comes would be heard of.
            lease.extend(now + settings.timeout().toNanos());
        }
        if (now - confirmedNanos > settings.timeout().toNanos()) {
            // It does not hear of itself, and so not of the others either.
            hearingSinceNanos = now;
        }
        elect();
    }

    private void beat(long now) {
        isBeating = true;
        lastBeatNanos = now;
        say(me.id(), InstanceState.ALIVE)
                .whenComplete((offset, failure) -> log.execute(() -> {
                    isBeating = false;
                    if (failure == null) {
                        onConfirmed(now);
                    }
                }));
    }

    /** All replicas have what was said then, and it was read again: and nothing of a death before it. */
    private void onConfirmed(long sentNanos) {
        if (isDead) {
            return;
        }
        confirmedNanos = sentNanos;
        mustHear = false;
        lease.extend(sentNanos + settings.timeout().toNanos());
    }

    private void elect() {
        size = fleet.size();
        long now = nanoClock.getAsLong();
        List<String> overdue = lease.isValid() ? fleet.overdue(now, hearingSinceNanos) : new ArrayList<>();
        boolean isIt = lease.isValid() && me.id().equals(fleet.guardian(overdue));
        if (isIt) {
            overdue.forEach(id -> declareDead(id, "silent for " + settings.timeout()));
        }
        if (isIt != isGuardian) {
            isGuardian = isIt;
            guards = isIt;
            LOG.atInfo().addKeyValue("guards", isIt).log("Guardian of what belongs to nobody");
            listener.onGuardian(isIt);
        }
    }

    /** Says that this instance leaves, so that the others need not wait. Blocks a little. */
    @Override
    public void close() {
        leaving = true;
        if (!lease.isEnded()) {
            try {
                say(me.id(), InstanceState.LEFT)
                        .toCompletableFuture()
                        .get(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException unheard) {
                LOG.atDebug().addKeyValue("cause", unheard.toString()).log("Left without a word");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        log.close();
        admin.close();
    }
}
