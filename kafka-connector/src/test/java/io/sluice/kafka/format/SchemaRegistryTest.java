package io.sluice.kafka.format;

import static io.sluice.kafka.format.RegistryServer.json;
import static io.sluice.kafka.format.RegistryServer.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.kafka.format.RegistryServer.Request;
import io.sluice.schemas.convert.ConvertLimits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client of a registry against one in this process, on real sockets. */
final class SchemaRegistryTest {

    private static final String LATEST = "/subjects/readings-value/versions/latest";
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration REFRESH = Duration.ofMinutes(5);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(1);
    private final RegistryServer server = new RegistryServer();
    private final List<SchemaRegistry> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(SchemaRegistry::close);
        server.close();
    }

    private SchemaRegistry open(@Nullable String authorization, boolean autoRegister, Duration timeout) {
        RegistrySettings settings =
                new RegistrySettings(server.base(), authorization, null, timeout, REFRESH, autoRegister);
        SchemaRegistry registry = new SchemaRegistry(settings, ConvertLimits.DEFAULTS, nanos::get, meters);
        opened.add(registry);
        return registry;
    }

    private SchemaRegistry open() {
        return open(null, false, TIMEOUT);
    }

    private static Lookup settled(Supplier<Lookup> question) throws Exception {
        Lookup lookup = question.get();
        while (lookup instanceof Lookup.Pending pending) {
            pending.until().toCompletableFuture().get(10, TimeUnit.SECONDS);
            lookup = question.get();
        }
        return lookup;
    }

    private static Lookup newest(SchemaRegistry registry) throws Exception {
        return settled(() -> registry.bySubject("readings-value", SchemaSource.LATEST));
    }

    private static KnownSchema found(Lookup lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Found.class);
        return ((Lookup.Found) lookup).schema();
    }

    private double requests(String outcome) {
        return meters.get("sluice.schema.registry.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private List<String> paths() {
        return server.requests().stream().map(Request::path).toList();
    }

    @Nested
    final class Asked {

        @Test
        void nobodyWaitsAndManyWhoAskTheSameAskOnce() throws Exception {
            server.on(LATEST, schema(7, Fixture.READING));
            SchemaRegistry registry = open();

            List<Lookup> lookups = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                lookups.add(registry.bySubject("readings-value", SchemaSource.LATEST));
            }

            assertThat(lookups.get(0)).isInstanceOf(Lookup.Pending.class);
            assertThat(found(newest(registry)).id()).isEqualTo(7);
            assertThat(paths()).containsExactly(LATEST);
            assertThat(requests("answered")).isEqualTo(1);
        }

        @Test
        void whatHasAnIdIsNeverAskedForAgain() throws Exception {
            server.on("/schemas/ids/7", json(200, "{\"schema\": " + RegistryServer.quoted(Fixture.READING) + "}"));
            server.on("/subjects/readings-value/versions/3", schema(7, Fixture.READING));
            SchemaRegistry registry = open();
            KnownSchema known = found(settled(() -> registry.byId(7)));

            nanos.addAndGet(Duration.ofDays(1_000).toNanos());

            assertThat(found(registry.byId(7))).isSameAs(known);
            assertThat(found(settled(() -> registry.bySubject("readings-value", 3))))
                    .as("the same id under a subject")
                    .isSameAs(known);
            nanos.addAndGet(Duration.ofDays(1_000).toNanos());
            assertThat(found(registry.bySubject("readings-value", 3))).isSameAs(known);
            assertThat(paths()).containsExactly("/schemas/ids/7", "/subjects/readings-value/versions/3");
            assertThat(gauge("sluice.schema.registry.schemas")).isEqualTo(1);
        }

        @Test
        void theNewestVersionIsAskedForNowAndThenWhileTheKnownOneGoesOn() throws Exception {
            server.on(LATEST, schema(7, Fixture.READING), json(503, ""), schema(8, "{\"type\": \"int\"}"));
            SchemaRegistry registry = open();
            assertThat(found(newest(registry)).id()).isEqualTo(7);

            nanos.addAndGet(REFRESH.toNanos() + 1);
            assertThat(found(registry.bySubject("readings-value", SchemaSource.LATEST))
                            .id())
                    .isEqualTo(7);
            await(() -> requests("refused") == 1);
            assertThat(found(registry.bySubject("readings-value", SchemaSource.LATEST))
                            .id())
                    .as("while the registry is away")
                    .isEqualTo(7);
            nanos.addAndGet(REFRESH.toNanos() + 1);

            await(() -> found(registry.bySubject("readings-value", SchemaSource.LATEST))
                            .id()
                    == 8);
            assertThat(server.requests()).hasSize(3);
        }

        @Test
        void subjectsOfAnyCharactersAreOneSegmentOfThePath() throws Exception {
            SchemaRegistry registry = open();

            Lookup lookup = settled(() -> registry.bySubject("../a b/ö?x#y%2F", 2));

            assertThat(lookup).isEqualTo(new Lookup.Missing("../a b/ö?x#y%2F: the registry answers 404"));
            assertThat(paths()).containsExactly("/subjects/..%2Fa%20b%2F%C3%B6%3Fx%23y%252F/versions/2");
        }

        @Test
        void whoAsksMoreThanTheBoundWaitsAndNothingGrows() throws Exception {
            SchemaRegistry registry = open(null, false, Duration.ofSeconds(30));
            for (int id = 0; id < SchemaRegistry.PENDING_MAX; id++) {
                server.on("/schemas/ids/" + id, server.nothing());
                registry.byId(id);
            }

            Lookup oneMore = registry.byId(5_000);

            assertThat(oneMore).isInstanceOf(Lookup.Pending.class);
            ((Lookup.Pending) oneMore).until().toCompletableFuture().get(5, TimeUnit.SECONDS);
            assertThat(gauge("sluice.schema.registry.pending")).isEqualTo(SchemaRegistry.PENDING_MAX);
            assertThat(gauge("sluice.schema.registry.pending.limit")).isEqualTo(SchemaRegistry.PENDING_MAX);
        }
    }

    @Nested
    final class Login {

        @Test
        void goesWithEachRequestAndIsInNoText() throws Exception {
            server.on(LATEST, schema(7, Fixture.READING));
            SchemaRegistry registry = open("Bearer secret", false, TIMEOUT);

            newest(registry);

            assertThat(server.requests().get(0).authorization()).isEqualTo("Bearer secret");
            assertThat(new RegistrySettings(server.base(), "Bearer secret", null, TIMEOUT, REFRESH, false))
                    .hasToString("RegistrySettings(" + server.base() + ")");
        }

        @Test
        void thatIsRefusedIsAnOutage() throws Exception {
            server.on(LATEST, json(401, "{}"), json(403, "{}"), schema(7, Fixture.READING));
            SchemaRegistry registry = open();

            assertThat(found(newest(registry)).id()).isEqualTo(7);

            assertThat(requests("refused")).isEqualTo(2);
            assertThat(requests("missing")).isZero();
        }

        @Test
        void isNotCarriedToWhereARedirectPoints() throws Exception {
            try (RegistryServer other = new RegistryServer()) {
                other.on("/elsewhere", schema(8, Fixture.READING));
                server.on(
                        LATEST,
                        RegistryServer.redirect(other.base().resolve("/api/elsewhere")),
                        schema(7, Fixture.READING));
                SchemaRegistry registry = open("Bearer secret", false, TIMEOUT);

                assertThat(found(newest(registry)).id()).isEqualTo(7);

                assertThat(other.requests()).isEmpty();
                assertThat(requests("refused")).isEqualTo(1);
            }
        }
    }

    @Nested
    final class Away {

        @Test
        void itIsAskedAgainWithLongerAndLongerPauses() throws Exception {
            server.on(LATEST, json(503, ""), json(429, ""), json(500, ""), schema(7, Fixture.READING));
            SchemaRegistry registry = open();

            assertThat(found(newest(registry)).id()).isEqualTo(7);

            List<Request> all = server.requests();
            assertThat(all).hasSize(4);
            for (int i = 1; i < all.size(); i++) {
                assertThat(all.get(i).nanos() - all.get(i - 1).nanos())
                        .as("pause before request %d", i)
                        .isGreaterThanOrEqualTo(Duration.ofMillis(50L << i).toNanos());
            }
        }

        @Test
        void anAnswerThatDoesNotComeOrDoesNotEndIsGivenUp() throws Exception {
            server.on(LATEST, server.nothing(), server.begun(), schema(7, Fixture.READING));
            SchemaRegistry registry = open();

            assertThat(found(newest(registry)).id()).isEqualTo(7);

            assertThat(requests("failed")).isEqualTo(2);
            assertThat(server.requests()).hasSize(3);
        }

        @Test
        void anAnswerWithoutEndIsNotKept() throws Exception {
            server.on(LATEST, RegistryServer.endless(), schema(7, Fixture.READING));
            SchemaRegistry registry = open(null, false, Duration.ofSeconds(20));

            assertThat(found(newest(registry)).id()).isEqualTo(7);
            assertThat(requests("failed")).isEqualTo(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"no JSON", "{\"schema\": \"int\"}", "{\"id\": 3}", "{\"id\": -1, \"schema\": \"int\"}", "[]"
                })
        void anAnswerThatIsNoneIsNoVerdict(String body) throws Exception {
            server.on(LATEST, json(200, body), schema(7, Fixture.READING));
            SchemaRegistry registry = open();

            assertThat(found(newest(registry)).id()).isEqualTo(7);
            assertThat(requests("failed")).isEqualTo(1);
        }

        @Test
        void aMetricSaysSoUntilItIsBack() throws Exception {
            server.on(LATEST, json(503, ""), schema(7, Fixture.READING));
            SchemaRegistry registry = open();
            assertThat(gauge("sluice.schema.registry.up")).isEqualTo(1);
            registry.bySubject("readings-value", SchemaSource.LATEST);
            await(() -> gauge("sluice.schema.registry.up") == 0);

            newest(registry);

            assertThat(gauge("sluice.schema.registry.up")).isEqualTo(1);
            assertThat(gauge("sluice.schema.registry.pending")).isZero();
        }

        @Test
        void whoWaitsIsNotAnsweredWhenItIsClosed() {
            server.on(LATEST, server.nothing());
            SchemaRegistry registry = open();
            Lookup lookup = registry.bySubject("readings-value", SchemaSource.LATEST);

            registry.close();

            assertThat(lookup).isInstanceOf(Lookup.Pending.class);
            assertThat(registry.byId(99)).isInstanceOf(Lookup.Pending.class);
        }
    }

    @Nested
    final class Missing {

        @ParameterizedTest
        @ValueSource(ints = {404, 409, 422})
        void isWhatTheRegistrySaysIsMissing(int status) throws Exception {
            server.on(LATEST, json(status, "{}"));
            SchemaRegistry registry = open();

            assertThat(newest(registry))
                    .isEqualTo(new Lookup.Missing("readings-value: the registry answers " + status));
            assertThat(requests("missing")).isEqualTo(1);
        }

        @Test
        void isAskedForAgainAfterAWhile() throws Exception {
            server.on(LATEST, json(404, "{}"), schema(7, Fixture.READING));
            SchemaRegistry registry = open();
            assertThat(newest(registry)).isInstanceOf(Lookup.Missing.class);
            nanos.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(newest(registry)).isInstanceOf(Lookup.Missing.class);

            nanos.incrementAndGet();

            assertThat(found(newest(registry)).id()).isEqualTo(7);
            assertThat(server.requests()).hasSize(2);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"type\": \"rekord\"}|AVRO|no usable schema",
                    "syntax = \"proto3\";|PROTOBUF|expected: AVRO or JSON",
                    "{|JSON|no JSON"
                })
        void isAlsoASchemaThatCannotBeUsed(String text, String type, String words) throws Exception {
            server.on(LATEST, schema(7, text, ", \"schemaType\": \"" + type + "\""));
            SchemaRegistry registry = open();

            assertThat(newest(registry))
                    .isInstanceOfSatisfying(Lookup.Missing.class, missing -> assertThat(missing.detail())
                            .contains(words));
        }

        @Test
        void isAnIdThatNoneCanHave() {
            assertThat(open().byId(-5)).isEqualTo(new Lookup.Missing("schema id -5 (expected: 0 or more)"));
            assertThat(server.requests()).isEmpty();
        }
    }

    @Nested
    final class Own {

        private final KnownSchema own = Envelopes.schema(ConvertLimits.DEFAULTS);

        @Test
        void schemasAreLookedUpAndNotRegistered() throws Exception {
            server.on("/subjects/events-value", schema(4, String.valueOf(own.schema())));
            SchemaRegistry registry = open();

            assertThat(found(settled(() -> registry.registered("events-value", own)))
                            .id())
                    .isEqualTo(4);

            Request request = server.requests().get(0);
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.contentType()).isEqualTo("application/vnd.schemaregistry.v1+json");
            assertThat(request.body()).contains("io.sluice").startsWith("{\"schema\":");
        }

        @Test
        void schemasAreRegisteredWhereThatIsWanted() throws Exception {
            server.on("/subjects/events-value/versions", json(200, "{\"id\": 5}"));
            SchemaRegistry registry = open(null, true, TIMEOUT);

            assertThat(found(settled(() -> registry.registered("events-value", own)))
                            .id())
                    .isEqualTo(5);
            assertThat(found(registry.byId(5)).schema()).isEqualTo(own.schema());
        }

        @Test
        void schemasThatAreIncompatibleAreRefused() throws Exception {
            server.on("/subjects/events-value/versions", json(409, "{\"error_code\": 409}"));
            SchemaRegistry registry = open(null, true, TIMEOUT);

            assertThat(settled(() -> registry.registered("events-value", own)))
                    .isEqualTo(new Lookup.Missing("events-value: the registry answers 409"));
        }
    }

    @Nested
    final class ForCommands {

        private final KnownSchema own = Envelopes.schema(ConvertLimits.DEFAULTS);

        @Test
        void eachQuestionIsAskedOnceAndAnOutageIsSaid() throws Exception {
            server.on(LATEST, schema(7, Fixture.READING), json(503, ""));
            SchemaRegistry registry = open();

            assertThat(found(registry.awaitSubject("readings-value", SchemaSource.LATEST))
                            .id())
                    .isEqualTo(7);
            assertThatThrownBy(() -> registry.awaitSubject("readings-value", SchemaSource.LATEST))
                    .isInstanceOf(IOException.class)
                    .hasMessage("HTTP status 503");
            assertThat(server.requests()).hasSize(2);
        }

        @ParameterizedTest
        @CsvSource({
            "true, 200, true, true",
            "true, 200, false, false",
            "true, 404, false, true",
            "false, 200, true, false"
        })
        void nothingIsRegisteredInOrderToSeeWhetherItCouldBe(
                boolean autoRegister, int status, boolean compatible, boolean isWell) throws Exception {
            server.on(
                    "/compatibility/subjects/events-value/versions/latest?verbose=true",
                    json(status, "{\"is_compatible\": " + compatible + "}"));
            SchemaRegistry registry = open(null, autoRegister, TIMEOUT);

            SubjectCheck.Finding finding = registry.awaitRegistered("events-value", own);

            assertThat(finding.isWell()).as(finding.words()).isEqualTo(isWell);
            assertThat(paths()).doesNotContain("/subjects/events-value/versions");
        }

        @Test
        void whatIsRegisteredIsFoundByItsId() throws Exception {
            server.on("/subjects/events-value", schema(4, String.valueOf(own.schema())));

            assertThat(open().awaitRegistered("events-value", own))
                    .isEqualTo(new SubjectCheck.Finding(true, "io.sluice.Envelope, id 4"));
        }
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(10, TimeUnit.SECONDS).until(condition);
    }
}
