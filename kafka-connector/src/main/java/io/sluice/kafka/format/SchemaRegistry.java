package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A schema registry by the Confluent-compatible REST API (Confluent's, Apicurio's ccompat, Karapace, Redpanda). Safe
 * for all threads; asked on two threads of its own.
 *
 * <p>What has an id never changes, and is kept for ever. Which version of a subject is the newest is asked again now and
 * then, while the known one goes on. When the registry is away, it is asked again until it answers: nothing is said to
 * be missing but by the registry itself.
 */
public final class SchemaRegistry implements SchemaSource {

    private static final Logger LOG = LoggerFactory.getLogger(SchemaRegistry.class);

    private static final int THREADS = 2;
    /** Questions without an answer; who has another waits until there is room. */
    static final int PENDING_MAX = 1_000;
    /** Entries that say that there is no such schema. What exists has no bound but the registry's. */
    private static final int MISSING_MAX = 10_000;

    private static final Duration BACKOFF_MIN = Duration.ofMillis(100);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(5);
    /** For how long an answer holds that there is no such schema. */
    private static final Duration MISSING_FOR = Duration.ofSeconds(10);

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What is known of a question.
     *
     * @param lookup found, missing or pending
     * @param sinceNanos when that became known
     */
    private record Entry(Lookup lookup, long sinceNanos) {}

    /**
     * Something to ask.
     *
     * @param key path, and body if there is one
     * @param id what the schema's id is, or NO_ID when the answer says it
     */
    private record Question(
            String key, String path, @Nullable String body, String name, int id, boolean isNewest) {}

    private final RegistrySettings settings;
    private final ConvertLimits limits;
    private final LongSupplier nanoClock;
    private final RegistryCall call;
    private final RegistryMeters meters;
    private final ScheduledThreadPoolExecutor executor;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final Map<Integer, KnownSchema> byId = new ConcurrentHashMap<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger missing = new AtomicInteger();
    /** Why it did not answer when it was asked last, or null when it did. */
    private volatile @Nullable String trouble;

    public SchemaRegistry(
            RegistrySettings settings, ConvertLimits limits, LongSupplier nanoClock, MeterRegistry registry) {
        this.settings = settings;
        this.limits = limits;
        this.nanoClock = nanoClock;
        call = new RegistryCall(settings);
        AtomicInteger threads = new AtomicInteger();
        executor = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "registry-" + threads.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        meters = new RegistryMeters(pending::get, () -> trouble != null, byId::size, registry);
    }

    /** The meters where there is no registry, so that they are there from the start in any case. */
    public static void registerMeters(MeterRegistry registry) {
        var unused = new RegistryMeters(() -> 0, () -> false, () -> 0, registry);
    }

    @Override
    public Lookup bySubject(String subject, int version) {
        return lookup(questionOf(subject, version));
    }

    private static Question questionOf(String subject, int version) {
        boolean isNewest = version == LATEST;
        String path = versionPath(subject, isNewest ? "latest" : Integer.toString(version));
        return new Question(path, path, null, subject, KnownSchema.NO_ID, isNewest);
    }

    /** Where a version of a subject is. */
    static String versionPath(String subject, String version) {
        return "/subjects/" + escaped(subject) + "/versions/" + version;
    }

    @Override
    public Lookup byId(int id) {
        KnownSchema known = byId.get(id);
        if (known != null) {
            return new Lookup.Found(known);
        }
        if (id < 0) {
            return new Lookup.Missing("schema id " + id + " (expected: 0 or more)");
        }
        String path = "/schemas/ids/" + id;
        return lookup(new Question(path, path, null, "schema id " + id, id, false));
    }

    @Override
    public Lookup byFingerprint(long fingerprint) {
        return new Lookup.Missing("fingerprint " + Long.toHexString(fingerprint) + ": a registry has ids");
    }

    @Override
    public Lookup registered(String subject, KnownSchema schema) {
        Entry known = entries.get(keyOf(subject, schema, settings.autoRegister()));
        if (known != null && known.lookup() instanceof Lookup.Found) {
            // This is asked for each message, and what a question says is long.
            return known.lookup();
        }
        return lookup(questionOf(subject, schema, settings.autoRegister()));
    }

    private static String pathOf(String subject, boolean isToBeRegistered) {
        return "/subjects/" + escaped(subject) + (isToBeRegistered ? "/versions" : "");
    }

