package io.sluice.app.config;

import io.sluice.kafka.mapping.RuleProblem;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordFile;
import io.sluice.mqtt.auth.password.PasswordFileException;
import io.sluice.mqtt.listener.AllowedPeers;
import io.sluice.mqtt.listener.ProxySettings;
import io.sluice.mqtt.listener.TlsContext;
import io.sluice.mqtt.listener.TlsFileException;
import io.sluice.mqtt.listener.TlsSettings;
import io.sluice.mqtt.message.TopicFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What no single key shows: settings that contradict one another, and rules that cannot work. */
final class CrossChecks {

    /** Sluice's guarantees hang on these; where there is another key for it, that one. */
    private static final Map<String, String> OWN_PROPERTIES = Map.ofEntries(
            Map.entry("bootstrap.servers", "use kafka.bootstrap-servers"),
            Map.entry("acks", "Sluice acknowledges only what all replicas have"),
            Map.entry("enable.idempotence", "Sluice keeps the order"),
            Map.entry("max.block.ms", "Sluice never waits in send"),
            Map.entry("partitioner.class", "the order of a topic rests on its key"),
            Map.entry("partitioner.ignore.keys", "the order of a topic rests on its key"),
            Map.entry("transactional.id", "Sluice names its transactions"),
            Map.entry("group.id", "Sluice names its groups"),
            Map.entry("enable.auto.commit", "Sluice keeps its own positions"),
            Map.entry("isolation.level", "Sluice reads what is committed"),
            Map.entry("key.serializer", "Sluice writes bytes"),
            Map.entry("value.serializer", "Sluice writes bytes"),
            Map.entry("key.deserializer", "Sluice reads bytes"),
            Map.entry("value.deserializer", "Sluice reads bytes"));

    private final SluiceConfig config;
    private final Binder binder;
    private final Problems problems;
    private final long heapBytes;

    CrossChecks(SluiceConfig config, Binder binder, Problems problems, long heapBytes) {
        this.config = config;
        this.binder = binder;
        this.problems = problems;
        this.heapBytes = heapBytes;
    }

    /** Checks what was read: a part with problems of its own is not compared with others. */
    void run() {
        if (binder.isRead("listeners")) {
            checkListeners();
            checkAddresses();
        }
        if (binder.isRead("authentication")) {
            checkAuthentication();
        }
        if (binder.isRead("management")) {
            checkManagement();
        }
        if (binder.isRead("limits") && binder.isRead("mqtt")) {
            checkMemory();
        }
        if (binder.isRead("mqtt")) {
            checkFilters("mqtt.closed-to-publish", config.mqtt().closedToPublish());
            checkFilters("mqtt.closed-to-subscribe", config.mqtt().closedToSubscribe());
        }
        if (binder.isRead("sessions")) {
            checkExpiry();
        }
        if (binder.isRead("kafka")) {
            checkKafka();
        }
        if (binder.isRead("ingress") && binder.isRead("egress")) {
            checkRules();
            new FormatChecks(config, binder, problems).run();
        }
        if (binder.isRead("authorization")) {
            new AuthorizationChecks(config, binder, problems).run();
        }
    }

    private void checkFilters(String path, @Nullable Words filters) {
        if (filters == null) {
            return;
        }
        for (String filter : filters.words()) {
            String problem = TopicFilter.problem(filter);
            if (problem == null && TopicFilter.of(filter).isShared()) {
                problem = "\"" + filter + "\" is a shared subscription (expected: the filter alone)";
            }
            if (problem != null) {
                error(path, problem);
            }
        }
    }

    private void checkExpiry() {
        SessionsConfig sessions = config.sessions();
        if (sessions.minExpiry().compareTo(sessions.maxExpiry()) > 0) {
            error("sessions.min-expiry", "more than sessions.max-expiry (expected: at most that)");
        }
    }

    private void checkListeners() {
        if (config.listeners().isEmpty() && !problems.hasErrors()) {
            problems.error(binder.place("listeners"), "listeners", "none (expected: at least one)");
        }
        config.listeners().forEach((name, listener) -> {
            String path = "listeners." + name;
            checkWebSocket(path, listener);
            checkTls(path, listener);
            checkProxyProtocol(path, listener);
            checkAuth(path, listener);
            if (listener.auth() == null && !listener.bind().isLoopback()) {
                warning(
                        path + ".bind",
                        "anyone who reaches " + listener.bind()
                                + " may connect (\"auth: none\" says that this is meant; 127.0.0.1 closes it)");
            }
        });
    }

    private void checkWebSocket(String path, ListenerConfig listener) {
        String type = listener.type().name().toLowerCase(Locale.ROOT);
        if (listener.type().isWebSocket() && !listener.path().startsWith("/")) {
            error(path + ".path", "\"" + listener.path() + "\" (expected: a path that starts with /)");
        }
        for (String key : List.of("path", "allowed-origins")) {
            if (!listener.type().isWebSocket() && isSaid(path + "." + key)) {
                error(path + "." + key, "on a listener of type " + type + " (expected: only with type ws or wss)");
            }
        }
    }

