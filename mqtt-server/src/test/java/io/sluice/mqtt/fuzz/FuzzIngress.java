package io.sluice.mqtt.fuzz;

import io.sluice.mqtt.fake.FakeLog;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.Ingress;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.Outstanding;
import io.sluice.mqtt.port.PublishOutcome;
import io.sluice.mqtt.port.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A way into the fake log that answers when the test says so, and refuses now and then. Confined to its thread. */
final class FuzzIngress implements Ingress {

    private static final int LOOK_AHEAD = 16;

    private record Waiting(
            @Nullable Message message,
            FuzzLane lane,
            OutcomeListener listener,
            PublishOutcome.@Nullable Refused refused) {}

    private final FakeLog log;
    private final SplittableRandom random;
    private final LongSupplier epochMillis;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<FuzzLane> open = new ArrayList<>();

    FuzzIngress(FakeLog log, SplittableRandom random, LongSupplier epochMillis) {
        this.log = log;
        this.random = random;
        this.epochMillis = epochMillis;
    }

    /** Lanes whose connection has not closed them. */
    int openLanes() {
        return open.size();
    }

    /** Answers so many of those that wait. Returns whether there was anything. */
    boolean work(int count) {
        boolean worked = false;
        for (int i = 0; i < count && !waiting.isEmpty(); i++) {
            Waiting next = waiting.removeFirst();
            PublishOutcome outcome = outcome(next);
            next.lane.loop.execute(() -> next.lane.answer(next.listener, outcome));
            worked = true;
        }
        return worked;
    }

    private PublishOutcome outcome(Waiting next) {
        Message message = next.message;
        if (next.refused != null) {
            return next.refused;
        }
        if (next.lane.brake == Brake.RECEIVE_MAXIMUM && random.nextInt(20) == 0) {
            return new PublishOutcome.Refused(Refusal.TOPIC_LIMIT, "for once");
        }
        if (message == null) {
            throw new IllegalStateException("fuzz: neither a message nor a refusal");
        }
        long offset = log.append(message, epochMillis.getAsLong());
        return new PublishOutcome.Stored(FakeLog.partition(message.topicName().levels()[0]), offset);
    }

    @Override
    public Lane open(Loop loop, Brake brake, Runnable onReadable) {
        FuzzLane lane = new FuzzLane(loop, brake, onReadable);
        open.add(lane);
        return lane;
    }

    private final class FuzzLane implements Lane {
        private final Loop loop;
        private final Brake brake;
        private final Runnable onReadable;
        private final Outstanding outstanding = new Outstanding();

        FuzzLane(Loop loop, Brake brake, Runnable onReadable) {
            this.loop = loop;
            this.brake = brake;
            this.onReadable = onReadable;
        }

        private void answer(OutcomeListener listener, PublishOutcome outcome) {
            boolean wasReadable = isReadable();
            outstanding.remove();
            listener.onOutcome(outcome);
            outstanding.settle();
            if (!wasReadable && isReadable()) {
                onReadable.run();
            }
        }

        @Override
        public void publish(Message message, OutcomeListener listener) {
            outstanding.add();
            waiting.addLast(new Waiting(message, this, listener, null));
        }

        @Override
        public void publishOnce(Message message, Once once, OutcomeListener listener) {
            publish(message, listener);
        }

        @Override
        public void refuse(Qos qos, PublishOutcome.Refused refused, OutcomeListener listener) {
            outstanding.add();
            waiting.addLast(new Waiting(null, this, listener, refused));
        }

        @Override
        public boolean isReadable() {
            return outstanding.count() < LOOK_AHEAD;
        }

        @Override
        public int pending() {
            return outstanding.count();
        }

        @Override
        public void whenSettled(Runnable task) {
            outstanding.whenNone(task);
        }

        @Override
        public void close() {
            open.remove(this);
        }
    }
}
