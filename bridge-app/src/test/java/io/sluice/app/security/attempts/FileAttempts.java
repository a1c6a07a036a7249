package io.sluice.app.security.attempts;

import static io.sluice.app.security.attempts.Area.FILES;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.LoadedConfig;
import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.runtime.Sluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Files that would let in whom nobody meant. */
final class FileAttempts {

    private static final String KEPT = "refused as a whole, what was before stays";

    private FileAttempts() {}

    static List<Attempt> all() {
        return List.of(
                reload("a blank line in the password file", "users", "\n\n"),
                reload("a line without a hash in the password file", "users", "eve:\n"),
                reload("a line with a plain password in the password file", "users", "eve:secret\n"),
                reload("a rule without a topic", "rules.yaml", "  - {allow: publish}\n"),
                reload("a rule with an unknown word", "rules.yaml", "  - {alow: publish, topic: \"#\"}\n"),
                reload("a rule with an unknown `%`", "rules.yaml", "  - {deny: publish, topic: \"%i/#\"}\n"),
                new Attempt(
                        FILES,
                        "a password file in which a comment is all there is about the user",
                        "CONNACK 4, closed",
                        "CONNACK 0x86, closed",
                        (sluice, protocol) -> emptied(sluice, protocol, "users", "# mallory:x\n")),
                new Attempt(
                        FILES,
                        "rules of which none is about the user",
                        "SUBACK 0x80",
                        "SUBACK 0x87",
                        (sluice, protocol) -> emptied(sluice, protocol, "rules.yaml", "authorization:\n")),
                start("`authorization` that is no list", "authorization: all\n"),
                start(
                        "a listener whose `auth` is nobody",
                        "listeners: {l: {type: tcp, bind: \"127.0.0.1:0\", auth: nobody}}\n"),
                start("`jwt` without `issuer`", "authentication: {t: {type: jwt, jwks: k.json, audience: a}}\n"),
                start(
                        "keys of tokens by http instead of https",
                        "authentication: {t: {type: jwt, jwks: \"http://x/keys\", issuer: i, audience: a}}\n"),
                start(
                        "the algorithm `none` in `algorithms`",
                        "authentication: {t: {type: jwt, jwks: k.json, issuer: i, audience: a, algorithms: none}}\n"),
                start(
                        "client certificates without an authority",
                        "listeners: {l: {type: tls, bind: \"127.0.0.1:0\", tls: {certificate: c, key: k, client-auth: require}}}\n"),
                start(
                        "PROXY headers from anybody",
                        "listeners: {l: {type: tcp, bind: \"127.0.0.1:0\", proxy-protocol: v1}}\n"),
                Attempt.once(
                        FILES,
                        "a key set (`jwks`) that is not there",
                        "does not start",
                        (sluice, protocol) -> withoutKeys(sluice)),
                start("the same key twice", "mqtt: {retained: true, retained: false}\n"));
    }

    private static Attempt reload(String what, String file, String added) {
        return Attempt.once(FILES, what, KEPT, (sluice, protocol) -> {
            Path path = sluice.file(file);
            String before = Files.readString(path);
            sluice.awaitReload("failure", () -> Files.writeString(path, before + added));
            try {
                sluice.login(protocol, "alice").publish("a/still", "allowed").disconnect();
                return KEPT;
            } finally {
                sluice.awaitReload("success", () -> Files.writeString(path, before));
            }
        });
    }

    private static String emptied(AttackedSluice sluice, Protocol protocol, String file, String text) throws Exception {
        Path path = sluice.file(file);
        String before = Files.readString(path);
        // What is about the watcher stays.
        String watchers =
                before.lines().filter(line -> line.contains("watcher")).collect(Collectors.joining("\n", "", "\n"));
        sluice.awaitReload("success", () -> Files.writeString(path, text + watchers));
        try {
            Connect connect = new Connect(protocol, sluice.clientId()).user("mallory", sluice.password("mallory"));
            return file.equals("users")
                    ? sluice.connect("local", connect)
                    : Answers.withAnswer(
                            sluice.client("local", protocol).connect(connect),
                            io.sluice.app.it.Wire.SUBACK,
                            io.sluice.app.it.Wire.subscribe(protocol, 1, "a/x", 1));
        } finally {
            sluice.awaitReload("success", () -> Files.writeString(path, before));
        }
    }

    private static Attempt start(String what, String yaml) {
        return Attempt.once(FILES, what, "does not start", (sluice, protocol) -> {
            Path file = Files.writeString(sluice.file("attempt.yaml"), yaml);
            LoadedConfig loaded = ConfigLoader.load(AttackedSluice.sources(file));
            assertThat(loaded.problems()).isNotEmpty();
            return loaded.config() == null ? "does not start" : "starts";
        });
    }

    private static String withoutKeys(AttackedSluice sluice) throws IOException {
        Path file = Files.writeString(
                sluice.file("attempt.yaml"), """
                listeners: {l: {type: tcp, bind: "127.0.0.1:0", auth: t}}
                authentication: {t: {type: jwt, jwks: "%s/no-keys.json", issuer: i, audience: a}}
                management: {bind: "127.0.0.1:0"}
                kafka: {bootstrap-servers: "%s", internal-topics: {prefix: _sluice-other}}
                """.formatted(sluice.file(""), sluice.bootstrapServers()));
        LoadedConfig loaded = ConfigLoader.load(AttackedSluice.sources(file));
        try (Sluice started = Sluice.start(loaded.usable())) {
            return "starts on port " + started.port("l");
        } catch (RuntimeException refused) {
            assertThat(refused).hasStackTraceContaining("no-keys.json");
            return "does not start";
        }
    }
}
