package io.sluice.app.it;

import io.sluice.app.embedded.EmbeddedKafka;
import io.sluice.app.embedded.EmbeddedKafkaSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client (1) subscribes to a reply topic and (2) publishes a command, the server (3) forwards it to a controller, which
 * (4) publishes the reply, (5) the client gets it and (6) unsubscribes; in each gap between two of these steps the server
 * is stopped, or Kafka is. Each case runs the exchange in MQTT 3.1.1 and 5, at QoS 1 and 2, with parties that answer in good
 * time, or with parties whose answer is still owed when the stop comes; in the long profile with both.
 */
@Timeout(120)
final class DeviceCommandIT {

    /** Between which steps the stop comes. */
    enum Gap {
        SUBSCRIBED_NOT_PUBLISHED("1-2", true),
        PUBLISHED_NOT_FORWARDED("2-3", false),
        FORWARDED_NOT_REPLIED("3-4", true),
        REPLIED_NOT_RECEIVED("4-5", false),
        RECEIVED_NOT_UNSUBSCRIBED("5-6", true);

        private final String steps;
        private final boolean isOdd;

        Gap(String steps, boolean isOdd) {
            this.steps = steps;
            this.isOdd = isOdd;
        }

        @Override
        public String toString() {
            return steps + " " + name();
        }
    }

    /** What stops. */
    enum Outage {
        /** Sluice, told to. */
        SIGTERM,
        /** Sluice, at once. */
        KILL_9,
        /** Kafka; Sluice stays. */
        KAFKA
    }

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedKafka kafka;

