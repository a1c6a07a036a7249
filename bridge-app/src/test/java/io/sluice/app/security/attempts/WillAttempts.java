package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.SESSIONS;
import static io.sluice.app.security.attempts.Area.WILLS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Property;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.util.List;

/** What stays behind when a client goes: wills, retained messages, sessions. */
final class WillAttempts {

    private static final String DENIED_3 = "CONNACK 5, closed";
    private static final String DENIED = "CONNACK 0x87, closed";
    private static final String NOTHING = "taken up, nothing delivered";

    private WillAttempts() {}

    static List<Attempt> all() {
        return List.of(
                will("a will for a topic that no rule allows", "b/x", false),
                will("a will for a denied branch of an allowed tree", "a/secret/x", false),
                will("a will where `will` is denied and publishing is not", "alive/x", false),
                will("a retained will where `retain` is denied", "quiet/x", true),
                will("a will for `$SYS/x`", "$SYS/x", false),
                will("a will for `$share/g/a/x`", "$share/g/a/x", false),
                new Attempt(
                        WILLS,
                        "a will for a topic with `#`",
                        "closed",
                        "CONNACK 0x90, closed",
                        (sluice, protocol) -> sluice.connect(
                                "local", connect(sluice, protocol).will("a/#", "never", 1, false))),
                new Attempt(
                        WILLS,
                        "a will whose right is taken away before it is due",
                        null,
                        "nothing published",
                        WillAttempts::revoked),
                new Attempt(
                        WILLS,
                        "retained messages of a branch whose reading is denied",
                        "SUBACK 0x80",
                        "SUBACK 0x87",
                        WillAttempts::retained),
                new Attempt(
                        SESSIONS,
                        "somebody else's session by its client id: its subscription is not served",
                        NOTHING,
                        NOTHING,
                        WillAttempts::stolen),
                new Attempt(
                        SESSIONS,
                        "one's own session after the right to its subscription is gone",
                        null,
                        NOTHING,
                        WillAttempts::resumed),
                new Attempt(
                        SESSIONS,
                        "a QoS 2 message of which only a part came, sent again as a whole after the right is gone",
                        null,
                        "PUBREC 0x87, PUBCOMP 0x92",
                        WillAttempts::completed));
    }

    private static Connect connect(AttackedSluice sluice, Protocol protocol) {
        return new Connect(protocol, sluice.clientId()).user("alice", sluice.password("alice"));
    }

    private static Attempt will(String what, String topic, boolean retain) {
        return new Attempt(
                WILLS,
                what,
                DENIED_3,
                DENIED,
                (sluice, protocol) ->
                        sluice.connect("local", connect(sluice, protocol).will(topic, "never", 1, retain)));
    }

    private static String revoked(AttackedSluice sluice, Protocol protocol) throws Exception {
        RawClient client = sluice.login(
                protocol, "alice", sluice.clientId(), connect -> connect.will("alive-later/x", "never", 1, false));
        sluice.withdraw("alive-later");
        try {
            client.breakOff();
            return "nothing published";
        } finally {
            sluice.restoreRules();
        }
    }

    private static String retained(AttackedSluice sluice, Protocol protocol) throws Exception {
        try (RawClient owner = sluice.stay("watcher")) {
            owner.publish("a/secret/kept", "for the few", 1, true);
        }
        return Answers.withAnswer(
                sluice.login(protocol, "alice"), Wire.SUBACK, Wire.subscribe(protocol, 1, "a/secret/kept", 1));
    }

    /** Sent to the session's topic while it is away, and again while it is back. */
    private static String away(AttackedSluice sluice, Protocol protocol, String user, String clientId, String topic)
            throws Exception {
        try (RawClient owner = sluice.stay("watcher")) {
            owner.publish(topic, "missed");
            RawClient taken = sluice.login(protocol, user, clientId, Connect::persistent);
            assertThat(taken.connAck().isSessionPresent()).isTrue();
            owner.publish(topic, "also not for it");
            assertThat(taken.subscribe("a/barrier", 1)).isLessThanOrEqualTo(2);
            owner.publish("a/barrier", "end");
            assertThat(taken.payloadsUntil("end")).isEmpty();
            taken.disconnect();
        }
        return NOTHING;
    }

    private static String stolen(AttackedSluice sluice, Protocol protocol) throws Exception {
        String clientId = sluice.clientId();
        RawClient owner = sluice.login(protocol, "bob", clientId, Connect::persistent);
        assertThat(owner.subscribe("user/bob/#", 1)).isEqualTo(1);
        owner.disconnect();
        return away(sluice, protocol, "mallory", clientId, "user/bob/x");
    }

    private static String resumed(AttackedSluice sluice, Protocol protocol) throws Exception {
        String clientId = sluice.clientId();
        RawClient owner = sluice.login(protocol, "bob", clientId, Connect::persistent);
        assertThat(owner.subscribe("alive-later/y", 1)).isEqualTo(1);
        owner.disconnect();
        sluice.withdraw("alive-later");
        try {
            return away(sluice, protocol, "bob", clientId, "alive-later/y");
        } finally {
            sluice.restoreRules();
        }
    }

    private static String completed(AttackedSluice sluice, Protocol protocol) throws Exception {
        String clientId = sluice.clientId();
        RawClient first = sluice.login(
                protocol, "bob", clientId, connect -> connect.persistent().with(Property.receiveMaximum(10)));
        byte[] publish = Wire.publish(protocol, 0x04, "alive-later/z", 7, "never");
        first.send(java.util.Arrays.copyOf(publish, publish.length - 3));
        first.breakOff();
        sluice.withdraw("alive-later");
        try {
            RawClient back = sluice.login(protocol, "bob", clientId, Connect::persistent);
            String answer =
                    Answers.withAnswer(back, Wire.PUBREC, Wire.publish(protocol, 0x0C, "alive-later/z", 7, "never"));
            return answer + ", " + Answers.withAnswer(back, Wire.PUBCOMP, Wire.answer(Wire.PUBREL, 7));
        } finally {
            sluice.restoreRules();
        }
    }
}
