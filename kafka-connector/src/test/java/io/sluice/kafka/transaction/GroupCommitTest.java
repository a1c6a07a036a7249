package io.sluice.kafka.transaction;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GroupCommitTest {

    private final FakeKafka kafka = new FakeKafka();
    private final GroupCommit commit = new GroupCommit(
            "commit-test", kafka::producer, () -> false, new TransactionMeters(new SimpleMeterRegistry()));

    /** What is committed, and what goes wrong. Used by the commit's thread; read by the test afterwards. */
    private static final class FakeKafka {
        final List<String> committed = new CopyOnWriteArrayList<>();
        final AtomicInteger producers = new AtomicInteger();
        final AtomicInteger transactions = new AtomicInteger();
        final AtomicInteger thrown = new AtomicInteger();
        final Deque<KafkaException> commitFailures = new ArrayDeque<>();
        /** Whether what a commit that fails was about is written all the same. */
        boolean writesDespiteFailure;

        private final List<String> open = new ArrayList<>();

        @SuppressWarnings("unchecked")
        Producer<byte[], byte[]> producer() {
            producers.incrementAndGet();
            open.clear();
            return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                    FakeKafka.class.getClassLoader(), new Class<?>[] {Producer.class}, this::call);
        }

        @SuppressWarnings("unchecked")
        private @Nullable Object call(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "send" -> send((ProducerRecord<byte[], byte[]>) arguments[0]);
                case "beginTransaction" -> transactions.incrementAndGet();
                case "abortTransaction" -> clear();
                case "commitTransaction" -> commit();
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> null;
            };
        }

        private CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> row) {
            String value = new String(row.value(), UTF_8);
            if (value.startsWith("throw") && thrown.getAndIncrement() == 0) {
                throw new KafkaException(value);
            }
            if (value.startsWith("bad")) {
                return CompletableFuture.failedFuture(new RecordTooLargeException(value));
            }
            open.add(value);
            return CompletableFuture.completedFuture(
                    new RecordMetadata(new TopicPartition(row.topic(), 0), open.size(), 0, 0, 0, 0));
        }

        private @Nullable Object clear() {
            open.clear();
            return null;
        }

        private @Nullable Object commit() {
            KafkaException failure = commitFailures.poll();
            if (failure == null || writesDespiteFailure) {
                committed.addAll(open);
                open.clear();
            }
            if (failure != null) {
                throw failure;
            }
            return null;
        }
    }

    /** A message, and what is remembered of it. */
    private class Message implements GroupCommit.Item {
        final String name;
        final CompletableFuture<String> outcome = new CompletableFuture<>();

        Message(String name) {
            this.name = name;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> rows() {
            return List.of(
                    new ProducerRecord<>("data", name.getBytes(UTF_8)),
                    new ProducerRecord<>("sessions", ("id of " + name).getBytes(UTF_8)));
        }

        @Override
        public void onWritten(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            outcome.complete(failure == null ? "written" : failure.getClass().getSimpleName());
        }

        @Override
        public boolean isWritten() {
            return kafka.committed.contains("id of " + name);
        }
    }

    /** A message whose packet id shares a record with those of others of its client. */
    private final class Shared extends Message {
        private final String client;

        Shared(String client, String name) {
            super(name);
            this.client = client;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> rows() {
            return List.of(new ProducerRecord<>("data", name.getBytes(UTF_8)));
        }

        @Override
        public Companion companion() {
            return new Together(client, name);
        }

        @Override
        public boolean isWritten() {
            return kafka.committed.stream().anyMatch(value -> value.startsWith("ids") && value.contains(name));
        }
    }

    private record Together(String client, String name) implements Companion {
        @Override
        public int spread() {
            return 0;
        }

        @Override
        public Object sharer() {
            return client;
        }

        @Override
        public List<ProducerRecord<byte[], byte[]>> rows(List<Companion> together) {
            String names = together.stream()
                    .map(one -> ((Together) one).name())
                    .collect(Collectors.joining(" ", "ids of " + client + ": ", ""));
            return List.of(new ProducerRecord<>("sessions", names.getBytes(UTF_8)));
        }

        @Override
        public boolean isWritten() {
            throw new AssertionError("asked of the message");
        }
    }

    private List<Message> share(String... clientsAndNames) {
        List<Message> messages = new ArrayList<>();
        for (String one : clientsAndNames) {
            Message message = new Shared(one.substring(0, 1), one);
            messages.add(message);
            commit.submit(message);
        }
        return messages;
    }

    private List<Message> submit(String... names) {
        List<Message> messages = new ArrayList<>();
        for (String name : names) {
            Message message = new Message(name);
            messages.add(message);
            commit.submit(message);
        }
        return messages;
    }

    private static List<String> outcomes(List<Message> messages) {
        await().until(() -> messages.stream().allMatch(message -> message.outcome.isDone()));
        return messages.stream().map(message -> message.outcome.join()).toList();
    }

    @AfterEach
    void close() {
        commit.close();
    }

    @Test
    void whatComesTogetherIsCommittedTogether() {
        List<Message> messages = submit("a", "b", "c");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a", "id of a", "b", "id of b", "c", "id of c");
        assertThat(kafka.transactions).hasValue(1);
    }

    @Test
    void aRecordThatKafkaRefusesCostsNobodyElseTheirs() {
        List<Message> messages = submit("a", "bad", "c");
        commit.start();

        assertThat(outcomes(messages)).containsExactly("written", "RecordTooLargeException", "written");
        assertThat(kafka.committed).containsExactly("a", "id of a", "c", "id of c");
    }

    @Test
    void whatClientsRememberOfOneTransactionIsARecordForEach() {
        List<Message> messages = share("a1", "b1", "a2", "a3");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a1", "b1", "a2", "a3", "ids of a: a1 a2 a3", "ids of b: b1");
    }

    @Test
    void whoShareARecordAreWrittenWithoutTheOneWhoseMessageIsRefused() {
        List<Message> messages = share("a1", "bad", "b1", "a2");
        commit.start();

        assertThat(outcomes(messages)).containsExactly("written", "RecordTooLargeException", "written", "written");
        assertThat(kafka.committed).containsExactly("a1", "b1", "a2", "ids of a: a1 a2", "ids of b: b1");
    }

    @Test
    void whoShareARecordOfACommitThatIsUnknownAreWrittenOnce() {
        kafka.writesDespiteFailure = true;
        kafka.commitFailures.add(new InvalidProducerEpochException("fenced after the commit"));
        List<Message> messages = share("a1", "a2");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a1", "a2", "ids of a: a1 a2");
    }

    @Test
    void whoComesBehindOneThatTheClientDoesNotTakeIsNotForgotten() {
        List<Message> messages = submit("a", "throws once", "c");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a", "id of a", "throws once", "id of throws once", "c", "id of c");
    }

    @Test
    void aCommitThatMayOrMayNotHaveArrivedIsRepeated() {
        kafka.commitFailures.add(new TimeoutException("no answer"));
        List<Message> messages = submit("a");
        commit.start();

        assertThat(outcomes(messages)).containsExactly("written");
        assertThat(kafka.committed).containsExactly("a", "id of a");
        assertThat(kafka.producers).hasValue(1);
    }

    @Test
    void aCommitWhoseProducerWasFencedIsWrittenAgainIfTheLogDoesNotHaveIt() {
        kafka.commitFailures.add(new ProducerFencedException("fenced"));
        List<Message> messages = submit("a", "b");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a", "id of a", "b", "id of b");
        assertThat(kafka.producers).hasValue(2);
    }

    @Test
    void aCommitWhoseProducerWasFencedIsNotWrittenTwice() {
        kafka.writesDespiteFailure = true;
        kafka.commitFailures.add(new InvalidProducerEpochException("fenced after the commit"));
        List<Message> messages = submit("a", "b");
        commit.start();

        assertThat(outcomes(messages)).containsOnly("written");
        assertThat(kafka.committed).containsExactly("a", "id of a", "b", "id of b");
    }

    @Test
    void whatWaitsAtTheEndIsRefused() {
        commit.start();
        commit.close();
        commit.join(Duration.ofSeconds(5));

        assertThat(outcomes(submit("late"))).containsExactly("TimeoutException");
        assertThat(kafka.committed).isEmpty();
    }
}