    @SuppressWarnings("NullAway.Init")
    private static ChildSluice sluice;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        kafka = new EmbeddedKafka(new EmbeddedKafkaSettings(folder.resolve("kafka"), 0));
        kafka.start();
        sluice = new ChildSluice(folder, kafka.bootstrapServers());
        sluice.start();
    }

    @AfterAll
    static void stop() throws Exception {
        sluice.close();
        kafka.close();
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (Gap gap : Gap.values()) {
            for (Outage outage : Outage.values()) {
                cases.add(Arguments.of(gap, outage));
            }
        }
        return cases;
    }

    private interface Step {
        void run(DeviceExchange exchange) throws Exception;
    }

    @ParameterizedTest(name = "gap {0}, stopped by {1}")
    @MethodSource("cases")
    void theExchangeGoesOn(Gap gap, Outage outage) throws Exception {
        // For each pair of version and QoS one exchange, whose parties answer in good time or late by turns; in the
        // next gap the other way round.
        run(gap, outage, (protocol, qos) -> List.of((protocol == Protocol.MQTT_5) == (qos == 2) ^ gap.isOdd));
    }

    @Tag("long")
    @ParameterizedTest(name = "gap {0}, stopped by {1}, everybody")
    @MethodSource("cases")
    void theExchangeGoesOnForAllPairs(Gap gap, Outage outage) throws Exception {
        run(gap, outage, (protocol, qos) -> List.of(true, false));
    }

    /** @param prompt of a version and a QoS, whether its parties answer in good time: of each an exchange */
    private static void run(Gap gap, Outage outage, BiFunction<Protocol, Integer, List<Boolean>> prompt)
            throws Exception {
        List<DeviceExchange> exchanges = new ArrayList<>();
        for (Protocol protocol : List.of(Protocol.MQTT_3_1_1, Protocol.MQTT_5)) {
            for (int qos = 1; qos <= 2; qos++) {
                for (boolean isPrompt : prompt.apply(protocol, qos)) {
                    exchanges.add(new DeviceExchange(sluice, kafka::bootstrapServers, protocol, qos, isPrompt));
                }
            }
        }

        try {
            each(exchanges, DeviceExchange::subscribe);
            publish(exchanges, gap, outage);
            forward(exchanges, gap, outage);
            reply(exchanges, gap, outage);
            receive(exchanges, gap, outage);
            each(exchanges, DeviceExchange::unsubscribe);
            if (gap == Gap.RECEIVED_NOT_UNSUBSCRIBED) {
                interrupt(exchanges, Outage.KILL_9, exchange -> {});
            }

            each(exchanges, DeviceExchange::assertNothingMoreComes);
            each(exchanges, DeviceExchange::assertRecords);
        } catch (AssertionError failure) {
            System.err.println("CHILD " + sluice.log());
            throw failure;
        } finally {
            each(exchanges, DeviceExchange::close);
        }
    }

    /** Step 2. */
    private static void publish(List<DeviceExchange> exchanges, Gap gap, Outage outage) throws Exception {
        if (gap == Gap.SUBSCRIBED_NOT_PUBLISHED) {
            if (outage != Outage.KAFKA) {
                each(exchanges, DeviceExchange::publishAtTheLastMoment);
            }
            interrupt(exchanges, outage, exchange -> exchange.publishInVain(outage == Outage.KAFKA));
            each(exchanges, DeviceExchange::publishAgain);
            return;
        }
        if (gap == Gap.PUBLISHED_NOT_FORWARDED) {
            each(exchanges, DeviceExchange::controllerLeaves);
        }
        each(exchanges, DeviceExchange::publish);
        if (gap == Gap.PUBLISHED_NOT_FORWARDED) {
            interrupt(exchanges, outage, exchange -> {});
        }
    }

    /** Step 3. */
    private static void forward(List<DeviceExchange> exchanges, Gap gap, Outage outage) throws Exception {
        if (gap != Gap.FORWARDED_NOT_REPLIED) {
            each(exchanges, exchange -> exchange.controller().take(true));
            return;
        }
        each(exchanges, exchange -> exchange.controller().take(exchange.isPrompt()));
        if (outage == Outage.KILL_9) {
            each(exchanges, exchange -> exchange.controller().awaitWindowInKafka());
        }
        interrupt(exchanges, outage, exchange -> exchange.controller().acknowledgeInVain());
        each(exchanges, exchange -> exchange.controller().finishTaking());
    }

    /** Step 4. */
    private static void reply(List<DeviceExchange> exchanges, Gap gap, Outage outage) throws Exception {
        if (gap == Gap.REPLIED_NOT_RECEIVED) {
            each(exchanges, DeviceExchange::clientLeaves);
        }
        each(exchanges, DeviceExchange::reply);
        if (gap == Gap.REPLIED_NOT_RECEIVED) {
            interrupt(exchanges, outage, exchange -> {});
        }
    }

    /** Step 5. */
    private static void receive(List<DeviceExchange> exchanges, Gap gap, Outage outage) throws Exception {
        if (gap != Gap.RECEIVED_NOT_UNSUBSCRIBED) {
            each(exchanges, exchange -> exchange.client().take(true));
            return;
        }
        each(exchanges, exchange -> exchange.client().take(exchange.isPrompt()));
        if (outage == Outage.KILL_9) {
            each(exchanges, exchange -> exchange.client().awaitWindowInKafka());
        }
        if (outage != Outage.KAFKA) {
            each(exchanges, DeviceExchange::unsubscribeAtTheLastMoment);
        }
        interrupt(exchanges, outage, DeviceExchange::unsubscribeInVain);
        each(exchanges, exchange -> exchange.client().finishTaking());
    }

    /** The stop, and the start after it; everybody is back when it returns. */
    private static void interrupt(List<DeviceExchange> exchanges, Outage outage, Step meanwhile) throws Exception {
        if (outage == Outage.KAFKA) {
            kafka.close();
            // Who was away comes now, and waits for its CONNACK.
            each(exchanges, DeviceExchange::knock);
            each(exchanges, meanwhile);
            kafka.start();
        } else {
            sluice.stop(outage == Outage.SIGTERM ? ChildSluice.Stop.TERMINATE : ChildSluice.Stop.KILL);
            each(exchanges, exchange -> exchange.assertEnded(outage == Outage.SIGTERM));
            each(exchanges, meanwhile);
            sluice.start();
        }
        each(exchanges, DeviceExchange::comeBack);
    }

    private static void each(List<DeviceExchange> exchanges, Step step) throws Exception {
        for (DeviceExchange exchange : exchanges) {
            try {
                step.run(exchange);
            } catch (AssertionError | Exception failure) {
                throw new AssertionError("at " + exchange + ": " + failure.getMessage(), failure);
            }
        }
    }
}
