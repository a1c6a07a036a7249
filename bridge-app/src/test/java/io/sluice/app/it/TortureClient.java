package io.sluice.app.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client true to the specification, on a thread of its own: it publishes sequence numbers, or receives, with a session
 * that remains; when its connection is lost it comes back, and repeats what was not answered, in order
 * [MQTT-4.4.0-1].
 */
abstract class TortureClient implements Runnable {

    private static final int WINDOW = 16;
    /** Without the flags that its first byte has. */
    private static final int PUBREL = Wire.PUBREL & 0xF0;

    private static final long RETRY_MILLIS = 20;
    private static final long PACE_MILLIS = 30;

    final String clientId;
    final Protocol protocol;
    final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Surroundings surroundings;
    private final Thread thread;
    // Which connection this is; with several instances each is to another.
    private int turn;
    private boolean known;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile @Nullable Throwable trouble;
    private volatile boolean stopped;
    private volatile @Nullable RawClient connection;

    TortureClient(Surroundings surroundings, Protocol protocol, String clientId) {
        this.surroundings = surroundings;
        this.protocol = protocol;
        this.clientId = clientId;
        // Not all of them begin at the same instance.
        turn = Math.floorMod(clientId.hashCode(), 1_000);
        thread = new Thread(this, clientId);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void stop() throws Exception {
        stopped = true;
        RawClient open = connection;
        if (open != null) {
            open.close();
        }
        thread.join();
    }

    /** For a failure's message. */
    String state() {
        return connections + " connections, last trouble " + trouble + ", problems " + problems;
    }

    boolean isStopped() {
        return stopped;
    }

    @Override
    public void run() {
        while (!stopped) {
            try (RawClient client = surroundings.open(turn++)) {
                connection = client;
                client.connect(new Connect(protocol, clientId).persistent());
                if (known && !client.connAck().isSessionPresent()) {
                    problems.add(clientId + ": its session is lost");
                }
                known = true;
                connections.incrementAndGet();
                onConnected(client);
                while (!stopped) {
                    fill(client);
                    onPacket(client, client.next());
                }
            } catch (IOException lost) {
                trouble = lost;
                pause();
            } catch (AssertionError unexpected) {
                // A CONNECT is refused only while the server starts or stops.
                trouble = unexpected;
                pause();
            }
        }
    }

    private static void pause() {
        pass(RETRY_MILLIS);
    }

    /** Leaves something of the processors to those that start again, or the run is mostly their starts. */
    static void pace() {
        pass(PACE_MILLIS);
    }

    private static void pass(long millis) {
        try {
            Surroundings.pass(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    abstract void onConnected(RawClient client) throws IOException;

    abstract void fill(RawClient client) throws IOException;

    abstract void onPacket(RawClient client, ReceivedPacket packet) throws IOException;

    /** Publishes "name sequence" to its own topic, at one QoS. */
    static final class Publisher extends TortureClient {

        private final String topic;
        private final int qos;
        // By packet id, in the order in which they were sent: the sequence number, negative once PUBREC has come.
        private final Map<Integer, Long> pending = new LinkedHashMap<>();
        private int lastPacketId;
        private volatile long next = 1;
        private volatile boolean finishing;
        final Set<Long> acknowledged = new HashSet<>();
        private volatile boolean finished;

        Publisher(Surroundings surroundings, Protocol protocol, String topic, int qos) {
            super(surroundings, protocol, "publisher-" + topic.replace('/', '-'));
            this.topic = topic;
            this.qos = qos;
        }

        String topic() {
            return topic;
        }

        int qos() {
            return qos;
        }

        /** Publishes no more; it goes on until everything is answered. */
        void finish() {
            finishing = true;
        }

        boolean isFinished() {
            return finished;
        }

        long published() {
            return next - 1;
        }

        @Override
        void onConnected(RawClient client) throws IOException {
            for (Map.Entry<Integer, Long> one : pending.entrySet()) {
                if (one.getValue() < 0) {
                    client.send(Wire.answer(Wire.PUBREL, one.getKey()));
                } else {
                    byte[] again = publication(client, one.getKey(), one.getValue());
                    again[0] |= 0x08;
                    client.send(again);
                }
            }
            if (finishing) {
                // Somebody must answer, or it waits for a packet that does not come.
                client.send(Wire.pingReq());
            }
        }

        private byte[] publication(RawClient client, int packetId, long sequence) {
            return client.publication(topic, topic + " " + sequence, qos, false, packetId);
        }

        @Override
        void fill(RawClient client) throws IOException {
            while (!finishing && pending.size() < WINDOW) {
                do {
                    lastPacketId = lastPacketId % 65_535 + 1;
                } while (pending.containsKey(lastPacketId));
                pace();
                long sequence = next;
                pending.put(lastPacketId, sequence);
                next = sequence + 1;
                client.send(publication(client, lastPacketId, sequence));
            }
            finished = finishing && pending.isEmpty();
        }

        @Override
        void onPacket(RawClient client, ReceivedPacket packet) throws IOException {
            switch (packet.type()) {
                case Wire.PUBACK, Wire.PUBCOMP -> {
                    Long sequence = pending.remove(packet.packetId());
                    if (sequence != null) {
                        acknowledged.add(Math.abs(sequence));
                    }
                }
                case Wire.PUBREC -> {
                    pending.computeIfPresent(packet.packetId(), (id, sequence) -> -Math.abs(sequence));
                    client.send(Wire.answer(Wire.PUBREL, packet.packetId()));
                }
                default -> {}
            }
        }
    }

    /** Takes everything below a filter, at one QoS. */
    static final class Subscriber extends TortureClient {

        private final String filter;
        private final int qos;
        private final Set<Integer> received = new HashSet<>();
        private boolean subscribed;
        volatile boolean ready;
        /** The payloads in the order in which they were given to the application. */
        final List<String> payloads = Collections.synchronizedList(new ArrayList<>());

        volatile int count;

        Subscriber(Surroundings surroundings, Protocol protocol, String filter, int qos) {
            super(surroundings, protocol, "subscriber-" + qos + "-" + protocol);
            this.filter = filter;
            this.qos = qos;
        }

        int qos() {
            return qos;
        }

        @Override
        void onConnected(RawClient client) throws IOException {
            if (!subscribed) {
                client.subscribe(filter, qos);
                subscribed = true;
                ready = true;
            }
        }

        @Override
        void fill(RawClient client) {}

        @Override
        void onPacket(RawClient client, ReceivedPacket packet) throws IOException {
            switch (packet.type()) {
                case Wire.PUBLISH -> {
                    ReceivedMessage message = packet.message();
                    if (message.qos() == 2) {
                        if (received.add(message.packetId())) {
                            take(message);
                        }
                        client.send(Wire.answer(Wire.PUBREC, message.packetId()));
                    } else {
                        take(message);
                        client.send(Wire.answer(Wire.PUBACK, message.packetId()));
                    }
                }
                case PUBREL -> {
                    received.remove(packet.packetId());
                    client.send(Wire.answer(Wire.PUBCOMP, packet.packetId()));
                }
                default -> {}
            }
        }

        private void take(ReceivedMessage message) {
            payloads.add(message.payload());
            count = payloads.size();
        }
    }
}
