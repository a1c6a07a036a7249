package io.sluice.app.runtime;

import io.sluice.app.config.SluiceConfig;
import io.sluice.app.log.Logs;
import io.sluice.kafka.audit.AuditReport;
import io.sluice.kafka.audit.DurabilityWatch;
import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.state.KafkaRetainedStore;
import io.sluice.mqtt.connection.Connections;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;

/** What of a configuration may change while the server runs, put in force. On the reloader's thread. */
final class LiveConfig {

    private static final Duration AUDIT_TIMEOUT = Duration.ofSeconds(10);

    /** The parts that are told. */
    record Parts(
            Rules access,
            LiveMapping mapping,
            Connections connections,
            Listeners listeners,
            KafkaRetainedStore retained,
            KafkaSettings kafka) {}

    private final Parts parts;
    private final SluiceConfig started;

    /** @param started the configuration with which the server was started */
    LiveConfig(Parts parts, SluiceConfig started) {
        this.parts = parts;
        this.started = started;
    }

    /**
     * Everything that may fail. Blocks.
     *
     * @return what puts it in force; does not fail
     * @throws IOException when it cannot be used
     */
    Runnable prepare(SluiceConfig next) throws IOException {
        requireFormatsOf(next);
        RuleSet rules = parts.mapping().compiled(next);
        if (Settings.isStrict(next) && rules != parts.mapping().current()) {
            audit(next, rules);
        }
        Map<String, Integer> ofListeners = new LinkedHashMap<>();
        next.listeners().forEach((name, listener) -> ofListeners.put(name, Settings.connectionsMax(listener)));
        return () -> {
            parts.access().replace(next);
            Logs.configure(next.observability().log());
            parts.connections().limit(Settings.connections(next), ofListeners);
            parts.listeners().limit(next);
            parts.retained().limit(next.limits().retainedMessages());
            parts.mapping().replace(rules);
        };
    }

    /** Schemas were looked for when the server started: a rule with a format stays as it is, and no other gets one. */
    private void requireFormatsOf(SluiceConfig next) throws IOException {
        requireSame("ingress", started.ingressFormats(), next.ingressFormats());
        requireSame("egress", started.egressFormats(), next.egressFormats());
    }

    private static void requireSame(String direction, Map<String, ?> before, Map<String, ?> after) throws IOException {
        Set<String> rules = new TreeSet<>(before.keySet());
        rules.addAll(after.keySet());
        rules.removeIf(rule -> Objects.equals(before.get(rule), after.get(rule)));
        if (!rules.isEmpty()) {
            throw new IOException("needs a restart: formats of " + direction + " rules: " + String.join(", ", rules));
        }
    }

    /** Who wants nothing but what is promised wants it of other rules, too. */
    private void audit(SluiceConfig next, RuleSet rules) throws IOException {
        try {
            AuditReport report = DurabilityWatch.once(parts.kafka(), Settings.audit(next), rules, AUDIT_TIMEOUT);
            if (report.isWeaker()) {
                throw new IOException(
                        "kafka.durability is strict, and less is guaranteed:\n" + String.join("\n", report.lines()));
            }
        } catch (TimeoutException | IllegalStateException unknown) {
            throw new IOException("kafka.durability is strict, and Kafka does not say what is guaranteed", unknown);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
