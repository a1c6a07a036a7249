package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.app.config.LoadedConfig;
import io.sluice.app.config.SluiceConfig;
import io.sluice.app.runtime.KafkaProbe;
import io.sluice.kafka.mapping.IngressMapping;
import io.sluice.kafka.mapping.IngressMapping.Mapped;
import io.sluice.kafka.mapping.IngressMapping.Unmapped;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.probe.RecordSearch;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicName;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice probe}: whether what is published to a running server arrives in Kafka. */
@Command(
        name = "probe",
        description = {
            "Publishes to a running server at QoS 1, by each of the listeners given, and reads the record back from"
                    + " Kafka with the configuration's credentials.",
            "Of a server with an embedded Kafka, which nobody else reaches, it reads back by a subscription: what a"
                    + " subscriber gets was read from Kafka."
        },
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class ProbeCommand implements Callable<Integer> {

    private static final List<String> SCHEMES = List.of("mqtt", "ws");

    private final Map<String, String> environment;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "MQTT topic to publish to, which a rule maps; sluice/probe when not given.")
    private String topic = "sluice/probe";

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "The longest wait for each answer; 30 when not given.")
    private int timeoutSeconds = 30;

    @Parameters(arity = "1..*", paramLabel = "URL", description = "Listeners: mqtt://HOST:PORT or ws://HOST:PORT/PATH.")
    private List<URI> listeners = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    ProbeCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        listeners.forEach(this::check);
        if (timeoutSeconds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout: " + timeoutSeconds + " (expected: at least 1)");
        }
        LoadedConfig loaded = options.load(environment, false);
        if (!loaded.isUsable()) {
            ConfigOptions.report(spec.commandLine().getErr(), loaded.problems(), "");
            return ExitCode.USAGE;
        }
        Optional<String> kafkaTopic = kafkaTopic(loaded.usable());
        if (kafkaTopic.isEmpty()) {
            return ExitCode.SOFTWARE;
        }
        boolean isWell = true;
        for (URI listener : listeners) {
            isWell &= probe(listener, loaded.usable(), kafkaTopic.get());
        }
        return isWell ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void check(URI listener) {
        boolean isKnown = SCHEMES.contains(String.valueOf(listener.getScheme()));
        if (!isKnown || listener.getHost() == null || listener.getPort() < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "\"" + listener + "\" (expected: mqtt://HOST:PORT or ws://HOST:PORT/PATH; TLS is not supported)");
        }
    }

    /** Where the rules put what is published; empty, and said, when nowhere. */
    private Optional<String> kafkaTopic(SluiceConfig config) {
        String problem = TopicName.problem(topic);
        if (problem != null) {
            throw new ParameterException(spec.commandLine(), "--topic: " + problem);
        }
        IngressMapping mapping = RuleSet.of(config.ingressRules(), config.egressRules())
                .map(TopicName.of(topic), new ClientId("sluice-probe"));
        if (mapping instanceof Mapped mapped) {
            print(topic + " goes to the Kafka topic " + mapped.kafkaTopic() + " by rule "
                    + mapped.rule().name());
            return Optional.of(mapped.kafkaTopic());
        }
        String detail = mapping instanceof Unmapped unmapped ? unmapped.detail() : "no rule matches";
        error(topic + ": " + detail + " (expected: a topic that a rule maps, --topic)");
        return Optional.empty();
    }

    private boolean probe(URI listener, SluiceConfig config, String kafkaTopic) {
        byte[] payload = ("sluice probe " + UUID.randomUUID()).getBytes(UTF_8);
        try {
            if (config.kafka().isEmbedded()) {
                bySubscription(listener, payload);
            } else {
                byKafka(listener, config, kafkaTopic, payload);
            }
            return true;
        } catch (IOException failure) {
            error(listener + " failed: " + failure.getMessage());
            return false;
        }
    }

    private void byKafka(URI listener, SluiceConfig config, String kafkaTopic, byte[] payload) throws IOException {
        try (RecordSearch search = KafkaProbe.search(config, kafkaTopic);
                ProbeClient client = ProbeClient.connect(listener, timeout())) {
            search.begin(timeout());
            long start = System.nanoTime();
            client.publish(topic, payload);
            print(listener + " acknowledged " + payload.length + " bytes after " + millisSince(start) + " ms");
            RecordSearch.Found found = search.find(payload, timeout())
                    .orElseThrow(() -> new IOException("acknowledged, but the record is not in " + kafkaTopic
                            + " after " + timeoutSeconds + " s"));
            print(listener + " record read back from " + kafkaTopic + ", partition " + found.partition() + ", offset "
                    + found.offset() + ", after " + millisSince(start) + " ms");
        }
    }

    private void bySubscription(URI listener, byte[] payload) throws IOException {
        try (ProbeClient client = ProbeClient.connect(listener, timeout())) {
            client.subscribe(topic);
            long start = System.nanoTime();
            client.publishAndReceive(topic, payload);
            print(listener + " acknowledged " + payload.length
                    + " bytes, and read back from the embedded Kafka by a subscription, after " + millisSince(start)
                    + " ms");
        }
    }

    private Duration timeout() {
        return Duration.ofSeconds(timeoutSeconds);
    }

    private static long millisSince(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void error(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
