package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.NAMES;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.util.ArrayList;
import java.util.List;

/** Names that are meant to be more than a name. */
final class NameAttempts {

    private static final String LONG = "CONNACK 2, closed";

    private NameAttempts() {}

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>(List.of(
                user("user `a/#` publishes to `user/a/x`, where the rule says `user/%u/#`", "a/#", "user/a/x"),
                user("user `a/#` publishes to `user/a/#/x`'s parent `user/a`", "a/#", "user/a"),
                user("user `+` publishes to `user/alice/x`", "+", "user/alice/x"),
                user("user `x#` publishes to `user/x`", "x#", "user/x"),
                user("user `%u` publishes to `user/alice/x`", "%u", "user/alice/x"),
                user("user `..` publishes to `user/alice`", "..", "user/alice"),
                subscriber("user `+` subscribes to `user/+/#`", "+", "user/+/#"),
                subscriber("user `a/#` subscribes to `user/a/#`", "a/#", "user/a/#"),
                subscriber("user `x#` subscribes to `user/#`", "x#", "user/#"),
                id("client id `+` publishes to `client/x/y`", "+", "client/x/y"),
                id("client id `a/b` publishes to `client/a/b`", "a/b", "client/a/b"),
                id("client id `#` publishes to `client/x`", "#", "client/x"),
                id("client id `..` publishes to `client/alice`", "..", "client/alice"),
                id("client id `%u` publishes to `client/alice/x`", "%u", "client/alice/x")));
        all.add(connect(
                "a user name with U+0000", "closed", "CONNACK 0x81, closed", (id, protocol) -> new Connect(protocol, id)
                        .user("a\0b", "never")));
        all.add(connect(
                "a client id with U+0000",
                "closed",
                "CONNACK 0x81, closed",
                (id, protocol) -> new Connect(protocol, id + "\0b")));
        all.add(connect(
                "a client id of 64 KB",
                LONG,
                "CONNACK 0x85, closed",
                (id, protocol) -> new Connect(protocol, "x".repeat(60_000))));
        all.add(connect(
                "a client id with a line feed and a line of the log in it",
                "CONNACK 4, closed",
                "CONNACK 0x86, closed",
                (id, protocol) -> new Connect(protocol, "x\r\n2026-11-22T00:00:00.000Z ERROR Sluice: all is lost")
                        .user("alice", "never")));
        all.add(denied(
                "client id with CR, LF and ANSI escapes publishes where it may not",
                "x\r\n\u001B[2J\u001B[31m",
                "b/x"));
        all.add(denied("a topic with CR, LF and ANSI escapes", "plain", "b/\r\n\u001B[31mERROR"));
        all.add(new Attempt(
                NAMES,
                "a client id that is not UTF-8",
                "closed",
                "CONNACK 0x81, closed",
                (sluice, protocol) -> Answers.toConnect(sluice.client("local", protocol)
                        .send(Wire.packet(
                                Wire.CONNECT,
                                Wire.text("MQTT"),
                                Wire.u8(protocol.level),
                                Wire.u8(2),
                                Wire.u16(0),
                                Wire.noProperties(protocol),
                                Wire.binary(new byte[] {(byte) 0xC0, (byte) 0x80}))))));
        return all;
    }

    /** Makes a CONNECT for a client id that is free. */
    private interface Hostile {
        Connect connect(String clientId, Protocol protocol);
    }

    private static Attempt connect(String what, String answer3, String answer5, Hostile hostile) {
        return new Attempt(
                NAMES,
                what,
                answer3,
                answer5,
                (sluice, protocol) -> sluice.connect("local", hostile.connect(sluice.clientId(), protocol)));
    }

    private static Attempt user(String what, String user, String topic) {
        return new Attempt(
                NAMES,
                what,
                "closed",
                "PUBACK 0x87",
                (sluice, protocol) -> Answers.withAnswer(
                        sluice.login(protocol, user), Wire.PUBACK, Wire.publish(protocol, 2, topic, 1, "never")));
    }

    private static Attempt subscriber(String what, String user, String filter) {
        return new Attempt(
                NAMES,
                what,
                "SUBACK 0x80",
                "SUBACK 0x87",
                (sluice, protocol) -> Answers.withAnswer(
                        sluice.login(protocol, user), Wire.SUBACK, Wire.subscribe(protocol, 1, filter, 1)));
    }

    private static Attempt id(String what, String clientId, String topic) {
        return new Attempt(
                NAMES,
                what,
                "closed",
                "PUBACK 0x87",
                (sluice, protocol) -> Answers.withAnswer(
                        sluice.login(protocol, "alice", clientId, connect -> {}),
                        Wire.PUBACK,
                        Wire.publish(protocol, 2, topic, 1, "never")));
    }

    /** Each denial gives a line of the log at most once in a while: whatever the line, it must be one. */
    private static Attempt denied(String what, String clientId, String topic) {
        return new Attempt(NAMES, what, "closed", "PUBACK 0x87", (sluice, protocol) -> {
            RawClient client = sluice.login(protocol, "mallory", clientId, connect -> {});
            return Answers.withAnswer(client, Wire.PUBACK, Wire.publish(protocol, 2, topic, 1, "never"));
        });
    }
}
