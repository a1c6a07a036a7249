package io.sluice.mqtt.auth.rules;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where clients may come from: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address. An IPv4 address inside an IPv6
 * one ({@code ::ffff:10.1.2.3}) is the IPv4 address. Immutable.
 */
public final class Network {

    private static final String EXPECTED = "a network such as 10.0.0.0/8 or 2001:db8::/32, or an address";
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f:.]{2,45})(?:/(\\d{1,3}))?");
    private static final Pattern IPV4 =
            Pattern.compile("(?:(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])(?:\\.(?!$)|$)){4}");
    private static final int MAPPED_BITS = 96;

    private final String text;
    private final byte[] address;
    private final int bits;

    private Network(String text, byte[] address, int bits) {
        this.text = text;
        this.address = address;
        this.bits = bits;
    }

    /**
     * The network with this text.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static Network parse(String text) {
        Matcher form = FORM.matcher(text);
        byte[] address = form.matches() ? address(form.group(1)) : null;
        if (address == null) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: " + EXPECTED + ")");
        }
        int written = form.group(1).indexOf(':') < 0 ? 32 : 128;
        int prefix = form.group(2) == null ? written : Integer.parseInt(form.group(2));
        // Java has made the IPv4 address of a mapped one.
        int bits = written == 128 && address.length == 4 ? prefix - MAPPED_BITS : prefix;
        if (bits < 0 || bits > address.length * 8) {
            throw new IllegalArgumentException("\"" + text + "\": /" + prefix + " (expected: "
                    + (written - address.length * 8) + " to " + written + ")");
        }
        byte[] masked = masked(address, bits);
        if (!Arrays.equals(masked, address)) {
            throw new IllegalArgumentException("\"" + text + "\" has bits beyond its prefix (expected: "
                    + inetAddress(masked).getHostAddress() + "/" + bits + ")");
        }
        return new Network(text, address, bits);
    }

    /**
     * One address, as {@link #contains} takes it; never a name.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static InetAddress parseAddress(String text) {
        byte[] address = FORM.matcher(text).matches() ? address(text) : null;
        if (address == null) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" (expected: an address such as 10.1.2.3 or 2001:db8::1)");
        }
        return inetAddress(address);
    }

    private static byte @Nullable [] address(String text) {
        boolean six = text.indexOf(':') >= 0;
        if (!six && !IPV4.matcher(text).matches()) {
            return null;
        }
        try {
            // Only digits: nobody is asked for a name, and in brackets only IPv6 is taken.
            return InetAddress.getByName(six ? "[" + text + "]" : text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.max(0, Math.min(8, bits - i * 8));
            masked[i] &= (byte) (0xFF << (8 - kept));
        }
        return masked;
    }

    private static InetAddress inetAddress(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.length + " bytes", e);
        }
    }

    /** Whether the address is in it. */
    public boolean contains(InetAddress source) {
        byte[] other = source.getAddress();
        return other.length == address.length && Arrays.equals(masked(other, bits), address);
    }

    /** Whether everything in the other is in it. */
    boolean contains(Network other) {
        return other.address.length == address.length
                && other.bits >= bits
                && Arrays.equals(masked(other.address, bits), address);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Network that && bits == that.bits && Arrays.equals(address, that.address);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(address) * 31 + bits;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
