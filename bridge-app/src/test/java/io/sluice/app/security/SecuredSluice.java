package io.sluice.app.security;

import io.micrometer.core.instrument.Meter;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordFileEditor;
import io.sluice.mqtt.auth.password.PasswordHasher;
import io.sluice.mqtt.auth.password.PasswordUser;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Algorithm;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/**
 * A Sluice for a site: clients of the house by password on one listener, those from outside by certificate on another.
 * Its files are in a folder, and are read again when they change.
 */
final class SecuredSluice implements AutoCloseable {

    static final Duration YEAR = Duration.ofDays(365);

    private static final String LISTENERS = """
            listeners:
              local: {type: tcp, bind: "127.0.0.1:0", auth: users}
              remote:
                type: tls
                bind: "127.0.0.1:0"
                auth: devices
                tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key", client-ca: "%1$s/ca.crt", client-auth: require, crl: "%1$s/crl.pem"}
              page: {type: wss, bind: "127.0.0.1:0", auth: users, allowed-origins: ["https://app.example"], tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key"}}
              apps: {type: tcp, bind: "127.0.0.1:0", auth: apps}
              asked: {type: tcp, bind: "127.0.0.1:0", auth: asked}
              proxied: {type: tcp, bind: "127.0.0.1:0", auth: users, proxy-protocol: v1, proxy-peers: 127.0.0.0/8}
            authentication:
              users: {type: password-file, file: "%1$s/users"}
              devices: {type: client-certificate}
              apps: {type: jwt, jwks: "%1$s/keys.json", issuer: "https://idp.example", audience: mqtt, groups-claim: groups}
              asked: {type: http, url: "http://127.0.0.1:%2$d/auth"}
            management: {bind: "127.0.0.1:0"}
            kafka: {embedded: {data-dir: "%1$s/kafka", port: 0}}
            """;

    private final TestAuthority authority = new TestAuthority("Site");
    private final Tokens tokens = new Tokens();
    private final Webhook webhook = new Webhook();
    private final Path folder;
    private final Sluice sluice;

    /** @param rules in YAML, or an empty text */
    SecuredSluice(Path folder, String rules) throws IOException {
        this.folder = folder;
        authority.write(file("ca.crt"));
        renewServer();
        authority.writeRevocations(file("crl.pem"), YEAR);
        Files.writeString(file("users"), "# users of the tests\n");
        Path config = file("sluice.yaml");
        Files.writeString(config, LISTENERS.formatted(folder, webhook.port()));
        Files.writeString(file("keys.json"), tokens.keys());
        rules(rules);
        user("alice", "alice's", Set.of("operators"));
        user("bob", "bob's", Set.of());
        ConfigSources sources = new ConfigSources(
                List.of(config.toString(), file("rules.yaml").toString()),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
        sluice = Sluice.start(ConfigLoader.load(sources).usable(), sources);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    TestAuthority authority() {
        return authority;
    }

    Tokens tokens() {
        return tokens;
    }

    Webhook webhook() {
        return webhook;
    }

    /** Writes the rules, in YAML; an empty text for a server without rules. */
    void rules(String yaml) throws IOException {
        Files.writeString(file("rules.yaml"), yaml);
    }

    /** The server gets another certificate. */
    Issued renewServer() throws IOException {
        return authority.server(Algorithm.EC).write(file("server.crt"), file("server.key"));
    }

    /** A client's certificate, as files that mosquitto's clients take. */
    Issued client(String commonName) throws IOException {
        return authority.client(commonName).write(file(commonName + ".crt"), file(commonName + ".key"));
    }

    void user(String name, String password, Set<String> groups) throws IOException {
        editor().put(new PasswordUser(
                name, PasswordHasher.DEFAULT.hash(password.getBytes(StandardCharsets.UTF_8)), groups));
    }

    PasswordFileEditor editor() {
        return new PasswordFileEditor(file("users"), HashLimits.DEFAULTS);
    }

    int port(String listener) {
        return sluice.port(listener);
    }

    String bootstrapServers() {
        return sluice.bootstrapServers();
    }

    /** The value of a metric over its series with these tags. */
    double metric(String name, String... tags) {
        double sum = 0;
        for (Meter meter : sluice.registry().find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    /** Waits until files have been read again, with this outcome, once more than before. */
    void awaitReload(String outcome, ReloadCause cause) throws Exception {
        double before = metric("sluice.config.reloads", "outcome", outcome);
        cause.change();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> metric("sluice.config.reloads", "outcome", outcome) > before);
    }

    /** Changes files. */
    interface ReloadCause {
        void change() throws Exception;
    }

    @Override
    public void close() {
        sluice.close();
        webhook.close();
    }
}
