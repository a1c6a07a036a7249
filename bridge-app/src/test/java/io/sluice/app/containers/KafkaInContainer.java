package io.sluice.app.containers;

import java.util.List;
import org.testcontainers.containers.Network;
import org.testcontainers.kafka.KafkaContainer;

/** Kafka's official image. */
final class KafkaInContainer extends KafkaContainer {

    private static final String INSIDE = "kafka:19092";

    KafkaInContainer(Network network) {
        super(Engine.kafkaImage());
        if (Engine.isOnHostNetwork()) {
            withNetworkMode("host");
            // Nothing is mapped there, and Testcontainers would wait for it.
            setExposedPorts(List.of());
        } else {
            withNetwork(network);
            withListener(INSIDE);
        }
    }

    @Override
    public Integer getMappedPort(int port) {
        return Engine.isOnHostNetwork() ? Integer.valueOf(port) : super.getMappedPort(port);
    }

    /** Where other containers find it. */
    String bootstrapServersInside() {
        return Engine.isOnHostNetwork() ? getBootstrapServers() : INSIDE;
    }
}
