package io.sluice.app;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, and what the simulable parts must not know: part of the build. */
class ArchitectureTest {

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // The shared fakes come as a jar once they are packaged.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.sluice");

    /** What must run under a simulator: sessions, windows, cursors, the gate, the mapping. */
    private static final String[] SIMULABLE = {
        "io.sluice.mqtt.message..",
        "io.sluice.mqtt.port..",
        "io.sluice.mqtt.session..",
        "io.sluice.mqtt.subscription..",
        "io.sluice.mqtt.delivery..",
        "io.sluice.mqtt.sweep..",
        "io.sluice.mqtt.router..",
        "io.sluice.mqtt.store..",
        "io.sluice.kafka.mapping..",
    };

    @Test
    void modulesKnowOnlyThoseBelowThem() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.schemas..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.sluice.mqtt..", "io.sluice.kafka..", "io.sluice.app..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.sluice.mqtt..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.sluice.kafka..", "io.sluice.app..", "io.sluice.schemas..", "org.apache.kafka..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.sluice.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.sluice.app..")
                .check(OURS);
    }

    @Test
    void theKafkaSideKnowsOfMqttOnlyMessagesAndPorts() {
        DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> hidden = resideInAPackage("io.sluice.mqtt..")
                .and(not(resideInAnyPackage(
                        "io.sluice.mqtt.message..", "io.sluice.mqtt.port..", "io.sluice.mqtt.metrics..")));
        noClasses()
                .that()
                .resideInAPackage("io.sluice.kafka..")
                .should()
                .dependOnClassesThat(hidden)
                .check(OURS);
    }

    @Test
    void kafkaIsKnownOnlyWhereItIsSpoken() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.sluice.kafka..", "io.sluice.app.embedded..", "io.sluice.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.clients..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.sluice.kafka.mapping..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka.clients..")
                .check(OURS);
    }

    @Test
    void nettyIsKnownOnlyAtTheSocket() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.sluice.mqtt.listener..",
                        "io.sluice.mqtt.codec..",
                        "io.sluice.mqtt.connection..",
                        "io.sluice.app.management..",
                        "io.sluice.app.runtime..",
                        "io.sluice.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.buffer..", "io.netty.handler..", "reactor.netty..")
                .check(OURS);
    }

    @Test
    void spansAreKnownOnlyWhereTheyAreMade() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.sluice.app.trace..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(OURS);
    }

    @Test
    void theVocabularyKnowsTheJdkAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.mqtt.message..")
                .should()
                .dependOnClassesThat(
                        not(resideInAnyPackage("java..", "io.sluice.mqtt.message..", "org.jspecify.annotations..")))
                .check(OURS);
    }

    @Test
    void packagesOfTheServerPointOneWay() {
        slices().matching("io.sluice.mqtt.(*)..").should().beFreeOfCycles().check(OURS);
        slices().matching("io.sluice.kafka.(*)..").should().beFreeOfCycles().check(OURS);
        slices().matching("io.sluice.app.(*)..").should().beFreeOfCycles().check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.sluice.mqtt.session..", "io.sluice.mqtt.subscription..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.sluice.mqtt.codec..",
                        "io.sluice.mqtt.connection..",
                        "io.sluice.mqtt.delivery..",
                        "io.sluice.mqtt.listener..",
                        "io.sluice.mqtt.router..")
                .check(OURS);
    }

    @Test
    void ingressEgressAndStateDoNotKnowOneAnother() {
        noClasses()
                .that()
                .resideInAPackage("io.sluice.kafka.ingress..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.sluice.kafka.egress..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAPackage("io.sluice.kafka.egress..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.sluice.kafka.ingress..")
                .check(OURS);
    }

    @Test
    void simulablePartsKnowNoClockNoThreadNoRandomness() {
        DescribedPredicate<JavaAccess<?>> clocksAndThreads = DescribedPredicate.describe(
                "the system's clock, threads, sleep or randomness", ArchitectureTest::isOfTheSystem);
        noClasses()
                .that()
                .resideInAnyPackage(SIMULABLE)
                .should()
                .accessTargetWhere(clocksAndThreads)
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage(SIMULABLE)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.locks.LockSupport")
                .check(OURS);
    }

    @Test
    void theGateAndTheProtocolsTimersKnowNoClockEither() {
        DescribedPredicate<JavaAccess<?>> clocksAndThreads = DescribedPredicate.describe(
                "the system's clock, threads, sleep or randomness", ArchitectureTest::isOfTheSystem);
        noClasses()
                .that()
                .haveNameMatching(".*\\.(ProducerGate|KafkaLane|LookAhead|AckOrder|KeepAlive|TopicAliases|ReadPlan)")
                .should()
                .accessTargetWhere(clocksAndThreads)
                .check(OURS);
    }

    private static boolean isOfTheSystem(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        String name = access.getName();
        return switch (owner) {
            case "java.lang.System" -> name.equals("nanoTime") || name.equals("currentTimeMillis");
            case "java.lang.Thread" -> true;
            case "java.time.Instant", "java.time.Clock", "java.time.LocalDateTime" ->
                name.startsWith("now") || name.startsWith("system");
            default -> false;
        };
    }

    @Test
    void nothingBlocksByReactorOrFutures() {
        DescribedPredicate<JavaAccess<?>> blocking = DescribedPredicate.describe(
                "a blocking call of Reactor",
                access -> access.getTargetOwner().getFullName().startsWith("reactor.core.publisher")
                        && (access.getName().startsWith("block")
                                || access.getName().equals("toIterable")));
        noClasses()
                .that()
                .resideInAnyPackage("io.sluice.mqtt..", "io.sluice.kafka..")
                .should()
                .accessTargetWhere(blocking)
                .check(OURS);
    }

    @Test
    void noMethodIsSynchronized() {
        noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED).check(OURS);
    }

    @Test
    void reactorNettysOwnMetricsAreNeverSwitchedOn() {
        // Their label is the peer's address: one series for each device, never removed.
        DescribedPredicate<JavaAccess<?>> metrics = DescribedPredicate.describe(
                "reactor.netty's metrics(…)",
                access -> access.getTargetOwner().getFullName().startsWith("reactor.netty")
                        && access.getName().equals("metrics"));
        noClasses().that(alwaysTrue()).should().accessTargetWhere(metrics).check(OURS);
    }

    @Test
    void theRulesSeeTheCode() {
        assertThat(OURS.size()).as("classes that the rules are checked against").isGreaterThan(150);
    }
}
