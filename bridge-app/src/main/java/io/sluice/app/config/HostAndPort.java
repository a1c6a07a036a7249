package io.sluice.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address: {@code 127.0.0.1:1883}, {@code [::1]:1883}, {@code sluice.example:1883}. It is not resolved.
 *
 * @param host a name or an IP address, without brackets
 * @param port from 0 to 65535
 */
public record HostAndPort(String host, int port) {

    static final String EXPECTED = "host:port with a port from 0 to 65535, e.g. 0.0.0.0:1883 or [::1]:1883";

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+)):(\\d{1,5})");

    /**
     * The address that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static HostAndPort parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new HostAndPort(host, Integer.parseInt(matcher.group(3)));
    }

    /** Whether only this machine can reach it. */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Whether it means every address of this machine. */
    public boolean isAny() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** Whether not both can be bound on one machine. */
    boolean clashesWith(HostAndPort other) {
        return port != 0 && port == other.port && (host.equals(other.host) || isAny() || other.isAny());
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
