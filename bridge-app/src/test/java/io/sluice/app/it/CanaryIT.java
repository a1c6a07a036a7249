package io.sluice.app.it;

import static io.sluice.app.it.Protocol.MQTT_5;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import io.sluice.app.cli.SluiceCommand;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.config.LoadedConfig;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.fake.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Secrets with a text in them that nobody else says: with every logger at DEBUG it is nowhere to be read. */
final class CanaryIT {

    private static final String CANARY = "canary7Qx";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String CONFIG = """
            listeners:
              mqtt: {type: tcp, bind: "127.0.0.1:0", auth: devices}
            management: {bind: "127.0.0.1:0"}
            drain: {delay: 0s}
            authentication:
              devices: {type: password-file, file: '%s'}
            kafka:
              bootstrap-servers: "%s"
              username: sluice
              password: "${file:%s}"
              properties:
                %s
                ssl.keystore.type: PKCS12
                ssl.keystore.location: '%s'
                ssl.keystore.password: %s-keystore
                ssl.key.password: %s-keystore
            ingress:
              - {name: all, filter: "a/#", topic: "a"}
            """;

    @TempDir
    private Path folder = Path.of(".");

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<String> seen = new ArrayList<>();

    @Test
    void aSecretIsNowhereToBeRead() throws Exception {
        OutputStreamAppender<ILoggingEvent> appender = appender();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        // The console would print it all.
        List<Appender<ILoggingEvent>> others = new ArrayList<>();
        root.iteratorForAppenders().forEachRemaining(others::add);
        others.forEach(root::detachAppender);
        root.addAppender(appender);
        Map<Logger, Level> levels = new HashMap<>();
        for (Logger logger : ((LoggerContext) LoggerFactory.getILoggerFactory()).getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger, logger.getLevel());
                logger.setLevel(Level.DEBUG);
            }
        }
        try (SecuredKafka kafka = new SecuredKafka(folder, CANARY + "-kafka")) {
            kafka.allow(all());
            for (String password : List.of(CANARY + "-kafka", CANARY + "-wrong")) {
                commands(file(kafka, password));
            }
            run(file(kafka, CANARY + "-kafka"));
        } finally {
            levels.forEach(Logger::setLevel);
            root.detachAppender(appender);
            others.forEach(root::addAppender);
        }
        String logged = log.toString(UTF_8);
        // The loggers that could say it did speak.
        assertThat(logged).contains("ProducerConfig", "SaslClientAuthenticator", "io.sluice");
        assertThat(lines(logged)).as("log").isEmpty();
        assertThat(lines(String.join("\n", seen)))
                .as("pages, commands, errors, threads")
                .isEmpty();
    }

    private static List<String> lines(String text) {
        return text.lines().filter(line -> line.contains(CANARY)).limit(10).toList();
    }

    private OutputStreamAppender<ILoggingEvent> appender() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%level [%thread] %logger %msg %kvp %mdc%n%ex");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(new Shared(log));
        appender.start();
        return appender;
    }

    /** A stream that stays open. */
    private static final class Shared extends OutputStream {
        private final ByteArrayOutputStream to;

        Shared(ByteArrayOutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int one) {
            to.write(one);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            to.write(bytes, from, length);
        }
    }

    private static List<AclBinding> all() {
        List<AclBinding> all = new ArrayList<>();
        all.add(SecuredKafka.acl(ResourceType.TOPIC, "*", PatternType.LITERAL, AclOperation.ALL));
        all.add(SecuredKafka.acl(ResourceType.TRANSACTIONAL_ID, "*", PatternType.LITERAL, AclOperation.ALL));
        all.add(SecuredKafka.acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, AclOperation.ALL));
        return all;
    }

    /** The configuration, with users of its own. */
    private Path file(SecuredKafka kafka, String password) throws Exception {
        Path secret = Files.writeString(Files.createTempFile(folder, "secret", ""), password);
        Path users = Files.createTempFile(folder, "users", "");
        Files.writeString(users, hashed(CANARY + "-device"));
        Path store = folder.resolve("client.p12");
        TestAuthority.Issued client = kafka.authority().client("sluice");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        char[] word = (CANARY + "-keystore").toCharArray();
        keys.setKeyEntry("own", client.key(), word, client.chain().toArray(X509Certificate[]::new));
        try (OutputStream out = Files.newOutputStream(store)) {
            keys.store(out, word);
        }
        String properties = kafka.clientProperties().replace(", ", "\n    ");
        return Files.writeString(
                Files.createTempFile(folder, "sluice", ".yaml"),
                CONFIG.formatted(users, kafka.bootstrapServers(), secret, properties, store, CANARY, CANARY));
    }

    /** A line of mosquitto's. */
    private static String hashed(String password) throws GeneralSecurityException {
        byte[] salt = "0123456789ab".getBytes(UTF_8);
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, 1_000, 512))
                .getEncoded();
        Base64.Encoder base64 = Base64.getEncoder();
        return "device:$7$1000$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash) + "\n";
    }

    /** What the command line says, of a configuration that is right and of one that is not. */
    private void commands(Path file) throws IOException {
        command("config", "--effective", "-c", file.toString());
        command("check", "-c", file.toString());
        command("check", "--kafka", "-c", file.toString());
        command("check", "--kafka", "-c", file.toString(), "--set", "kafka.properties.ssl.keystore.password=" + CANARY);
        command("check", "--kafka", "-c", file.toString(), "--set", "kafka.properties.sasl.jaas.config=" + CANARY);
        command("config", "-c", file.toString(), "--set", "kafka.passwort=" + CANARY);
        command("check", "-c", file.toString(), "--set", "kafka.properties.sasl.mechanism=OAUTHBEARER");
    }

    private void command(String... words) {
        StringWriter said = new StringWriter();
        CommandLine commandLine = SluiceCommand.commandLine(Map.of(), (config, again) -> 7);
        commandLine.setOut(new PrintWriter(said, true));
        commandLine.setErr(new PrintWriter(said, true));
        commandLine.execute(words);
        seen.add(said.toString());
    }

    private void run(Path file) throws Exception {
        LoadedConfig loaded = ConfigLoader.load(new ConfigSources(
                List.of(file.toString()),
                Map.of(),
                Map.of(),
                false,
                Runtime.getRuntime().maxMemory()));
        seen.add(loaded.toString());
        HttpClient http = HttpClient.newHttpClient();
        try (Sluice sluice = Sluice.start(loaded.usable())) {
            assertThat(connect(sluice, CANARY + "-device")).isZero();
            assertThat(connect(sluice, CANARY + "-other")).isNotZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(log.toString(UTF_8)).contains("sluice-topics"));
            for (String page : List.of("/", "/metrics", "/health", "/ready", "/log/levels", "/live")) {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + sluice.managementPort() + page))
                        .build();
                seen.add(http.send(request, BodyHandlers.ofString()).body());
            }
            Thread.getAllStackTraces().keySet().forEach(thread -> seen.add(thread.getName()));
        }
    }

    private int connect(Sluice sluice, String password) throws IOException {
        try (RawClient client = new RawClient(sluice.port("mqtt"))) {
            client.speaks(MQTT_5)
                    .send(new Connect(MQTT_5, "device").user("device", password).bytes());
            ReceivedPacket answer = client.next();
            seen.add(new String(answer.body(), UTF_8));
            return answer.reasonCode();
        }
    }
}
