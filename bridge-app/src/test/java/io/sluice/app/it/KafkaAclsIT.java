package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** With the rights that {@code sluice kafka-acls} prints, and no others, Sluice does its work on a Kafka that asks. */
final class KafkaAclsIT {

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            kafka:
              bootstrap-servers: "%s"
              properties:
                security.protocol: SASL_PLAINTEXT
                sasl.mechanism: PLAIN
                sasl.jaas.config: >-
                  org.apache.kafka.common.security.plain.PlainLoginModule required username="sluice" password="s";
            ingress:
              - {name: telemetry, filter: "telemetry/{tenant}/#", topic: "telemetry.{tenant}"}
            """;

    private static final String FURTHER = """
              - {name: other, filter: "other/#", topic: other}
              - {name: events, filter: "events/#", topic: events, format: {type: cloudevents}, dead-letter: events.dlq}
            """;

    private static final String EGRESS = """
            egress:
              - {name: commands, topic: "commands.{tenant}", filter: "commands/{tenant}/{key}"}
            """;

    @TempDir
    Path folder = Path.of(".");

    @Test
    void theRightsAreEnoughAndNoMore() throws Exception {
        try (KafkaCluster kafka = new KafkaCluster(folder, 1)) {
            askForRights(kafka);
            kafka.start();
            Map<String, Object> admin = adminOf(kafka);
            create(admin, bindings(printed(kafka)));
            // May be seen, and not be written.
            create(admin, "events.dlq", AclOperation.DESCRIBE);

            try (Sluice sluice = Sluice.start(ConfigLoader.load(sources(kafka, CONFIG + FURTHER + EGRESS))
                            .usable());
                    RawClient device = connect(sluice, "dev", false);
                    RawClient reader = connect(sluice, "reader", true)) {
                assertThat(reader.subscribe("telemetry/acme/#", 2)).isEqualTo(2);
                assertThat(reader.subscribe("commands/acme/+", 1)).isEqualTo(1);
                for (int qos = 0; qos <= 2; qos++) {
                    device.publish("telemetry/acme/d1", "qos " + qos, qos, false);
                    assertThat(reader.message().payload()).isEqualTo("qos " + qos);
                }
                device.publish("telemetry/acme/state", "kept", 1, true);
                assertThat(reader.message().payload()).isEqualTo("kept");
                command(admin);
                assertThat(reader.message().payload()).isEqualTo("restart");

                int packetId = device.nextPacketId();
                device.send(device.publication("other/x", "not for us", 1, false, packetId));

                ReceivedPacket refusal = device.next(Wire.PUBACK);
                assertThat(refusal.reasonCode()).isEqualTo(0x87);
                aDeadLetterThatMayNotBeWrittenIsNotAcknowledged(sluice, device, reader);
            }
        }
    }

    private static void aDeadLetterThatMayNotBeWrittenIsNotAcknowledged(
            Sluice sluice, RawClient device, RawClient persistent) throws IOException {
        device.send(device.publication("events/x", "no event", 1, false, device.nextPacketId()));
        assertThat(device.next(Wire.PUBACK).reasonCode()).isEqualTo(0x87);
        for (RawClient client : List.of(device, persistent)) {
            client.send(client.publication("events/x", "no event", 2, false, client.nextPacketId()));
            assertThat(client.next(Wire.PUBREC).reasonCode()).isEqualTo(0x87);
        }
        try (RawClient older = new RawClient(sluice.port("mqtt"), 20_000)
                .speaks(Protocol.MQTT_3_1_1)
                .connect(new Connect(Protocol.MQTT_3_1_1, "older"))) {
            older.send(older.publication("events/x", "no event", 1, false, 1));
            assertThat(older.untilClosed()).as("answers to who cannot be told").isEmpty();
        }
        assertThat(count(sluice, "sluice.ingress.rejected")).isEqualTo(4);
        assertThat(count(sluice, "sluice.ingress.dead.lettered")).isZero();
        // And nothing is held up by what failed.
        device.publish("telemetry/acme/d1", "after it", 2, false);
    }

    private static double count(Sluice sluice, String name) {
        return sluice.registry().get(name).tag("rule", "events").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void create(Map<String, Object> config, String kafkaTopic, AclOperation allowed) throws Exception {
        try (Admin admin = Admin.create(config)) {
            admin.createTopics(List.of(new NewTopic(kafkaTopic, 1, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.TOPIC, kafkaTopic, PatternType.LITERAL),
                            new AccessControlEntry("User:sluice", "*", allowed, AclPermissionType.ALLOW))))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static void askForRights(KafkaCluster kafka) {
        kafka.set("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        // Who comes by the inner listeners is nobody in particular, and may do all.
        kafka.set("super.users", "User:ANONYMOUS;User:admin");
        kafka.set("listener.security.protocol.map", "CLIENTS:SASL_PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
        kafka.set("listener.name.clients.sasl.enabled.mechanisms", "PLAIN");
        kafka.set(
                "listener.name.clients.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_admin=\"a\" user_sluice=\"s\";");
    }

    private static Map<String, Object> adminOf(KafkaCluster kafka) {
        return Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
                        + " password=\"a\";");
    }

    private List<String> printed(KafkaCluster kafka) throws IOException {
        StringWriter out = new StringWriter();
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, sources) -> 7);
        commandLine.setOut(new PrintWriter(out, true));
        String file = sources(kafka, CONFIG + EGRESS).files().get(0);
        assertThat(commandLine.execute("kafka-acls", "-c", file)).isZero();
        return out.toString().lines().toList();
    }

    private ConfigSources sources(KafkaCluster kafka, String config) throws IOException {
        Path file = Files.createTempFile(folder, "sluice", ".yaml");
        Files.writeString(file, config.formatted(kafka.bootstrapServers()));
        long heapBytes = Runtime.getRuntime().maxMemory();
        return new ConfigSources(List.of(file.toString()), Map.of(), Map.of(), false, heapBytes);
    }

    /** What Kafka's tool would make of the lines. */
    private static List<AclBinding> bindings(List<String> lines) {
        List<AclBinding> bindings = new ArrayList<>();
        for (String line : lines) {
            List<String> words = List.of(line.split(" "));
            PatternType pattern = words.contains("prefixed") ? PatternType.PREFIXED : PatternType.LITERAL;
            ResourcePattern resource = words.contains("--cluster")
                    ? new ResourcePattern(ResourceType.CLUSTER, Resource.CLUSTER_NAME, PatternType.LITERAL)
                    : words.contains("--topic")
                            ? new ResourcePattern(ResourceType.TOPIC, after("--topic", words), pattern)
                            : new ResourcePattern(
                                    ResourceType.TRANSACTIONAL_ID, after("--transactional-id", words), pattern);
            for (int i = 0; i < words.size(); i++) {
                if (words.get(i).equals("--operation")) {
                    AclOperation operation =
                            AclOperation.fromString(words.get(i + 1).replaceAll("([a-z])([A-Z])", "$1_$2"));
                    bindings.add(new AclBinding(
                            resource,
                            new AccessControlEntry(
                                    after("--allow-principal", words), "*", operation, AclPermissionType.ALLOW)));
                }
            }
        }
        return bindings;
    }

    private static String after(String option, List<String> words) {
        return words.get(words.indexOf(option) + 1);
    }

    private static void create(Map<String, Object> config, List<AclBinding> bindings) throws Exception {
        assertThat(bindings).hasSizeGreaterThan(10);
        try (Admin admin = Admin.create(config)) {
            admin.createAcls(bindings).all().get(20, TimeUnit.SECONDS);
            admin.createTopics(List.of(new NewTopic("commands.acme", 1, (short) 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static void command(Map<String, Object> config) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("commands.acme", "d1", "restart"))
                    .get(20, TimeUnit.SECONDS);
        }
    }

    private static RawClient connect(Sluice sluice, String clientId, boolean persistent) throws IOException {
        Connect connect = new Connect(MQTT_5, clientId);
        return new RawClient(sluice.port("mqtt"), 20_000)
                .speaks(MQTT_5)
                .connect(persistent ? connect.persistent() : connect);
    }
}