    private void checkTls(String path, ListenerConfig listener) {
        String type = listener.type().name().toLowerCase(Locale.ROOT);
        TlsConfig tls = listener.tls();
        if (tls == null) {
            if (listener.type().isTls()) {
                error(path, "type " + type + " without tls (expected: tls with certificate and key)");
            }
            return;
        }
        if (!listener.type().isTls()) {
            error(path + ".tls", "on a listener of type " + type + " (expected: only with type tls or wss)");
            return;
        }
        try {
            TlsContext.check(tls.toSettings(listener.type()));
        } catch (TlsFileException e) {
            error(path + ".tls", String.valueOf(e.getMessage()));
        } catch (UnsatisfiedLinkError | IllegalArgumentException | IllegalStateException e) {
            error(path + ".tls", "cannot be used: " + e.getMessage());
        }
    }

    private void checkProxyProtocol(String path, ListenerConfig listener) {
        boolean isOn = listener.proxyProtocol() != ProxySettings.Version.OFF;
        Words peers = listener.proxyPeers();
        if (isOn && peers == null) {
            error(
                    path + ".proxy-protocol",
                    "without proxy-peers (expected: the load balancers' networks, since who may send a PROXY header may "
                            + "say that it is anybody)");
        } else if (peers != null) {
            if (!isOn) {
                error(path + ".proxy-peers", "with proxy-protocol off (expected: v1 or v2)");
            }
            try {
                var unused = new AllowedPeers(peers.words());
            } catch (IllegalArgumentException e) {
                error(path + ".proxy-peers", String.valueOf(e.getMessage()));
            }
        }
    }

    private void checkAuth(String path, ListenerConfig listener) {
        String auth = listener.auth();
        if (auth == null || auth.equals(ListenerConfig.NO_AUTH) || !binder.isRead("authentication")) {
            return;
        }
        AuthenticationConfig used = config.authentication().get(auth);
        if (used == null) {
            List<String> known = new ArrayList<>(config.authentication().keySet());
            known.add(ListenerConfig.NO_AUTH);
            error(
                    path + ".auth",
                    "\"" + auth + "\" is not one of authentication (expected: one of " + String.join(", ", known) + ")"
                            + Nearest.hint(auth, known));
        } else if (used.type() == AuthenticationConfig.Type.CLIENT_CERTIFICATE
                && (listener.tls() == null || listener.tls().clientAuth() == TlsSettings.ClientAuth.NONE)) {
            error(
                    path + ".auth",
                    "\"" + auth + "\" needs certificates of clients (expected: tls with client-ca and client-auth)");
        }
    }

    private void checkAuthentication() {
        config.authentication().forEach((name, authentication) -> {
            String path = "authentication." + name;
            if (name.equals(ListenerConfig.NO_AUTH)) {
                error(path, "the name " + name + " says that there is none (expected: another name)");
            }
            String jwks = authentication.jwks();
            if (jwks != null && !AuthenticationConfig.isUrl(jwks)) {
                try {
                    var unused = AuthenticationConfig.keySet(Path.of(jwks));
                } catch (IOException e) {
                    error(path + ".jwks", String.valueOf(e.getMessage()));
                }
            }
            Path file = authentication.file();
            if (file != null) {
                try {
                    var unused = PasswordFile.read(file, HashLimits.DEFAULTS);
                } catch (PasswordFileException e) {
                    error(path + ".file", String.valueOf(e.getMessage()));
                } catch (IOException e) {
                    error(path + ".file", file + ": cannot be read: " + FileFailures.reason(e));
                }
            }
        });
    }

    private void checkManagement() {
        ManagementConfig.ManagementAuth auth = config.management().auth();
        if (auth == null) {
            return;
        }
        try {
            if (auth.type() == ManagementConfig.Type.BEARER) {
                var unused = ManagementToken.read(auth.file());
            } else {
                var unused = PasswordFile.read(auth.file(), HashLimits.DEFAULTS);
            }
        } catch (IOException e) {
            error("management.auth.file", problem(auth.file(), e));
        }
    }

    private static String problem(Path file, IOException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof PasswordFileException || message.startsWith(file + ":")
                ? message
                : file + ": cannot be read: " + FileFailures.reason(e);
    }

    private void checkAddresses() {
        Map<String, HostAndPort> taken = new LinkedHashMap<>();
        config.listeners()
                .forEach((name, listener) -> checkAddress(taken, "listeners." + name + ".bind", listener.bind()));
        if (binder.isRead("management")) {
            checkAddress(taken, "management.bind", config.management().bind());
        }
        if (binder.isRead("kafka") && config.kafka().isEmbedded()) {
            int port = config.kafka().embedded().port();
            checkAddress(taken, "kafka.embedded.port", new HostAndPort("127.0.0.1", port));
        }
    }