    private static String keyOf(String subject, KnownSchema schema, boolean isToBeRegistered) {
        return "POST " + pathOf(subject, isToBeRegistered) + " " + schema.fingerprint();
    }

    private static Question questionOf(String subject, KnownSchema schema, boolean isToBeRegistered) {
        String key = keyOf(subject, schema, isToBeRegistered);
        return new Question(key, pathOf(subject, isToBeRegistered), body(schema), subject, KnownSchema.NO_ID, false);
    }

    private static String body(KnownSchema schema) {
        return JSON.createObjectNode()
                .put("schema", String.valueOf(schema.schema()))
                .toString();
    }

    @Override
    public Lookup awaitSubject(String subject, int version) throws IOException {
        return awaitAnswer(questionOf(subject, version));
    }

    private Lookup awaitAnswer(Question question) throws IOException {
        Lookup answer = answer(question);
        if (answer == null) {
            String cause = trouble;
            throw new IOException(cause == null ? "interrupted" : cause);
        }
        return answer;
    }

    @Override
    public SubjectCheck.Finding awaitRegistered(String subject, KnownSchema schema) throws IOException {
        if (awaitAnswer(questionOf(subject, schema, false)) instanceof Lookup.Found found) {
            return new SubjectCheck.Finding(
                    true, schema.name() + ", id " + found.schema().id());
        }
        if (!settings.autoRegister()) {
            return new SubjectCheck.Finding(
                    false, schema.name() + " is not registered (expected: it is, or schema-registry.auto-register)");
        }
        try {
            JsonNode answer =
                    askFurther("/compatibility" + versionPath(subject, "latest") + "?verbose=true", body(schema));
            return answer == null || answer.path("is_compatible").asBoolean()
                    ? new SubjectCheck.Finding(true, schema.name() + ", registered with the first message")
                    : new SubjectCheck.Finding(
                            false, schema.name() + " is not compatible with the newest version: would be refused");
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", end);
        }
    }

    private static String escaped(String subject) {
        return URLEncoder.encode(subject, UTF_8).replace("+", "%20");
    }

    private Lookup lookup(Question question) {
        Entry known = entries.get(question.key());
        if (known == null) {
            return ask(question);
        }
        long age = nanoClock.getAsLong() - known.sinceNanos();
        if (known.lookup() instanceof Lookup.Missing && age > MISSING_FOR.toNanos()) {
            if (entries.remove(question.key(), known)) {
                missing.decrementAndGet();
            }
            return ask(question);
        }
        if (question.isNewest()
                && known.lookup() instanceof Lookup.Found
                && age > settings.refresh().toNanos()
                && entries.replace(question.key(), known, new Entry(known.lookup(), nanoClock.getAsLong()))) {
            // In the background, once: what is known goes on.
            submit(() -> refresh(question), Duration.ZERO);
        }
        return known.lookup();
    }

    private Lookup ask(Question question) {
        if (pending.get() >= PENDING_MAX) {
            return new Lookup.Pending(new CompletableFuture<Void>()
                    .completeOnTimeout(null, BACKOFF_MIN.toMillis(), TimeUnit.MILLISECONDS));
        }
        CompletableFuture<Void> until = new CompletableFuture<>();
        Entry asked = new Entry(new Lookup.Pending(until), nanoClock.getAsLong());
        Entry other = entries.putIfAbsent(question.key(), asked);
        if (other != null) {
            return other.lookup();
        }
        pending.incrementAndGet();
        submit(() -> fetch(question, until, BACKOFF_MIN), Duration.ZERO);
        return asked.lookup();
    }

    private void submit(Runnable task, Duration delay) {
        try {
            var unused = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.atDebug().log("The registry is not asked any more");
        }
    }

    private void fetch(Question question, CompletableFuture<Void> until, Duration backoff) {
        Lookup answer = answer(question);
        if (answer == null) {
            Duration next = backoff.multipliedBy(2);
            submit(() -> fetch(question, until, next.compareTo(BACKOFF_MAX) > 0 ? BACKOFF_MAX : next), backoff);
            return;
        }
        settle(question, answer);
        pending.decrementAndGet();
        until.complete(null);
    }

    private void settle(Question question, Lookup answer) {
        if (answer instanceof Lookup.Missing && missing.incrementAndGet() > MISSING_MAX) {
            // All of them: they are asked for again.
            entries.values().removeIf(entry -> entry.lookup() instanceof Lookup.Missing);
            missing.set(1);
        }
        entries.put(question.key(), new Entry(answer, nanoClock.getAsLong()));
    }

