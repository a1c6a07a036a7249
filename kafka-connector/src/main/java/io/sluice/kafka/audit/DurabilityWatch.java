package io.sluice.kafka.audit;

import io.sluice.kafka.client.KafkaSettings;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.KafkaFailure;
import io.sluice.kafka.topic.KnownTopic;
import io.sluice.kafka.topic.TopicDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says at the start, per rule, what the guarantee really is, and again of each topic that appears later. Safe for all
 * threads; nothing waits for it but who wants the first report.
 */
public final class DurabilityWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DurabilityWatch.class);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(5);

    private final AuditSettings settings;
    private final TopicDirectory directory;
    private final Admin admin;
    private volatile FactsReader reader;
    private final CompletableFuture<AuditReport> first = new CompletableFuture<>();
    /** Topics that have appeared and were not looked at yet. */
    private final Set<String> appeared = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean reading = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile boolean closed;

    public DurabilityWatch(KafkaSettings kafka, AuditSettings settings, RuleSet rules, TopicDirectory directory) {
        this.settings = settings;
        this.directory = directory;
        admin = Admin.create(kafka.admin("audit"));
        reader = new FactsReader(admin, settings, rules);
    }

    /**
     * Judges once, now, and blocks until it has.
     *
     * @throws TimeoutException when Kafka does not answer in time
     * @throws InterruptedException when the caller is interrupted
     */
    public static AuditReport once(KafkaSettings kafka, AuditSettings settings, RuleSet rules, Duration timeout)
            throws InterruptedException, TimeoutException {
        CompletableFuture<AuditReport> report = new CompletableFuture<>();
        try (Admin admin = Admin.create(kafka.admin("audit"))) {
            new FactsReader(admin, settings, rules)
                    .readAll()
                    .thenApply(facts -> DurabilityAudit.of(facts, settings))
                    .whenComplete((found, failure) -> {
                        if (failure == null) {
                            report.complete(found);
                        } else {
                            report.completeExceptionally(KafkaFailure.cause(failure));
                        }
                    });
            return report.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = KafkaFailure.cause(failure);
            throw new IllegalStateException(KafkaFailure.words(cause), cause);
        }
    }

    /**
     * Begins to watch.
     *
     * @return completes with the first report, on any thread; while Kafka is away it is tried on
     */
    public CompletionStage<AuditReport> start() {
        directory.addListener(this::onTopicsChanged);
        readAll();
        return first;
    }

    /** Judges by other rules from now on, and says what they guarantee. Any thread. */
    public void replace(RuleSet rules) {
        reader = new FactsReader(admin, settings, rules);
        readAll();
    }

    private void readAll() {
        reader.readAll().whenComplete((facts, failure) -> {
            if (failure == null) {
                failing.set(false);
                AuditReport report = DurabilityAudit.of(facts, settings);
                log(report);
                first.complete(report);
                readAppeared();
            } else {
                onFailed(failure, this::readAll);
            }
        });
    }

    private void onFailed(Throwable failure, Runnable again) {
        if (closed) {
            return;
        }
        (failing.compareAndSet(false, true) ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("cause", KafkaFailure.words(failure))
                .log("What Kafka guarantees cannot be read, trying on");
        CompletableFuture.delayedExecutor(AFTER_ERROR.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (!closed) {
                        again.run();
                    }
                });
    }

    private void onTopicsChanged(Map<String, KnownTopic> before, Map<String, KnownTopic> after) {
        after.forEach((name, topic) -> {
            KnownTopic known = before.get(name);
            if (known == null || !known.id().equals(topic.id())) {
                appeared.add(name);
            }
        });
        if (first.isDone()) {
            readAppeared();
        }
    }

    /** One request at a time, for all that have appeared until then. */
    private void readAppeared() {
        if (closed || appeared.isEmpty() || !reading.compareAndSet(false, true)) {
            return;
        }
        Set<String> names = Set.copyOf(appeared);
        appeared.removeAll(names);
        reader.read(names).whenComplete((facts, failure) -> {
            reading.set(false);
            if (failure == null) {
                failing.set(false);
                DurabilityAudit.of(facts, settings).verdicts().forEach(DurabilityWatch::logTopics);
                readAppeared();
            } else {
                appeared.addAll(names);
                onFailed(failure, this::readAppeared);
            }
        });
    }

    private void log(AuditReport report) {
        if (settings.isOneNode() && !report.isWeaker()) {
            LOG.atInfo().log(
                    "Durability: one Kafka node on this disk: what is acknowledged survives a crash, not the loss of"
                            + " the disk or of power");
            return;
        }
        for (Verdict verdict : report.verdicts()) {
            if (!verdict.isWeaker()) {
                LOG.atInfo()
                        .addKeyValue("subject", verdict.subject())
                        .addKeyValue("guarantee", verdict.guarantee())
                        .log("Durability as promised");
            }
            logFindings(verdict);
        }
    }

    private static void logFindings(Verdict verdict) {
        log(verdict, verdict.findings());
    }

    /** What is true of Kafka as a whole was said at the start. */
    private static void logTopics(Verdict verdict) {
        log(
                verdict,
                verdict.findings().stream()
                        .filter(finding -> !finding.topics().isEmpty())
                        .toList());
    }

    private static void log(Verdict verdict, List<Finding> findings) {
        for (Finding finding : findings) {
            boolean isWeaker = finding.weight() == Finding.Weight.WEAKER;
            (isWeaker ? LOG.atWarn() : LOG.atInfo())
                    .addKeyValue("subject", verdict.subject())
                    .addKeyValue("finding", finding.line())
                    .log(isWeaker ? "Durability weaker than promised" : "Durability to be known");
        }
    }

    @Override
    public void close() {
        closed = true;
        admin.close(Duration.ZERO);
    }
}
