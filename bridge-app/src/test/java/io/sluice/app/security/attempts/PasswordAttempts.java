package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.PASSWORDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.it.Wire;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Coming in without the right password. */
final class PasswordAttempts {

    private static final int GUESSES = 1_000;

    private PasswordAttempts() {}

    static List<Attempt> all() {
        return List.of(
                attempt("an unknown user", (connect, secret) -> connect.user("nobody", secret)),
                attempt("a wrong password", (connect, secret) -> connect.user("alice", secret)),
                attempt("an empty password", (connect, secret) -> connect.user("alice", "")),
                attempt("a user name without a password", (connect, secret) -> connect.user("alice")),
                attempt("an empty user name with a password", (connect, secret) -> connect.user("", secret)),
                attempt("neither user name nor password", (connect, secret) -> {}),
                attempt("a password of 60 KB", (connect, secret) -> connect.user("alice", secret.repeat(2_000))),
                attempt("the user's hash as password", (connect, secret) -> connect.user("alice", "$7$210000$")),
                new Attempt(
                        PASSWORDS,
                        "a password without a user name",
                        "closed",
                        "CONNACK 0x86, closed",
                        PasswordAttempts::passwordWithoutUser),
                new Attempt(
                        PASSWORDS,
                        "another user's right password in another case of the name",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        (sluice, protocol) -> sluice.connect(
                                "local", new Connect(protocol, "c").user("Alice", sluice.password("alice")))),
                new Attempt(
                        PASSWORDS,
                        "the sixth guess of one user's password from one address",
                        "CONNACK 3, closed",
                        "CONNACK 0x89, closed",
                        PasswordAttempts::sixthGuess),
                new Attempt(
                        PASSWORDS,
                        "1,000 wrong passwords of a user, who comes in from its own address all the same",
                        null,
                        "CONNACK 0x86 or 0x89, closed",
                        PasswordAttempts::manyGuesses));
    }

    /** Fills in a CONNECT. */
    private interface Credentials {
        void fill(Connect connect, String secret);
    }

    private static Attempt attempt(String what, Credentials credentials) {
        return new Attempt(PASSWORDS, what, "CONNACK 4, closed", "CONNACK 0x86, closed", (sluice, protocol) -> {
            Connect connect = new Connect(protocol, sluice.clientId());
            credentials.fill(connect, sluice.secret());
            return sluice.connect("local", connect);
        });
    }

    private static String passwordWithoutUser(AttackedSluice sluice, Protocol protocol) throws Exception {
        byte[] connect = Wire.packet(
                Wire.CONNECT,
                Wire.text("MQTT"),
                Wire.u8(protocol.level),
                Wire.u8(0x42),
                Wire.u16(0),
                Wire.noProperties(protocol),
                Wire.text("c"),
                Wire.text(sluice.secret()));
        return Answers.toConnect(sluice.client("local", protocol).send(connect));
    }

    private static String sixthGuess(AttackedSluice sluice, Protocol protocol) throws Exception {
        String answer = "";
        for (int guess = 0; guess < 6; guess++) {
            answer = sluice.connect("local", new Connect(protocol, "c").user("bob", sluice.secret()));
        }
        return answer;
    }

    /** From many addresses, as many at a time as a file descriptor costs little. */
    private static String manyGuesses(AttackedSluice sluice, Protocol protocol) throws Exception {
        // From here it has come in before.
        sluice.login(protocol, "bob").disconnect();
        Connect own = new Connect(protocol, sluice.clientId()).user("bob", sluice.password("bob"));
        InetAddress home = sluice.source();
        String secret = sluice.secret();
        Set<String> answers = new HashSet<>();
        for (int round = 0; round < GUESSES / 100; round++) {
            sluice.nextSource();
            List<RawClient> guesses = new ArrayList<>();
            for (int guess = 0; guess < 100; guess++) {
                guesses.add(sluice.client("local", protocol)
                        .send(new Connect(protocol, "c")
                                .user("bob", secret + guess)
                                .bytes()));
            }
            for (RawClient guess : guesses) {
                answers.add(Answers.toConnect(guess));
                guess.close();
            }
            if (round < GUESSES / 200) {
                answers.clear();
            }
        }
        sluice.client("local", protocol, home).connect(own);
        // Those of the second half: hardly one is looked at any more.
        assertThat(answers).contains("CONNACK 0x89, closed").isSubsetOf("CONNACK 0x86, closed", "CONNACK 0x89, closed");
        return "CONNACK 0x86 or 0x89, closed";
    }
}
