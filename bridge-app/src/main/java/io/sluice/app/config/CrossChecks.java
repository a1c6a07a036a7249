package io.sluice.app.config;

import io.sluice.kafka.mapping.RuleProblem;
import io.sluice.kafka.mapping.RuleSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What no single key shows: settings that contradict one another, and rules that cannot work. */
final class CrossChecks {

    /** Sluice's guarantees hang on these; where there is another key for it, that one. */
    private static final Map<String, String> OWN_PROPERTIES = Map.ofEntries(
            Map.entry("bootstrap.servers", "use kafka.bootstrap-servers"),
            Map.entry("acks", "Sluice acknowledges only what all replicas have"),
            Map.entry("enable.idempotence", "Sluice keeps the order"),
            Map.entry("max.block.ms", "Sluice never waits in send"),
            Map.entry("partitioner.class", "the order of a topic rests on its key"),
            Map.entry("partitioner.ignore.keys", "the order of a topic rests on its key"),
            Map.entry("transactional.id", "Sluice names its transactions"),
            Map.entry("group.id", "Sluice names its groups"),
            Map.entry("enable.auto.commit", "Sluice keeps its own positions"),
            Map.entry("isolation.level", "Sluice reads what is committed"),
            Map.entry("key.serializer", "Sluice writes bytes"),
            Map.entry("value.serializer", "Sluice writes bytes"),
            Map.entry("key.deserializer", "Sluice reads bytes"),
            Map.entry("value.deserializer", "Sluice reads bytes"));

    private final SluiceConfig config;
    private final Binder binder;
    private final Problems problems;
    private final long heapBytes;

    CrossChecks(SluiceConfig config, Binder binder, Problems problems, long heapBytes) {
        this.config = config;
        this.binder = binder;
        this.problems = problems;
        this.heapBytes = heapBytes;
    }

    /** Checks what was read: a part with problems of its own is not compared with others. */
    void run() {
        if (binder.isRead("listeners")) {
            checkListeners();
            checkAddresses();
        }
        if (binder.isRead("limits") && binder.isRead("mqtt")) {
            checkMemory();
        }
        if (binder.isRead("kafka")) {
            checkKafka();
        }
        if (binder.isRead("ingress") && binder.isRead("egress")) {
            checkRules();
        }
    }

    private void checkListeners() {
        if (config.listeners().isEmpty() && !problems.hasErrors()) {
            problems.error(binder.place("listeners"), "listeners", "none (expected: at least one)");
        }
        config.listeners().forEach((name, listener) -> {
            String path = "listeners." + name;
            if (listener.type() == ListenerConfig.Type.WS && !listener.path().startsWith("/")) {
                error(path + ".path", "\"" + listener.path() + "\" (expected: a path that starts with /)");
            }
            if (listener.type() != ListenerConfig.Type.WS && isSaid(path + ".path")) {
                error(path + ".path", "on a listener of type tcp (expected: only with type ws)");
            }
            if (listener.auth() == null && !listener.bind().isLoopback()) {
                warning(
                        path + ".bind",
                        "anyone who reaches " + listener.bind()
                                + " may connect (\"auth: none\" says that this is meant; 127.0.0.1 closes it)");
            }
        });
    }

    private void checkAddresses() {
        Map<String, HostAndPort> taken = new LinkedHashMap<>();
        config.listeners()
                .forEach((name, listener) -> checkAddress(taken, "listeners." + name + ".bind", listener.bind()));
        if (binder.isRead("management")) {
            checkAddress(taken, "management.bind", config.management().bind());
        }
        if (binder.isRead("kafka") && config.kafka().isEmbedded()) {
            int port = config.kafka().embedded().port();
            checkAddress(taken, "kafka.embedded.port", new HostAndPort("127.0.0.1", port));
        }
    }

    private void checkAddress(Map<String, HostAndPort> taken, String path, HostAndPort address) {
        taken.forEach((otherPath, other) -> {
            if (address.clashesWith(other)) {
                // At what somebody wrote: the other may be a default.
                boolean isWritten = isSaid(path) || !isSaid(otherPath);
                error(
                        isWritten ? path : otherPath,
                        "port " + address.port() + " is taken by " + (isWritten ? otherPath : path)
                                + " (expected: another port)");
            }
        });
        taken.put(path, address);
    }

    private void checkMemory() {
        long gate = config.limits().inflightBytes().bytes(heapBytes);
        if (gate >= heapBytes) {
            error(
                    "limits.inflight-bytes",
                    config.limits().inflightBytes() + " do not fit into the heap of " + new Bytes(heapBytes)
                            + " (expected: less, about a quarter)");
        }
        long packet = config.mqtt().maxPacketSize().count();
        if (packet > gate) {
            error(
                    "mqtt.max-packet-size",
                    config.mqtt().maxPacketSize() + " is more than limits.inflight-bytes, " + new Bytes(gate)
                            + " (expected: one packet fits)");
        }
    }

    private void checkKafka() {
        checkProperties("kafka.properties", config.kafka().properties());
        checkProperties("kafka.producer", config.kafka().producer());
        if (!config.kafka().isEmbedded()) {
            if (isSaid("kafka.embedded")) {
                warning("kafka.embedded", "not used, because kafka.bootstrap-servers is set");
            }
            return;
        }
        for (int i = 0; i < config.ingress().size(); i++) {
            int replicas = config.ingress().get(i).create().replicationFactor();
            if (replicas > 1) {
                error(
                        "ingress[" + i + "].create.replication-factor",
                        "\"" + replicas + "\" (expected: 1 or -1 with the embedded Kafka, which is one node)");
            }
        }
    }

    private void checkProperties(String path, KafkaProperties properties) {
        properties.values().keySet().forEach(name -> {
            String why = OWN_PROPERTIES.get(name);
            if (why != null) {
                error(path + "." + name, "not to be set here: " + why);
            }
        });
    }

    private void checkRules() {
        List<RuleProblem> found = RuleSet.check(config.ingressRules(), config.egressRules());
        for (RuleProblem problem : found) {
            String list = problem.ingress() ? "ingress" : "egress";
            String name = problem.ingress()
                    ? config.ingress().get(problem.index()).name()
                    : config.egress().get(problem.index()).name();
            String item = list + "[" + problem.index() + "]";
            Place field = binder.place(item + "." + problem.field());
            Place place = problem.field().isEmpty() || field.isDefault() ? binder.place(item) : field;
            String path = item + " \"" + name + "\"";
            if (problem.error()) {
                problems.error(place, path, problem.message());
            } else {
                problems.warning(place, path, problem.message());
            }
        }
    }

    private boolean isSaid(String path) {
        return !binder.place(path).isDefault();
    }

    private void error(String path, String message) {
        problems.error(binder.place(path), path, message);
    }

    private void warning(String path, String message) {
        problems.warning(binder.place(path), path, message);
    }
}
