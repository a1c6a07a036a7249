package io.sluice.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where Kafka is: {@code kafka-1:9092,kafka-2:9092}.
 *
 * @param addresses at least one
 */
public record BootstrapServers(List<HostAndPort> addresses) {

    static final String EXPECTED = "host:port, several separated by commas";

    public BootstrapServers {
        addresses = List.copyOf(addresses);
    }

    /**
     * The addresses that are written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static BootstrapServers parse(String text) {
        List<HostAndPort> addresses = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            HostAndPort address;
            try {
                address = HostAndPort.parse(part.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(EXPECTED, e);
            }
            if (address.port() == 0) {
                throw new IllegalArgumentException(EXPECTED);
            }
            addresses.add(address);
        }
        return new BootstrapServers(addresses);
    }

    /** As Kafka's clients take it. */
    @Override
    public String toString() {
        return addresses.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }
}
