package io.sluice.app.security.attempts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Meter;
import io.sluice.app.config.ConfigLoader;
import io.sluice.app.config.ConfigSources;
import io.sluice.app.it.Connect;
import io.sluice.app.it.Protocol;
import io.sluice.app.it.RawClient;
import io.sluice.app.runtime.Sluice;
import io.sluice.mqtt.auth.password.Algorithm;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordFileEditor;
import io.sluice.mqtt.auth.password.PasswordHasher;
import io.sluice.mqtt.auth.password.PasswordUser;
import io.sluice.mqtt.fake.TestAuthority;
import io.sluice.mqtt.fake.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/** A Sluice with listeners and users of every kind, some rules, and embedded Kafka. Its files are read again when they change. */
@SuppressWarnings("try")
final class AttackedSluice implements AutoCloseable {

    static final Duration YEAR = Duration.ofDays(365);
    static final int RECEIVE_MAXIMUM = 20;

    private static final String CONFIG = """
            listeners:
              local: {type: tcp, bind: "127.0.0.1:0", auth: users}
              tokens: {type: tcp, bind: "127.0.0.1:0", auth: tokens}
              tls: {type: tls, bind: "127.0.0.1:0", auth: users, tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key"}}
              remote:
                type: tls
                bind: "127.0.0.1:0"
                auth: devices
                tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key", client-ca: "%1$s/ca.crt", client-auth: require, crl: "%1$s/crl.pem"}
              optional:
                type: tls
                bind: "127.0.0.1:0"
                auth: devices
                tls: {certificate: "%1$s/server.crt", key: "%1$s/server.key", client-ca: "%1$s/ca.crt", client-auth: optional}
              page: {type: ws, bind: "127.0.0.1:0", auth: users, allowed-origins: ["https://app.example"]}
              v1: {type: tcp, bind: "127.0.0.1:0", auth: users, proxy-protocol: v1, proxy-peers: 127.0.0.0/8}
              v2: {type: tcp, bind: "127.0.0.1:0", auth: users, proxy-protocol: v2, proxy-peers: 127.0.0.0/8}
              elsewhere: {type: tcp, bind: "127.0.0.1:0", auth: users, proxy-protocol: v1, proxy-peers: 192.0.2.0/24}
            authentication:
              users: {type: password-file, file: "%1$s/users"}
              devices: {type: client-certificate}
              tokens: {type: jwt, jwks: "%1$s/keys.json", issuer: "https://issuer.example", audience: sluice}
            ingress:
              - {name: replaced, filter: "replaced/{name}/#", topic: "{name}", illegal-name: replace}
              - {name: exact, filter: "exact/{name}/#", topic: "{name}"}
              - {name: rest, filter: "#", topic: "mqtt.{1}"}
            mqtt: {receive-maximum: %2$d, max-packet-size: 64KiB, connect-timeout: 5s, sys-topics: false}
            management: {bind: "127.0.0.1:0"}
            observability: {log: {level: debug}}
            kafka: {embedded: {data-dir: "%1$s/kafka", port: 0}}
            """;

    private static final String RULES = """
            authorization:
              - {allow: [publish, subscribe], topic: ["#", "$SYS/#"], user: watcher}
              - {deny: [publish, subscribe], topic: ["a/secret/#", "+/hidden"]}
              - {deny: retain, topic: "quiet/#"}
              - {deny: will, topic: "alive/#"}
              - {allow: [publish, subscribe], topic: ["a/#", "quiet/#", "alive/#"]}
              - {allow: [publish, subscribe], topic: "alive-later/#"}
              - {allow: subscribe, topic: ["#"], user: reader}
              - {allow: publish, topic: ["#"], user: writer}
              - {allow: [publish, subscribe], topic: ["user/%u/#", "client/%c/#", "group/%g/#"]}
              - {allow: publish, topic: "inside/#", source: 10.0.0.0/8}
              - {allow: publish, topic: "by-token/#", listener: tokens}
            """;

