package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.KAFKA;
import static io.sluice.app.security.attempts.Area.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Property;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishing where one may not, or to what must not be a Kafka topic. */
final class PublishAttempts {

    private static final int QOS_1 = 0x02;
    private static final int QOS_2 = 0x04;
    private static final int RETAIN = 0x01;
    private static final String REFUSED_3 = "closed";

    private PublishAttempts() {}

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>(topics());
        all.addAll(kafka());
        return all;
    }

    private static List<Attempt> topics() {
        return List.of(
                attempt("QoS 0 to a topic that no rule allows", "nothing", "alice", "b/x", 0),
                attempt("QoS 1 to a topic that no rule allows", "PUBACK 0x87", "alice", "b/x", QOS_1),
                attempt("QoS 2 to a topic that no rule allows", "PUBREC 0x87", "alice", "b/x", QOS_2),
                attempt("QoS 1 into a denied branch of an allowed tree", "PUBACK 0x87", "alice", "a/secret/x", QOS_1),
                attempt("QoS 1 to the root of the denied branch", "PUBACK 0x87", "alice", "a/secret", QOS_1),
                attempt("an empty level instead of a denied one", "PUBACK 0x87", "alice", "/hidden", QOS_1),
                attempt("the allowed branch in another case", "PUBACK 0x87", "alice", "A/x", QOS_1),
                attempt("a leading slash before the allowed branch", "PUBACK 0x87", "alice", "/a/x", QOS_1),
                attempt("the group's branch by one who is not in it", "PUBACK 0x87", "alice", "group/staff/x", QOS_1),
                attempt("what is allowed to another network only", "PUBACK 0x87", "alice", "inside/x", QOS_1),
                attempt("what is allowed on another listener only", "PUBACK 0x87", "alice", "by-token/x", QOS_1),
                attempt("retained where `retain` is denied", "PUBACK 0x87", "alice", "quiet/x", QOS_1 | RETAIN),
                attempt("`$SYS/x` by a user who may publish to `#`", "PUBACK 0x87", "writer", "$SYS/x", QOS_1),
                attempt("the topic name `$share/g/a/x`", "PUBACK 0x87", "writer", "$share/g/a/x", QOS_1),
                broken("a topic name with `+`", 0x90, "a/+"),
                broken("a topic name with `#`", 0x90, "a/#"),
                broken("an empty topic name", 0x82, ""),
                broken("a topic name with U+0000", 0x81, "a/\0"),
                new Attempt(
                        PUBLISH,
                        "a topic name that is not UTF-8",
                        "closed",
                        "DISCONNECT 0x81, closed",
                        (sluice, protocol) -> Answers.to(
                                sluice.login(protocol, "writer"),
                                Wire.packet(
                                        Wire.PUBLISH,
                                        Wire.binary(new byte[] {'a', '/', (byte) 0xED, (byte) 0xA0, (byte) 0x80}),
                                        Wire.noProperties(protocol)))),
                broken("a topic name of 200 levels", 0x90, "a/" + "x/".repeat(199)),
                new Attempt(
                        PUBLISH,
                        "by a topic alias after its topic was denied",
                        null,
                        "PUBACK 0x87, PUBACK 0x87",
                        PublishAttempts::alias),
                new Attempt(
                        PUBLISH,
                        "QoS 2 to a denied topic, and PUBREL all the same",
                        null,
                        "PUBREC 0x87, PUBCOMP 0x92",
                        PublishAttempts::release));
    }

    private static List<Attempt> kafka() {
        List<Attempt> all = new ArrayList<>();
        for (String name : List.of(
                "__consumer_offsets",
                "_schemas",
                "__transaction_state",
                "_sluice.sessions",
                "_sluice.retained",
                "_sluice.instances",
                "_sluice.new",
                "..",
                ".",
                "x".repeat(250),
                "a b",
                "a%2Fb",
                "ünïcode",
                "")) {
            String shown = name.length() > 200 ? "250 characters" : name.isEmpty() ? "nothing" : "`" + name + "`";
            all.add(kafka("a level that would become the Kafka topic " + shown, "exact/" + name + "/x"));
        }
        all.add(kafka("the same of 250 characters with `illegal-name: replace`", "replaced/" + "x".repeat(250) + "/x"));
        all.add(replaced("_schemas", "--5fschemas"));
        all.add(replaced("__consumer_offsets", "--5f_consumer_offsets"));
        all.add(replaced("_sluice.sessions", "--5fsluice.sessions"));
        all.add(properties());
        return all;
    }

    private static Attempt kafka(String what, String topic) {
        return new Attempt(
                KAFKA,
                what,
                REFUSED_3,
                "PUBACK 0x90",
                (sluice, protocol) -> Answers.withAnswer(
                        sluice.login(protocol, "writer"),
                        Wire.PUBACK,
                        Wire.publish(protocol, QOS_1, topic, 1, "never")));
    }

    /** Nobody is denied here: it is stored, where it does no harm. */
    private static Attempt replaced(String name, String kafkaTopic) {
        String stored = ", stored in `" + kafkaTopic + "`";
        return new Attempt(
                KAFKA,
                "the same with `illegal-name: replace`: `" + name + "`",
                "PUBACK" + stored,
                "PUBACK 0x00" + stored,
                (sluice, protocol) -> {
                    String payload = sluice.clientId() + " elsewhere";
                    String answer = Answers.withAnswer(
                            sluice.login(protocol, "writer"),
                            Wire.PUBACK,
                            Wire.publish(protocol, QOS_1, "replaced/" + name + "/x", 1, payload));
                    assertThat(sluice.recordsThat(payload::equals)).containsExactly(kafkaTopic + ": " + payload);
                    return answer + stored;
                });
    }

    /** User properties stay below their own prefix, so that none is taken for what Sluice says itself. */
    private static Attempt properties() {
        return new Attempt(
                KAFKA,
                "user properties named `mqtt.topic`, `mqtt.client-id` and `kafka.topic`, and a response topic `a/secret/x`",
                null,
                "PUBACK 0x00, stored in `mqtt.a`, the headers are Sluice's",
                (sluice, protocol) -> {
                    RawClient client = sluice.login(protocol, "alice");
                    String payload = sluice.clientId() + " headers";
                    client.send(client.publication(
                            "a/headers",
                            payload,
                            1,
                            false,
                            1,
                            Property.userProperty("mqtt.topic", "b/x"),
                            Property.userProperty("mqtt.client-id", "somebody"),
                            Property.userProperty("kafka.topic", "_sluice.sessions"),
                            Property.responseTopic("a/secret/x")));
                    client.assertAnswered(Wire.PUBACK, 1);
                    assertThat(sluice.recordsThat(payload::equals)).containsExactly("mqtt.a: " + payload);
                    assertThat(sluice.headers("mqtt.a", payload))
                            .contains(
                                    "mqtt.topic=a/headers",
                                    "mqtt.user.mqtt.topic=b/x",
                                    "mqtt.user.kafka.topic=_sluice.sessions")
                            .doesNotContain("mqtt.topic=b/x", "mqtt.client-id=somebody");
                    return "PUBACK 0x00, stored in `mqtt.a`, the headers are Sluice's";
                });
    }

    private static Attempt attempt(String what, @Nullable String answer5, String user, String topic, int flags) {
        return new Attempt(PUBLISH, what, REFUSED_3, answer5, (sluice, protocol) -> {
            RawClient client = sluice.login(protocol, user);
            byte[] publish = Wire.publish(protocol, flags, topic, 1, "never");
            boolean isUnanswered = protocol == Protocol.MQTT_5 && flags == 0;
            int type = (flags & QOS_2) != 0 ? Wire.PUBREC : Wire.PUBACK;
            return isUnanswered ? Answers.to(client, publish) : Answers.withAnswer(client, type, publish);
        });
    }

    private static Attempt broken(String what, int code, String topic) {
        return new Attempt(
                PUBLISH,
                what,
                REFUSED_3,
                "DISCONNECT 0x%02X, closed".formatted(code),
                (sluice, protocol) ->
                        Answers.to(sluice.login(protocol, "writer"), Wire.publish(protocol, QOS_1, topic, 1, "never")));
    }

    private static String alias(AttackedSluice sluice, Protocol protocol) throws Exception {
        RawClient client = sluice.login(protocol, "alice");
        String first = Answers.withAnswer(
                client, Wire.PUBACK, client.publication("b/x", "never", 1, false, 1, Property.topicAlias(1)));
        return first + ", "
                + Answers.withAnswer(
                        client, Wire.PUBACK, client.publication("", "never", 1, false, 2, Property.topicAlias(1)));
    }

    private static String release(AttackedSluice sluice, Protocol protocol) throws Exception {
        RawClient client = sluice.login(protocol, "alice");
        String first = Answers.withAnswer(client, Wire.PUBREC, Wire.publish(protocol, QOS_2, "b/x", 1, "never"));
        return first + ", " + Answers.withAnswer(client, Wire.PUBCOMP, Wire.answer(Wire.PUBREL, 1));
    }
}
