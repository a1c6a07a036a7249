package io.sluice.app.runtime;

import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.audit.AuditReport;
import io.sluice.kafka.audit.DurabilityWatch;
import io.sluice.kafka.audit.NeededRights;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KafkaFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Asks Kafka what it guarantees, and starts nothing. Blocks. */
public final class KafkaCheck {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /**
     * What came of it.
     *
     * @param lines for people
     * @param isWeaker whether less is guaranteed than promised
     * @param isRefused whether Sluice would not start with it, or Kafka cannot be asked
     */
    public record Result(List<String> lines, boolean isWeaker, boolean isRefused) {}

    private KafkaCheck() {}

    /** Connects as a run would, with the configured Kafka. */
    public static Result of(SluiceConfig config) {
        boolean isStrict = Settings.isStrict(config);
        if (config.kafka().isEmbedded()) {
            return result(
                    List.of(
                            "kafka: embedded, one node that starts with Sluice: what is acknowledged survives a crash, not"
                                    + " the loss of the disk or of power"),
                    isStrict,
                    isStrict);
        }
        String servers = String.valueOf(config.kafka().bootstrapServers());
        try {
            AuditReport report = DurabilityWatch.once(
                    Settings.kafka(config, servers, null),
                    Settings.audit(config),
                    RuleSet.of(Settings.ingressRules(config), config.egressRules()),
                    TIMEOUT);
            return result(report.lines(), report.isWeaker(), isStrict);
        } catch (TimeoutException | RuntimeException failure) {
            String cause = failure.getMessage() == null ? "no answer" : KafkaFailure.words(failure);
            return new Result(List.of("kafka: " + servers + " cannot be asked: " + cause), true, true);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Result(List.of("kafka: " + servers + " was not asked: interrupted"), true, true);
        }
    }

    /** What Kafka has to allow for this configuration. Asks nobody. */
    public static List<NeededRights.Right> neededRights(SluiceConfig config) {
        return NeededRights.of(
                Settings.ingressRules(config),
                config.egressRules(),
                config.deadLetterTopics(),
                config.kafka().internalTopics().prefix());
    }

    private static Result result(List<String> lines, boolean isWeaker, boolean isStrict) {
        if (!isWeaker || !isStrict) {
            return new Result(lines, isWeaker, false);
        }
        List<String> refused = new ArrayList<>(lines);
        refused.add("kafka.durability is strict: Sluice would not start.");
        return new Result(List.copyOf(refused), true, true);
    }
}
