package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.SCRAM;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Property;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.ReceivedPacket;
import io.sluice.app.it.Wire;
import java.util.List;
import java.util.function.UnaryOperator;

/** Proving a password that one does not have, and AUTH out of its place. MQTT 5 alone has it. */
final class ScramAttempts {

    private static final String METHOD = "SCRAM-SHA-256";
    private static final String REFUSED = "CONNACK 0x87, closed";
    private static final String BROKEN = "DISCONNECT 0x82, closed";
    private static final int CONTINUE = 0x18;
    private static final int AGAIN = 0x19;

    private ScramAttempts() {}

    static List<Attempt> all() {
        return List.of(
                attempt(
                        "a wrong proof",
                        REFUSED,
                        (sluice, protocol) -> exchange(sluice, "scram", false, proof -> proof)),
                attempt(
                        "an unknown user",
                        REFUSED,
                        (sluice, protocol) -> exchange(sluice, "nobody", false, proof -> proof)),
                attempt(
                        "the right proof with another nonce",
                        REFUSED,
                        (sluice, protocol) ->
                                exchange(sluice, "scram", true, proof -> proof.replaceFirst(",r=....", ",r=AAAA"))),
                attempt(
                        "the right proof with another channel binding",
                        REFUSED,
                        (sluice, protocol) ->
                                exchange(sluice, "scram", true, proof -> proof.replaceFirst("c=[^,]*", "c=eSws"))),
                attempt(
                        "the right proof without its end",
                        REFUSED,
                        (sluice, protocol) ->
                                exchange(sluice, "scram", true, proof -> proof.substring(0, proof.length() - 8))),
                attempt("a final message that was right on an earlier connection", REFUSED, ScramAttempts::replay),
                attempt(
                        "a first message that asks to act as another user",
                        REFUSED,
                        (sluice, protocol) -> first(sluice, METHOD, "n,a=alice,n=scram,r=abcdefgh")),
                attempt(
                        "a first message of 64 KB",
                        REFUSED,
                        (sluice, protocol) -> first(sluice, METHOD, "n,,n=scram,r=" + "x".repeat(60_000))),
                attempt("a first message that is none", REFUSED, (sluice, protocol) -> first(sluice, METHOD, "\0\r\n")),
                attempt(
                        "a method that is not offered",
                        "CONNACK 0x8C, closed",
                        (sluice, protocol) -> first(sluice, "PLAIN", "\0scram\0" + sluice.secret())),
                attempt(
                        "AUTH instead of CONNECT",
                        "closed",
                        (sluice, protocol) -> Answers.toConnect(sluice.client("local", protocol)
                                .send(auth(CONTINUE, METHOD, "n,,n=scram,r=abcdefgh")))),
                attempt("PUBLISH instead of the answer to a question", "closed", ScramAttempts::early),
                attempt(
                        "AUTH after a CONNECT without a method",
                        BROKEN,
                        (sluice, protocol) -> Answers.to(
                                sluice.login(protocol, "alice"), auth(AGAIN, METHOD, "n,,n=alice,r=abcdefgh"))),
                attempt(
                        "AUTH without a method",
                        BROKEN,
                        (sluice, protocol) ->
                                Answers.to(in(sluice), Wire.packet(Wire.AUTH, Wire.u8(AGAIN), Wire.u8(0)))),
                attempt(
                        "re-authentication by another method",
                        BROKEN,
                        (sluice, protocol) ->
                                Answers.to(in(sluice), auth(AGAIN, "PLAIN", "\0scram\0" + sluice.secret()))),
                attempt(
                        "an answer that was not asked for",
                        BROKEN,
                        (sluice, protocol) -> Answers.to(in(sluice), auth(CONTINUE, METHOD, "c=biws,r=x,p=x"))),
                attempt(
                        "re-authentication with a wrong password",
                        "AUTH 0x18, DISCONNECT 0x87, closed",
                        (sluice, protocol) -> again(sluice, "scram", sluice.secret())),
                attempt(
                        "re-authentication as another user, with that user's password",
                        "AUTH 0x18, DISCONNECT 0x87, closed",
                        (sluice, protocol) -> again(sluice, "scram2", sluice.password("scram2"))));
    }

    private static Attempt attempt(String what, String answer, Attempt.Trial trial) {
        return new Attempt(SCRAM, what, null, answer, trial);
    }

    private static byte[] auth(int reasonCode, String method, String data) {
        return Wire.packet(
                Wire.AUTH,
                Wire.u8(reasonCode),
                Wire.properties(
                        Property.authenticationMethod(method), Property.authenticationData(data.getBytes(UTF_8))));
    }

    private static Connect connect(AttackedSluice sluice, String method, String data) {
        return new Connect(Protocol.MQTT_5, sluice.clientId())
                .with(Property.authenticationMethod(method))
                .with(Property.authenticationData(data.getBytes(UTF_8)));
    }

    private static String first(AttackedSluice sluice, String method, String data) throws Exception {
        return sluice.connect("local", connect(sluice, method, data));
    }

    /** One exchange on a connection, up to the client's last message. */
    private record Exchange(RawClient client, ScramProof proof, String last) {}

    private static Exchange begun(AttackedSluice sluice, String user, String password) throws Exception {
        ScramProof proof = new ScramProof(user, password);
        RawClient client = sluice.client("local", Protocol.MQTT_5);
        client.send(connect(sluice, METHOD, proof.first()).bytes());
        return new Exchange(client, proof, proof.last(question(client.next(Wire.AUTH))));
    }

    private static String question(ReceivedPacket auth) {
        return new String(auth.properties().bytes(Property.AUTHENTICATION_DATA), UTF_8);
    }

    private static String exchange(AttackedSluice sluice, String user, boolean isRight, UnaryOperator<String> change)
            throws Exception {
        Exchange begun = begun(sluice, user, isRight ? sluice.password(user) : sluice.secret());
        return Answers.toConnect(begun.client().send(auth(CONTINUE, METHOD, change.apply(begun.last()))));
    }

    private static String replay(AttackedSluice sluice, Protocol protocol) throws Exception {
        Exchange right = begun(sluice, "scram", sluice.password("scram"));
        right.client().send(auth(CONTINUE, METHOD, right.last())).next(Wire.CONNACK);
        Exchange replayed = begun(sluice, "scram", sluice.secret());
        return Answers.toConnect(replayed.client().send(auth(CONTINUE, METHOD, right.last())));
    }

    private static String early(AttackedSluice sluice, Protocol protocol) throws Exception {
        Exchange begun = begun(sluice, "scram", sluice.secret());
        return Answers.toConnect(begun.client().send(Wire.publish(protocol, 0, "a/x", 0, "never")));
    }

    /** A client that has come in by SCRAM. */
    private static RawClient in(AttackedSluice sluice) throws Exception {
        Exchange right = begun(sluice, "scram", sluice.password("scram"));
        right.client().send(auth(CONTINUE, METHOD, right.last())).next(Wire.CONNACK);
        return right.client();
    }

    private static String again(AttackedSluice sluice, String user, String password) throws Exception {
        RawClient client = in(sluice);
        ScramProof proof = new ScramProof(user, password);
        client.send(auth(AGAIN, METHOD, proof.first()));
        ReceivedPacket question = client.next(Wire.AUTH);
        byte[] last = auth(CONTINUE, METHOD, proof.last(question(question)));
        return "AUTH 0x%02X, ".formatted(question.reasonCode()) + Answers.withAnswer(client, Wire.DISCONNECT, last);
    }
}
