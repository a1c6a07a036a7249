package io.sluice.app.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory that is a size or a share of the heap: {@code 64MiB} or {@code 25%}.
 *
 * @param amount bytes, or hundredths of the heap
 * @param percent whether it is a share
 */
public record HeapShare(long amount, boolean percent) {

    static final String EXPECTED = "a size such as 64MiB, or a share of the heap such as 25%";

    private static final Bytes MIN = new Bytes(1L << 20);
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3})%");

    /**
     * The amount that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static HeapShare parse(String text) {
        Matcher matcher = PERCENT.matcher(text);
        if (matcher.matches()) {
            int percent = Integer.parseInt(matcher.group(1));
            if (percent < 1 || percent > 90) {
                throw new IllegalArgumentException("a share of the heap from 1% to 90%");
            }
            return new HeapShare(percent, true);
        }
        Bytes bytes;
        try {
            bytes = Bytes.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(EXPECTED, e);
        }
        if (bytes.compareTo(MIN) < 0) {
            throw new IllegalArgumentException("at least " + MIN);
        }
        return new HeapShare(bytes.count(), false);
    }

    /** How many bytes this is with a heap of that many. */
    public long bytes(long heapBytes) {
        // Divided first: a heap of 2^63 bytes is what a JVM without a limit reports.
        return percent ? heapBytes / 100 * amount : amount;
    }

    @Override
    public String toString() {
        return percent ? amount + "%" : new Bytes(amount).toString();
    }
}