    private void checkAddress(Map<String, HostAndPort> taken, String path, HostAndPort address) {
        taken.forEach((otherPath, other) -> {
            if (address.clashesWith(other)) {
                // At what somebody wrote: the other may be a default.
                boolean isWritten = isSaid(path) || !isSaid(otherPath);
                error(
                        isWritten ? path : otherPath,
                        "port " + address.port() + " is taken by " + (isWritten ? otherPath : path)
                                + " (expected: another port)");
            }
        });
        taken.put(path, address);
    }

    private void checkMemory() {
        long gate = config.limits().inflightBytes().bytes(heapBytes);
        if (gate >= heapBytes) {
            error(
                    "limits.inflight-bytes",
                    config.limits().inflightBytes() + " do not fit into the heap of " + new Bytes(heapBytes)
                            + " (expected: less, about a quarter)");
        }
        long packet = config.mqtt().maxPacketSize().count();
        if (packet > gate) {
            error(
                    "mqtt.max-packet-size",
                    config.mqtt().maxPacketSize() + " is more than limits.inflight-bytes, " + new Bytes(gate)
                            + " (expected: one packet fits)");
        }
    }

    private void checkKafka() {
        checkProperties("kafka.properties", config.kafka().properties());
        checkProperties("kafka.producer", config.kafka().producer());
        checkLogin();
        if (!config.kafka().isEmbedded()) {
            if (isSaid("kafka.embedded")) {
                warning("kafka.embedded", "not used, because kafka.bootstrap-servers is set");
            }
            return;
        }
        for (int i = 0; i < config.ingress().size(); i++) {
            int replicas = config.ingress().get(i).create().replicationFactor();
            if (replicas > 1) {
                error(
                        "ingress[" + i + "].create.replication-factor",
                        "\"" + replicas + "\" (expected: 1 or -1 with the embedded Kafka, which is one node)");
            }
        }
    }

    /** The short forms mean nothing by themselves: who forgets what they need would come as nobody. */
    private void checkLogin() {
        KafkaConfig kafka = config.kafka();
        boolean isNamed = kafka.username() != null;
        if (!isNamed && kafka.password() == null) {
            return;
        }
        String said = isNamed ? "kafka.username" : "kafka.password";
        if (isNamed != (kafka.password() != null)) {
            error(said, "without kafka." + (isNamed ? "password" : "username") + " (expected: both)");
        }
        if (kafka.isEmbedded()) {
            error(said, "with the embedded Kafka (expected: only with kafka.bootstrap-servers)");
            return;
        }
        for (String section : List.of("properties", "producer")) {
            String jaas = "kafka." + section + "." + KafkaConfig.JAAS;
            if (isSaid(jaas)) {
                error(said, "and " + jaas + ", which says the same (expected: one of them)");
            }
        }
        Map<String, String> properties = kafka.clientProperties();
        String mechanism = properties.get(KafkaConfig.MECHANISM);
        if (mechanism == null || !KafkaConfig.LOGIN_MODULES.containsKey(mechanism)) {
            error(
                    said,
                    "with " + KafkaConfig.MECHANISM + " "
                            + (mechanism == null ? "not set" : "\"" + mechanism + "\"")
                            + " (expected: kafka.properties." + KafkaConfig.MECHANISM + " one of "
                            + String.join(", ", KafkaConfig.LOGIN_MODULES.keySet()) + ")");
        }
        String protocol = properties.getOrDefault("security.protocol", "PLAINTEXT");
        if (!protocol.startsWith("SASL_")) {
            error(
                    said,
                    "with security.protocol \"" + protocol
                            + "\" (expected: kafka.properties.security.protocol SASL_SSL or SASL_PLAINTEXT)");
        }
    }

    private void checkProperties(String path, KafkaProperties properties) {
        properties.values().keySet().forEach(name -> {
            String why = OWN_PROPERTIES.get(name);
            if (why != null) {
                error(path + "." + name, "not to be set here: " + why);
            }
        });
    }

    private void checkRules() {
        List<RuleProblem> found = RuleSet.check(config.ingressRules(), config.egressRules());
        for (RuleProblem problem : found) {
            String list = problem.ingress() ? "ingress" : "egress";
            String name = problem.ingress()
                    ? config.ingress().get(problem.index()).name()
                    : config.egress().get(problem.index()).name();
            String item = list + "[" + problem.index() + "]";
            Place field = binder.place(item + "." + problem.field());
            Place place = problem.field().isEmpty() || field.isDefault() ? binder.place(item) : field;
            String path = item + " \"" + name + "\"";
            if (problem.error()) {
                problems.error(place, path, problem.message());
            } else {
                problems.warning(place, path, problem.message());
            }
        }
    }

    private boolean isSaid(String path) {
        return !binder.place(path).isDefault();
    }

    private void error(String path, String message) {
        problems.error(binder.place(path), path, message);
    }

    private void warning(String path, String message) {
        problems.warning(binder.place(path), path, message);
    }
}
