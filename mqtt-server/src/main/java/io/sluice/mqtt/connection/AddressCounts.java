package io.sluice.mqtt.connection;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many connections there are from each address; an address without one takes no room. Of IPv6 a network of 64 bits
 * counts as one address, since one machine has all of it. Safe for all threads.
 */
final class AddressCounts {

    private static final int IPV6_NETWORK_BYTES = 8;

    private final ConcurrentMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

    /**
     * One more from the address, unless that is too many.
     *
     * @param max most from one address; 0 for any number
     */
    boolean enter(InetAddress address, int max) {
        int now = counts.merge(network(address), 1, Integer::sum);
        if (max > 0 && now > max) {
            leave(address);
            return false;
        }
        return true;
    }

    /** One less; of one that has entered. */
    void leave(InetAddress address) {
        counts.computeIfPresent(network(address), (known, count) -> count == 1 ? null : count - 1);
    }

    /** From how many addresses there are connections. */
    int size() {
        return counts.size();
    }

    /** The most connections that there are from one address. */
    int highest() {
        return counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
