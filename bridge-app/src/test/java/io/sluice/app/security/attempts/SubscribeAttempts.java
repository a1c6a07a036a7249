package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.SUBSCRIBE;

import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.util.ArrayList;
import java.util.List;

/** Subscribing to more than one may read. */
final class SubscribeAttempts {

    private static final String DENIED_3 = "SUBACK 0x80";
    private static final String DENIED = "SUBACK 0x87";

    private SubscribeAttempts() {}

    static List<Attempt> all() {
        List<Attempt> all = new ArrayList<>(List.of(
                attempt("`#` by one who may read `a/#`", "alice", "#", DENIED),
                attempt("`+/x`", "alice", "+/x", DENIED),
                attempt("`+/#`", "alice", "+/#", DENIED),
                attempt("`a/#`, a part of which (`a/secret/#`) is denied", "alice", "a/#", DENIED),
                attempt("`a/+/x`, a part of which is denied", "alice", "a/+/x", DENIED),
                attempt("`a/+`, which has the root of the denied branch", "alice", "a/+", DENIED),
                attempt("`+/hidden/#`, which begins where it is denied", "alice", "+/hidden/#", DENIED),
                attempt("the denied branch itself", "alice", "a/secret/#", DENIED),
                attempt("a topic that no rule allows", "alice", "b/x", DENIED),
                attempt("`user/+/#` by user alice", "alice", "user/+/#", DENIED),
                attempt("another user's branch", "alice", "user/bob/#", DENIED),
                attempt("another client's branch", "alice", "client/somebody/#", DENIED),
                attempt("the branch of a group that one is not in", "alice", "group/staff/#", DENIED),
                attempt("`$share/g/a/secret/x`", "alice", "$share/g/a/secret/x", DENIED),
                attempt("`$share/g/#`", "alice", "$share/g/#", DENIED),
                attempt("`$SYS/#` by one who may read `#`", "reader", "$SYS/#", DENIED),
                attempt("`$SYS/+/clients` by one who may read `#`", "reader", "$SYS/+/clients", DENIED),
                attempt("`#` of the whole server by one who may read it but for `a/secret/#`", "reader", "#", DENIED),
                broken("`a/#/b`", "a/#/b"),
                broken("`a/b+`", "a/b+"),
                broken("`$share/g`", "$share/g"),
                broken("`$share/+/a/x`", "$share/+/a/x"),
                broken("`$share//a/x`", "$share//a/x"),
                broken("a filter of 200 levels", "a/" + "+/".repeat(199))));
        all.add(new Attempt(
                SUBSCRIBE,
                "a denied filter between two allowed ones: the others are served",
                "SUBACK 0x01 0x80 0x01",
                "SUBACK 0x01 0x87 0x01",
                (sluice, protocol) -> {
                    RawClient client = sluice.login(protocol, "alice");
                    client.send(Wire.packet(
                            Wire.SUBSCRIBE,
                            Wire.u16(1),
                            Wire.noProperties(protocol),
                            Wire.text("a/x"),
                            Wire.u8(1),
                            Wire.text("b/x"),
                            Wire.u8(1),
                            Wire.text("a/y"),
                            Wire.u8(1)));
                    StringBuilder codes = new StringBuilder("SUBACK");
                    client.next(Wire.SUBACK).codes().forEach(code -> codes.append(" 0x%02X".formatted(code)));
                    return codes.toString();
                }));
        return all;
    }

    private static Attempt attempt(String what, String user, String filter, String answer5) {
        return new Attempt(
                SUBSCRIBE,
                what,
                DENIED_3,
                answer5,
                (sluice, protocol) -> Answers.withAnswer(
                        sluice.login(protocol, user), Wire.SUBACK, Wire.subscribe(protocol, 1, filter, 1)));
    }

    private static Attempt broken(String what, String filter) {
        return attempt(what, "watcher", filter, "SUBACK 0x8F");
    }
}