    private final TestAuthority authority = new TestAuthority("Site");
    private final TokenIssuer issuer = new TokenIssuer();
    private final Map<String, String> passwords = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<String> secrets = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger names = new AtomicInteger();
    private final Path folder;
    private final Sluice sluice;
    private InetAddress source = InetAddress.getLoopbackAddress();

    AttackedSluice(Path folder) throws IOException {
        this.folder = folder;
        authority.write(file("ca.crt"));
        authority.server(TestAuthority.Algorithm.EC).write(file("server.crt"), file("server.key"));
        authority.writeRevocations(file("crl.pem"), YEAR);
        Files.writeString(file("keys.json"), issuer.keySet());
        Files.writeString(file("users"), "# users of the tests\n");
        for (String name : List.of(
                "honest", "watcher", "alice", "bob", "reader", "writer", "a/#", "+", "x#", "%u", "..", "mallory")) {
            user(name, Set.of());
        }
        user("member", Set.of("staff"));
        user("mover", Set.of("staff"));
        user("scram", Set.of(), Algorithm.SCRAM_SHA_256);
        user("scram2", Set.of(), Algorithm.SCRAM_SHA_256);
        Path config = file("sluice.yaml");
        Files.writeString(config, CONFIG.formatted(folder, RECEIVE_MAXIMUM));
        rules(RULES);
        ConfigSources sources = sources(config, file("rules.yaml"));
        sluice = Sluice.start(ConfigLoader.load(sources).usable(), sources);
    }

    static ConfigSources sources(Path... files) {
        return new ConfigSources(
                Stream.of(files).map(Path::toString).toList(),
                Map.of(),
                Map.of(),
                true,
                Runtime.getRuntime().maxMemory());
    }

    // ---- what there is --------------------------------------------------------------------------------------------

    Path file(String name) {
        return folder.resolve(name);
    }

    TestAuthority authority() {
        return authority;
    }

    TokenIssuer issuer() {
        return issuer;
    }

    int port(String listener) {
        return sluice.port(listener);
    }

    String bootstrapServers() {
        return sluice.bootstrapServers();
    }

    String scrape() {
        return sluice.registry().scrape();
    }