    private void refresh(Question question) {
        // That a subject is gone changes nothing for what was known of it.
        if (answer(question) instanceof Lookup.Found found) {
            entries.put(question.key(), new Entry(found, nanoClock.getAsLong()));
        }
    }

    /** The registry's answer, or null when there is none at the moment. */
    private @Nullable Lookup answer(Question question) {
        try {
            RegistryCall.Answer answer = call.ask(question.path(), question.body());
            int status = answer.status();
            if (status == 200) {
                Lookup lookup = schema(question, answer.body());
                meters.count(RegistryMeters.Outcome.ANSWERED);
                onBack();
                return lookup;
            }
            if (isMissing(status)) {
                meters.count(RegistryMeters.Outcome.MISSING);
                onBack();
                return new Lookup.Missing(question.name() + ": the registry answers " + status);
            }
            onAway(RegistryMeters.Outcome.REFUSED, "HTTP status " + status);
        } catch (OtherStatus e) {
            onAway(RegistryMeters.Outcome.REFUSED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            onAway(RegistryMeters.Outcome.FAILED, String.valueOf(e.getMessage()));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException bug) {
            // Whoever waits goes on waiting, and is served when it is mended.
            meters.onBug();
            LOG.atError().setCause(bug).log("The schema registry could not be asked, by an error of Sluice's own");
        }
        return null;
    }

    /** Whether a status says that there is no such schema: not there, incompatible, or none at all. */
    private static boolean isMissing(int status) {
        return status == 404 || status == 409 || status == 422;
    }

    private static JsonNode json(String body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("an answer that is no JSON", e);
        }
    }

    /** What a question on the way to an answer brings, or null when the registry has no such thing. */
    private @Nullable JsonNode askFurther(String path, @Nullable String body) throws IOException, InterruptedException {
        RegistryCall.Answer answer = call.ask(path, body);
        if (answer.status() == 200) {
            JsonNode found = json(answer.body());
            meters.count(RegistryMeters.Outcome.ANSWERED);
            return found;
        }
        if (isMissing(answer.status())) {
            meters.count(RegistryMeters.Outcome.MISSING);
            return null;
        }
        throw new OtherStatus(answer.status());
    }

    private Lookup schema(Question question, String body) throws IOException, InterruptedException {
        JsonNode answer = json(body);
        int id = question.id() == KnownSchema.NO_ID ? answer.path("id").asInt(KnownSchema.NO_ID) : question.id();
        if (id < 0) {
            throw new IOException("an answer without an id");
        }
        KnownSchema known = byId.get(id);
        if (known != null) {
            return new Lookup.Found(known);
        }
        JsonNode text = answer.path("schema");
        if (!text.isTextual() && question.body() != null) {
            // Who registers gets the id alone.
            text = JSON.readTree(question.body()).path("schema");
        }
        if (!text.isTextual()) {
            throw new IOException("an answer without a schema");
        }
        try {
            SchemaReferences.Resolved others = new SchemaReferences(path -> askFurther(path, null)).of(answer);
            KnownSchema made =
                    switch (answer.path("schemaType").asText("AVRO")) {
                        case "AVRO" -> KnownSchema.avro(question.name(), id, text.textValue(), others, limits);
                        case "JSON" -> KnownSchema.json(question.name(), id, text.textValue(), others, limits);
                        default ->
                            throw new IllegalArgumentException(answer.path("schemaType") + " (expected: AVRO or JSON)");
                    };
            KnownSchema earlier = byId.putIfAbsent(id, made);
            return new Lookup.Found(earlier == null ? made : earlier);
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            return new Lookup.Missing(question.name() + ": no usable schema: " + e.getMessage());
        }
    }

    private void onAway(RegistryMeters.Outcome outcome, String cause) {
        meters.count(outcome);
        (trouble == null ? LOG.atWarn() : LOG.atDebug())
                .addKeyValue("url", settings.base())
                .addKeyValue("cause", cause)
                .log("The schema registry does not answer, asking on; what needs an unknown schema waits");
        trouble = cause;
    }

    private void onBack() {
        if (trouble != null) {
            trouble = null;
            LOG.atInfo().addKeyValue("url", settings.base()).log("The schema registry answers again");
        }
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** The registry's rights, its limits, its own errors. */
    private static final class OtherStatus extends IOException {
        OtherStatus(int status) {
            super("HTTP status " + status);
        }
    }
}
