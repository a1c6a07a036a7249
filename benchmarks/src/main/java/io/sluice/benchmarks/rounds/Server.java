package io.sluice.benchmarks.rounds;

import java.util.Locale;

/** What is measured in turn, in the order of a round. */
enum Server {
    SLUICE("Sluice"),
    FLOOR("floor"),
    MOSQUITTO("mosquitto");

    private final String title;

    Server(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** First level of the topic names that are published to it, and with Kafka behind it the Kafka topic. */
    String topic() {
        return "rounds-" + title.toLowerCase(Locale.ROOT);
    }

    boolean hasKafka() {
        return this != MOSQUITTO;
    }
}