    /** The value of a metric over its series with these tags. */
    double metric(String name, String... tags) {
        double sum = 0;
        for (Meter meter : sluice.registry().find(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    // ---- secrets and users ----------------------------------------------------------------------------------------

    /** A secret that nobody else has, and that must not be seen anywhere. */
    String secret() {
        return keep("canary-" + names.incrementAndGet() + "-" + Long.toHexString(System.nanoTime()));
    }

    /** Must not be seen anywhere. */
    String keep(String secret) {
        secrets.add(secret);
        return secret;
    }

    /** The users' passwords, and what this attempt has made. */
    List<String> secrets() {
        return List.copyOf(secrets);
    }

    /** An attempt begins: what earlier ones have made was looked for then. */
    void begin() throws IOException {
        secrets.clear();
        secrets.addAll(passwords.values());
        nextSource();
    }

    String password(String user) {
        return passwords.getOrDefault(user, "nobody's");
    }

    void user(String name, Set<String> groups) throws IOException {
        user(name, groups, Algorithm.PBKDF2_SHA512);
    }

    private void user(String name, Set<String> groups, Algorithm algorithm) throws IOException {
        String password = passwords.computeIfAbsent(name, added -> secret());
        // As cheap as hashes may be: what costs here is not what is tried.
        PasswordHasher hasher = new PasswordHasher(algorithm, 64, 1, 1, 4, 4_096);
        users().put(new PasswordUser(name, hasher.hash(password.getBytes(UTF_8)), groups));
    }

    private void rules(String yaml) throws IOException {
        Files.writeString(file("rules.yaml"), yaml);
    }

    /** Takes away the rule in which this stands, from who is connected too. */
    void withdraw(String words) throws Exception {
        String fewer = RULES.lines().filter(line -> !line.contains(words)).collect(Collectors.joining("\n"));
        awaitReload("success", () -> rules(fewer));
    }

    /** All rules are in force again. */
    void restoreRules() throws Exception {
        awaitReload("success", () -> rules(RULES));
    }

    PasswordFileEditor users() {
        return new PasswordFileEditor(file("users"), HashLimits.DEFAULTS);
    }

    /** Waits until files have been read again, with this outcome, once more than before. */
    void awaitReload(String outcome, Change change) throws Exception {
        double before = metric("sluice.config.reloads", "outcome", outcome);
        change.make();
        // Not only when the files are looked at the next time.
        sluice.reload();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(20))
                .until(() -> metric("sluice.config.reloads", "outcome", outcome) > before);
    }

    /** Changes files. */
    @FunctionalInterface
    interface Change {
        void make() throws Exception;
    }

    // ---- clients --------------------------------------------------------------------------------------------------

    /** What follows comes from an address of its own, so that one attempt's failures do not brake the next. */
    void nextSource() throws IOException {
        int number = names.incrementAndGet();
        source = InetAddress.getByAddress(new byte[] {127, 1, (byte) (number / 250), (byte) (number % 250 + 2)});
    }

    String clientId() {
        return "c" + names.incrementAndGet();
    }

    /** A connection on which nothing is said yet; closed when the attempt is over. */
    Socket socket(String listener) throws IOException {
        return socket(listener, source);
    }

    private Socket socket(String listener, InetAddress from) throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(listener)), 10_000);
        socket.setSoTimeout(30_000);
        return socket;
    }

    RawClient client(String listener, Protocol protocol) throws IOException {
        return new RawClient(socket(listener)).speaks(protocol);
    }

    RawClient client(String listener, Protocol protocol, InetAddress from) throws IOException {
        return new RawClient(socket(listener, from)).speaks(protocol);
    }

    InetAddress source() {
        return source;
    }

    /** What is answered to this CONNECT. */
    String connect(String listener, Connect connect) throws IOException {
        return Answers.toConnect(client(listener, connect.protocol()).send(connect.bytes()));
    }

    /** A user who is in, by name and password. */
    RawClient login(Protocol protocol, String user) throws IOException {
        return login(protocol, user, clientId(), connect -> {});
    }

    RawClient login(Protocol protocol, String user, String clientId, Consumer<Connect> options) throws IOException {
        Connect connect = new Connect(protocol, clientId).user(user, password(user));
        options.accept(connect);
        return client("local", protocol).connect(connect);
    }

    /** An MQTT 5 client from loopback that stays in while others try. */
    RawClient stay(String user) throws IOException {
        return new RawClient(port("local"))
                .connect(new Connect(Protocol.MQTT_5, clientId()).user(user, password(user)));
    }

    /** The headers of the record with this value, as name=value. */
    List<String> headers(String topic, String value) {
        List<String> headers = new ArrayList<>();
        forEachRecord(row -> {
            if (row.topic().equals(topic) && value.equals(row.value())) {
                row.headers().forEach(header -> headers.add(header.key() + "=" + new String(header.value(), UTF_8)));
            }
        });
        return headers;
    }

    /** Values in all of Kafka's topics that are like this, with their topics, committed or not. */
    List<String> recordsThat(Predicate<String> wanted) {
        List<String> found = new ArrayList<>();
        forEachRecord(row -> {
            if (row.value() != null && wanted.test(row.value())) {
                found.add(row.topic() + ": " + row.value());
            }
        });
        return found;
    }

    private void forEachRecord(Consumer<ConsumerRecord<byte[], String>> action) {
        try (KafkaConsumer<byte[], String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers(), "exclude.internal.topics", "false"),
                new ByteArrayDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.listTopics().values().stream()
                    .flatMap(List::stream)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(action);
            }
        }
    }

    /** A device that is known by its certificate. */
    Issued device(String commonName) {
        return authority.client(commonName);
    }

    /** The connections that attempts have opened are closed. */
    void hangUp() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        open.clear();
    }

    @Override
    public void close() throws Exception {
        hangUp();
        sluice.close();
    }
}
