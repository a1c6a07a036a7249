package io.sluice.benchmarks.rounds;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What is measured, in the order in which it is. */
enum Workload {
    START("start", "start", Kind.START, ""),
    INGEST_QOS0("ingest-qos0", "ingest QoS 0", Kind.THROUGHPUT, "ingest --qos 0"),
    INGEST_QOS1("ingest-qos1", "ingest QoS 1", Kind.THROUGHPUT, "ingest --qos 1"),
    INGEST_QOS2("ingest-qos2", "ingest QoS 2", Kind.THROUGHPUT, "ingest --qos 2"),
    INGEST_QOS2_PERSISTENT(
            "ingest-qos2-persistent",
            "ingest QoS 2, persistent sessions",
            Kind.THROUGHPUT,
            "ingest --qos 2 --session persistent"),
    INGEST_QOS1_MQTT5("ingest-qos1-mqtt5", "ingest QoS 1, MQTT 5", Kind.THROUGHPUT, "ingest --qos 1 --version 5"),
    FANOUT_QOS0_50("fanout-qos0-50", "fan-out to 50, QoS 0", Kind.THROUGHPUT, Workload.FANOUT + "--qos 0"),
    FANOUT_QOS1_50("fanout-qos1-50", "fan-out to 50, QoS 1", Kind.THROUGHPUT, Workload.FANOUT + "--qos 1"),
    ROUNDTRIP_QOS1(
            "roundtrip-qos1",
            "MQTT → Kafka → MQTT, 2,000/s, QoS 1",
            Kind.LATENCY,
            "fanout --qos 1 --rate 2000 --publishers 10 --subscribers 1 --inflight 1000 --wildcard"),
    IDLE("idle", "idle connections", Kind.IDLE, ""),
    SESSIONS("sessions", "persistent sessions", Kind.SESSIONS, ""),
    CONNECTS("connects", "connections with TLS and authentication", Kind.CONNECTS, ""),
    FORMATS("formats", "formats of payloads", Kind.FORMATS, "");

    /** 4 publishers, together 256 messages ahead of the subscribers: what a session of Sluice holds before it lags. */
    private static final String FANOUT = "fanout --publishers 4 --subscribers 50 --inflight 64 --wildcard ";

    private final String id;
    private final String title;
    private final Kind kind;
    private final String arguments;

    Workload(String id, String title, Kind kind, String arguments) {
        this.id = id;
        this.title = title;
        this.kind = kind;
        this.arguments = arguments;
    }

    /** What is reported of it. */
    enum Kind {
        /** Messages per second and CPU, closed loop. */
        THROUGHPUT,
        /** Percentiles at a fixed rate, open loop. */
        LATENCY,
        /** The time until Sluice listens. */
        START,
        /** Memory per connection. */
        IDLE,
        /** CONNECTs, returns and memory of sessions that outlive their connections. */
        SESSIONS,
        /** CONNECTs by each way to come in, and memory of connections with TLS. */
        CONNECTS,
        /** Messages per second through rules with a format, beside raw ones. */
        FORMATS
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    Kind kind() {
        return kind;
    }

    boolean isIngest() {
        return arguments.startsWith("ingest");
    }

    /** Arguments of the load tool; {@code --wildcard} stands for a filter over all topic names of the server. */
    List<String> arguments(Server server) {
        return List.of(arguments
                .replace("--wildcard", "--filter " + server.topic() + "/#")
                .split(" ", -1));
    }

    /**
     * The workloads with these ids, separated by commas, in the order of this class; all for an empty text.
     *
     * @throws IllegalArgumentException for an id that no workload has
     */
    static List<Workload> parse(String ids) {
        if (ids.isEmpty()) {
            return List.of(values());
        }
        List<String> wanted = List.of(ids.split(",", -1));
        List<String> known = Arrays.stream(values()).map(Workload::id).toList();
        for (String id : wanted) {
            if (!known.contains(id)) {
                throw new IllegalArgumentException(
                        "--only: " + id + " (expected: some of " + String.join(",", known) + ")");
            }
        }
        return Arrays.stream(values())
                .filter(workload -> wanted.contains(workload.id))
                .collect(Collectors.toUnmodifiableList());
    }
}
