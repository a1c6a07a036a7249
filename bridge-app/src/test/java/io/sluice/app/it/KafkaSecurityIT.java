package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_3_1_1;
import static io.sluice.app.it.Protocol.MQTT_5;
import static io.sluice.app.it.SecuredKafka.acl;
import static io.sluice.app.it.SecuredKafka.acls;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.PatternType.LITERAL;
import static org.apache.kafka.common.resource.PatternType.PREFIXED;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.runtime.KafkaCheck;
import io.sluice.app.runtime.Sluice;
import io.sluice.kafka.audit.NeededRights;
import io.sluice.mqtt.fake.TestAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** A Kafka that asks who comes, and lets them do what its ACLs say: SCRAM over TLS. */
final class KafkaSecurityIT {

    private static final String PASSWORD = "p\"a\\s's $w{o}rd;\u00e9";
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int IMPLEMENTATION_SPECIFIC = 0x83;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0"}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            instance: {name: secured}
            kafka: {bootstrap-servers: "%s", username: sluice, password: "${file:%s}", properties: {%s}}
            ingress:
              - {name: alpha, filter: "alpha/#", topic: "alpha"}
              - {name: beta, filter: "beta/#", topic: "beta"}
              - {name: made, filter: "made/{x}/#", topic: "made.{x}"}
            egress:
              - {name: commands, topic: "commands.{tenant}", filter: "commands/{tenant}/{key}"}
            """;

    @TempDir
    private static Path folder = Path.of(".");

    private static SecuredKafka kafka;
    private static Sluice sluice;
    private static final ListAppender<ILoggingEvent> LINES = new ListAppender<>();

    @BeforeAll
    static void start() throws Exception {
        LINES.start();
        ((Logger) LoggerFactory.getLogger("io.sluice")).addAppender(LINES);
        kafka = new SecuredKafka(folder, PASSWORD);
        kafka.allow(all());
        kafka.createTopic("alpha", 2);
        kafka.createTopic("beta", 2);
        kafka.createTopic("commands.acme", 2);
        sluice = Sluice.start(config(PASSWORD));
    }

    @AfterAll
    static void stop() {
        try {
            sluice.close();
        } finally {
            kafka.close();
            ((Logger) LoggerFactory.getLogger("io.sluice")).detachAppender(LINES);
        }
    }

    /** What {@code sluice kafka-acls} prints, and no more. */
    private static List<AclBinding> all() throws IOException {
        List<AclBinding> all = new ArrayList<>();
        for (NeededRights.Right right : KafkaCheck.neededRights(config(PASSWORD))) {
            for (AclOperation operation : right.ordered()) {
                all.add(acl(
                        right.resource().resourceType(),
                        right.resource().name(),
                        right.resource().patternType(),
                        operation));
            }
        }
        return all;
    }

    private static SluiceConfig config(String password) throws IOException {
        return ConfigLoader.load(new ConfigSources(
                        List.of(file(password).toString()),
                        Map.of(),
                        Map.of(),
                        false,
                        Runtime.getRuntime().maxMemory()))
                .usable();
    }

    private static Path file(String password) throws IOException {
        Path secret = Files.writeString(Files.createTempFile(folder, "password", ""), password);
        Path file = Files.createTempFile(folder, "sluice", ".yaml");
        return Files.writeString(file, CONFIG.formatted(kafka.bootstrapServers(), secret, kafka.clientProperties()));
    }

    @AfterEach
    void giveAllRightsBack() throws Exception {
        kafka.allow(all());
        kafka.setPassword(SecuredKafka.USER, PASSWORD);
    }

    private static RawClient connect(Protocol protocol, String clientId) throws IOException {
        return new RawClient(sluice.port("mqtt"), 30_000).connect(new Connect(protocol, clientId));
    }

    private static double metric(String name, String... tags) {
        return sluice.registry().find(name).tags(tags).meters().stream()
                .flatMap(meter -> Stream.of(meter.measure().iterator().next().getValue()))
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    private static void awaitSaid(String... words) {
        await(String.join(" ", words)).atMost(PATIENCE).untilAsserted(() -> assertThat(List.copyOf(LINES.list))
                .anySatisfy(line -> assertThat(line.getFormattedMessage() + " " + line.getKeyValuePairs())
                        .contains(words)));
    }

    private static void produce(String topic, String key, String... values) throws Exception {
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(kafka.inside(), new StringSerializer(), new StringSerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, key, value)).get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** Publishes until Kafka answers so; an ACL takes a moment to be in force. Returns how often it answered otherwise. */
    private static void publishUntil(RawClient publisher, String topic, int qos, int reasonCode) {
        await(topic + " answered by " + reasonCode).atMost(PATIENCE).untilAsserted(() -> {
            int packetId = publisher.nextPacketId();
            publisher.send(publisher.publication(topic, "x", qos, false, packetId));
            ReceivedPacket answer = publisher.next(qos == 1 ? Wire.PUBACK : Wire.PUBREC);
            if (qos == 2 && answer.reasonCode() == 0) {
                publisher.send(Wire.answer(Wire.PUBREL, packetId));
                publisher.assertAnswered(Wire.PUBCOMP, packetId);
            }
            assertThat(answer.reasonCode()).isEqualTo(reasonCode);
        });
    }

    @Test
    void withTheAclsOfTheManualEverythingWorks() throws Exception {
        try (RawClient subscriber = connect(MQTT_5, "all-sub");
                RawClient publisher = connect(MQTT_3_1_1, "all-pub")) {
            subscriber.subscribe("made/+/#", 2);
            subscriber.subscribe("commands/+/dev1", 2);
            for (int qos = 0; qos <= 2; qos++) {
                publisher.publish("made/a/x", "qos" + qos, qos, qos == 1);
            }
            produce("commands.acme", "dev1", "restart");

            assertThat(List.of(
                            subscriber.message().payload(),
                            subscriber.message().payload(),
                            subscriber.message().payload(),
                            subscriber.message().payload()))
                    .containsExactlyInAnyOrder("qos0", "qos1", "qos2", "restart");
            try (RawClient late = connect(MQTT_5, "all-late")) {
                late.subscribe("made/a/x", 1);
                ReceivedMessage retained = late.message();
                assertThat(retained.payload()).isEqualTo("qos1");
                assertThat(retained.retain()).isTrue();
            }
        }
    }

    @Test
    void whoMayNotWriteATopicAnyMoreIsToldAndMayAgain() throws Exception {
        AclBinding write = acl(TOPIC, "alpha", LITERAL, WRITE);
        try (RawClient publisher = connect(MQTT_5, "write-5");
                RawClient other = connect(MQTT_5, "write-other");
                RawClient exactly = new RawClient(sluice.port("mqtt"), 30_000)
                        .connect(new Connect(MQTT_5, "write-2").persistent());
                RawClient older = connect(MQTT_3_1_1, "write-3")) {
            publisher.publish("alpha/x", "before");
            exactly.publish("alpha/x", "before", 2, false);
            double refused = metric("sluice.ingress.rejected", "rule", "alpha", "reason", "not_authorized");

            kafka.takeAway(write);
            publishUntil(publisher, "alpha/x", 1, NOT_AUTHORIZED);
            publishUntil(exactly, "alpha/x", 2, NOT_AUTHORIZED);
            older.send(older.publication("alpha/x", "x", 1, false, older.nextPacketId()));
            older.assertClosed();
            // Nobody else notices.
            other.publish("beta/x", "meanwhile").publish("beta/x", "meanwhile", 2, false);
            assertThat(metric("sluice.ingress.rejected", "rule", "alpha", "reason", "not_authorized"))
                    .isGreaterThan(refused);
            awaitSaid("Kafka does not let us write", "alpha");

            kafka.allow(write);
            publishUntil(publisher, "alpha/x", 1, 0);
            publishUntil(exactly, "alpha/x", 2, 0);
            awaitSaid("Kafka lets us write again", "alpha");
        }
    }

    @Test
    void whatMayNotBeReadForAWhileIsDeliveredAfterwards() throws Exception {
        AclBinding read = acl(TOPIC, "commands.", PREFIXED, READ);
        try (RawClient subscriber = connect(MQTT_5, "read-sub")) {
            subscriber.subscribe("commands/acme/dev2", 1);
            produce("commands.acme", "dev2", "before");
            assertThat(subscriber.message().payload()).isEqualTo("before");

            kafka.takeAway(read);
            await().atMost(PATIENCE).untilAsserted(() -> {
                produce("commands.acme", "other", "x");
                awaitSaid("Kafka does not let us read", "commands.acme");
            });
            produce("commands.acme", "dev2", "1", "2");
            kafka.allow(read);
            produce("commands.acme", "dev2", "3", "end");

            assertThat(subscriber.payloadsUntil("end")).containsExactly("1", "2", "3");
            awaitSaid("Kafka lets us read again", "commands.acme");
        }
    }

    @Test
    void aTopicThatMayNotBeReadHoldsUpNobodyWhoSubscribesToMore() throws Exception {
        AclBinding read = acl(TOPIC, "commands.", PREFIXED, READ);
        kafka.createTopic("commands.later", 1);
        try (RawClient subscriber = connect(MQTT_5, "wild-sub");
                RawClient publisher = connect(MQTT_5, "wild-pub")) {
            publisher.publish("alpha/seen", "x");
            kafka.takeAway(read);
            awaitDenied("commands.later");

            subscriber.subscribe("#", 1);
            publisher.publish("alpha/wild", "1");
            ReceivedMessage seen = subscriber.message();
            while (seen.retain()) {
                // By other tests.
                seen = subscriber.message();
            }
            assertThat(seen.payload()).isEqualTo("1");
            kafka.allow(read);
            await().atMost(PATIENCE).untilAsserted(() -> {
                produce("commands.later", "dev3", "2");
                assertThat(subscriber.settled().hasKept(Wire.PUBLISH)).isTrue();
            });
        }
    }

    /** An ACL takes a moment to be in force; and a topic is known to be denied for as long as somebody asks for it. */
    private static void awaitDenied(String topic) throws IOException {
        try (RawClient subscriber = connect(MQTT_5, "denied-sub")) {
            subscriber.subscribe(topic.replace('.', '/') + "/+", 1);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(metric("sluice.tail.topics.denied"))
                    .isPositive());
        }
    }

    @Test
    void aTopicThatCannotBeSeenForAWhileIsNotReadAgainFromItsBegin() throws Exception {
        List<AclBinding> rights = acls(TOPIC, "beta", LITERAL, READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS);
        try (RawClient subscriber = connect(MQTT_5, "hidden-sub");
                RawClient publisher = connect(MQTT_5, "hidden-pub")) {
            subscriber.subscribe("beta/hidden", 1);
            publisher.publish("beta/hidden", "before");
            assertThat(subscriber.message().payload()).isEqualTo("before");

            kafka.takeAway(rights);
            publishUntil(publisher, "beta/hidden/not", 1, NOT_AUTHORIZED);
            awaitSaid("A Kafka topic cannot be seen any more", "beta");
            kafka.allow(rights);
            publishUntil(publisher, "beta/hidden/not", 1, 0);
            publisher.publish("beta/hidden", "after").publish("beta/hidden", "end");

            assertThat(subscriber.payloadsUntil("end")).containsExactly("after");
        }
    }

    @Test
    void withoutTheTransactionsNothingIsAcknowledgedAtQos2() throws Exception {
        List<AclBinding> rights = acls(TRANSACTIONAL_ID, "_sluice-", PREFIXED, WRITE, DESCRIBE);
        try (RawClient exactly =
                        new RawClient(sluice.port("mqtt"), 30_000).connect(new Connect(MQTT_5, "tx-2").persistent());
                RawClient other = connect(MQTT_5, "tx-1")) {
            exactly.publish("alpha/tx", "before", 2, false);

            kafka.takeAway(rights);
            publishUntil(exactly, "alpha/tx", 2, IMPLEMENTATION_SPECIFIC);
            publishUntil(exactly, "alpha/tx", 2, IMPLEMENTATION_SPECIFIC);
            other.publish("alpha/tx", "meanwhile");

            kafka.allow(rights);
            publishUntil(exactly, "alpha/tx", 2, 0);
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownAuthorityAreNamedAtTheStart() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong"), "wrong-" + PASSWORD);
        String other = new TestAuthority("other-ca")
                .write(folder.resolve("other-ca.pem"))
                .toString();
        String properties = kafka.clientProperties();
        try (ChildSluice denied = child("denied", wrong, properties);
                ChildSluice unknown = child(
                        "unknown",
                        wrong,
                        properties.replaceFirst(
                                "ssl.truststore.location: '[^']*'", "ssl.truststore.location: '" + other + "'"))) {
            denied.launch();
            unknown.launch();

            awaitUnready(denied, "Authentication failed", "SCRAM-SHA-512");
            awaitUnready(unknown, "SSL handshake failed", "unable to find valid certification path");
            assertThat(denied.log() + unknown.log()).doesNotContain(PASSWORD);
        }
    }

    private static ChildSluice child(String name, Path password, String properties) throws IOException {
        return new ChildSluice(
                folder.resolve(name),
                kafka.bootstrapServers(),
                ", username: sluice, password: '${file:%s}', properties: {%s}".formatted(password, properties),
                "");
    }

    /** Two processes start at once, and both are slow to be told. */
    private static void awaitUnready(ChildSluice child, String... words) {
        await().atMost(PATIENCE.multipliedBy(3))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    assertThat(child.page("/ready").statusCode()).isEqualTo(503);
                    assertThat(child.page("/health").body()).contains(words);
                    assertThat(child.log())
                            .contains("Kafka's topics cannot be read")
                            .contains(words);
                });
    }

    @Test
    void checkNamesTheAclThatIsMissing() throws Exception {
        kafka.takeAway(acl(TOPIC, "alpha", LITERAL, WRITE));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(check(PASSWORD)).contains("alpha: Kafka's ACLs do not allow Write"));
        assertThat(check("wrong")).contains("cannot be asked: Authentication failed");
    }

    private static String check(String password) throws IOException {
        StringWriter out = new StringWriter();
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, again) -> 7);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(out, true));
        commandLine.execute("check", "--kafka", "-c", file(password).toString());
        return out.toString();
    }

    @Test
    void aSessionOutlivesTheProcess() throws Exception {
        try (RawClient away = new RawClient(sluice.port("mqtt")).connect(new Connect(MQTT_5, "session").persistent())) {
            away.subscribe("beta/session", 1);
        }
        sluice.close();
        sluice = Sluice.start(config(PASSWORD));
        try (RawClient publisher = connect(MQTT_5, "session-pub");
                RawClient back =
                        new RawClient(sluice.port("mqtt")).connect(new Connect(MQTT_5, "session").persistent())) {
            publisher.publish("beta/session", "for you");

            assertThat(back.connAck().isSessionPresent()).isTrue();
            assertThat(back.message().payload()).isEqualTo("for you");
        }
    }

    @Test
    void aLoginThatIsTakenAwayStopsEverythingAndGivenBackNothingIsLost() throws Exception {
        kafka.removeUser(SecuredKafka.USER);
        awaitSaid("Kafka's topics cannot be read", "Authentication failed");
        kafka.setPassword(SecuredKafka.USER, PASSWORD);

        awaitWorking("alpha/login");
        awaitSaid("Kafka's topics can be read again");
    }

    @Test
    void withoutItsStateSluiceAcknowledgesNothingThatWouldBeInIt() throws Exception {
        AclBinding write = acl(TOPIC, "_sluice.", PREFIXED, WRITE);
        kafka.takeAway(write);
        // It takes a moment to be in force.
        await().atMost(PATIENCE).until(() -> retain("alpha/state") != 0);
        kafka.allow(write);

        awaitWorking("alpha/state");
    }

    /** The answer to a retained message, or -1 when there is none. */
    private static int retain(String topic) {
        try (RawClient client = new RawClient(sluice.port("mqtt"), 3_000)) {
            client.connect(new Connect(MQTT_5, "retains"));
            client.send(client.publication(topic, "x", 1, true, client.nextPacketId()));
            return client.next(Wire.PUBACK).reasonCode();
        } catch (IOException unanswered) {
            return -1;
        }
    }

    /** Everything that Sluice does works, for a client that comes back when it is sent away. */
    private static void awaitWorking(String topic) {
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
            try (RawClient client =
                    new RawClient(sluice.port("mqtt"), 3_000).connect(new Connect(MQTT_5, "works").persistent())) {
                client.subscribe(topic, 1);
                client.publish(topic, "retained", 1, true).publish(topic, "exactly", 2, false);
            }
        });
    }
}
