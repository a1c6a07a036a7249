package io.sluice.benchmarks.load;

import io.netty.handler.codec.mqtt.MqttVersion;
import io.sluice.benchmarks.Arguments;
import io.sluice.benchmarks.Transport;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run does. Immutable.
 *
 * @param mode ingest (nobody subscribes) or fanout
 * @param server where, always on loopback
 * @param version protocol version of all clients
 * @param publishers number of publishing connections
 * @param subscribers number of subscribing connections, 0 for ingest
 * @param qos of PUBLISH and of the subscriptions
 * @param payloadBytes size of each payload
 * @param inflight closed loop: messages under way per publisher; open loop: the most that may be unacknowledged
 * @param batch closed loop: places of the window that must be free before it is filled up again
 * @param pauseMicros how long each event loop rests between two rounds, so that a round reads many packets at once
 * @param rate messages per second of all publishers, 0 for closed loop
 * @param warmupSeconds before measuring
 * @param seconds of measuring
 * @param drainSeconds the longest wait for stragglers afterwards
 * @param messagesMax messages per publisher at which it stops early
 * @param topic topic name, {@code {connection}} replaced by the publisher's number
 * @param filter what subscribers subscribe to, empty for the publishers' topic names
 * @param threads event loops of the tool
 * @param persistent whether the clients' sessions outlive their connections
 * @param serverPids processes whose CPU time is reported
 * @param kafka where everything acknowledged must be afterwards, or null not to look
 */
record LoadPlan(
        Mode mode,
        InetSocketAddress server,
        MqttVersion version,
        int publishers,
        int subscribers,
        int qos,
        int payloadBytes,
        int inflight,
        int batch,
        int pauseMicros,
        int rate,
        int warmupSeconds,
        int seconds,
        int drainSeconds,
        int messagesMax,
        String topic,
        String filter,
        int threads,
        boolean persistent,
        List<Long> serverPids,
        @Nullable KafkaPlace kafka) {

    static final int MESSAGES_MAX = 1_000_000_000;

    enum Mode {
        INGEST,
        FANOUT
    }

    LoadPlan {
        serverPids = List.copyOf(serverPids);
        if (filter.isEmpty() && (long) publishers * topic.length() > 1_000_000) {
            throw new IllegalArgumentException("--filter: missing (expected: a wildcard for that many topic names)");
        }
    }

    /**
     * Reads and checks a command line.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    static LoadPlan parse(String[] args) {
        Mode mode = mode(args.length == 0 ? "" : args[0]);
        boolean fanout = mode == Mode.FANOUT;
        Arguments arguments = Arguments.parse(args, 1);
        InetSocketAddress server = new InetSocketAddress(
                Transport.loopback(arguments.text("host", "127.0.0.1")), arguments.number("port", 1883, 1, 65_535));
        int inflight = arguments.number("inflight", 64, 1, 65_535);
        int rate = arguments.number("rate", 0, 0, 10_000_000);
        LoadPlan plan = new LoadPlan(
                mode,
                server,
                version(arguments.text("version", "3.1.1")),
                fanout ? arguments.number("publishers", 1, 1, 10_000) : arguments.number("connections", 100, 1, 19_000),
                fanout ? arguments.number("subscribers", 100, 1, 19_000) : 0,
                arguments.number("qos", 1, 0, 2),
                arguments.number("payload", 128, PublishTemplate.HEADER_BYTES, 1 << 20),
                inflight,
                arguments.number("batch", Math.max(1, inflight / 2), 1, inflight),
                arguments.number("pause-micros", rate > 0 ? 0 : 1_000, 0, 100_000),
                rate,
                arguments.number("warmup", 3, 0, 120),
                arguments.number("seconds", 10, 1, 600),
                arguments.number("drain", 10, 0, 120),
                arguments.number("messages-max", MESSAGES_MAX, 1, MESSAGES_MAX),
                arguments.text("topic", "bench/{connection}"),
                arguments.text("filter", ""),
                arguments.number("threads", 1, 1, 16),
                persistent(arguments.text("session", "clean")),
                pids(arguments.text("server-pid", "")),
                KafkaPlace.parse(arguments.text("verify-kafka", ""), arguments.text("kafka-topics", ".*")));
        arguments.refuseUnread();
        return plan;
    }

    String topicOf(int publisher) {
        return topic.replace("{connection}", Integer.toString(publisher));
    }

    List<String> filters() {
        if (!filter.isEmpty()) {
            return List.of(filter);
        }
        List<String> names = new ArrayList<>();
        for (int publisher = 0; publisher < publishers; publisher++) {
            names.add(topicOf(publisher));
        }
        return names.stream().distinct().toList();
    }

    boolean isOpenLoop() {
        return rate > 0;
    }

    private static Mode mode(String text) {
        return switch (text) {
            case "ingest" -> Mode.INGEST;
            case "fanout" -> Mode.FANOUT;
            default -> throw new IllegalArgumentException("mode: '" + text + "' (expected: ingest or fanout)");
        };
    }

    private static MqttVersion version(String text) {
        return switch (text) {
            case "3.1.1" -> MqttVersion.MQTT_3_1_1;
            case "5" -> MqttVersion.MQTT_5;
            default -> throw new IllegalArgumentException("--version: " + text + " (expected: 3.1.1 or 5)");
        };
    }

    private static boolean persistent(String text) {
        return switch (text) {
            case "clean" -> false;
            case "persistent" -> true;
            default -> throw new IllegalArgumentException("--session: " + text + " (expected: clean or persistent)");
        };
    }

    private static List<Long> pids(String text) {
        List<Long> pids = new ArrayList<>();
        for (String pid : text.split(",", -1)) {
            if (!pid.isEmpty()) {
                pids.add(Long.valueOf(pid));
            }
        }
        return pids;
    }
}
