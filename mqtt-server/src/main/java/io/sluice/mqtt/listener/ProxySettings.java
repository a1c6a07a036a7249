package io.sluice.mqtt.listener;

import java.util.List;

/**
 * Whether connections begin with a PROXY header, as load balancers send it to say whom they stand for.
 *
 * @param version of the header, which must be there and be this one
 * @param peers the addresses that may send one, as {@code 10.0.0.0/8}; all others are closed
 */
public record ProxySettings(Version version, List<String> peers) {

    /** Connections begin with MQTT, or TLS. */
    public static final ProxySettings OFF = new ProxySettings(Version.OFF, List.of());

    /** A version of the header. */
    public enum Version {
        OFF,
        /** One line of text. */
        V1,
        /** Binary. */
        V2
    }

    public ProxySettings {
        peers = List.copyOf(peers);
    }
}
