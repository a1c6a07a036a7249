package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a document between two marker comments, which is written by a program. */
final class MarkedSection {

    static final String BEGIN = "<!-- rounds:begin -->";
    static final String END = "<!-- rounds:end -->";

    private MarkedSection() {}

    /**
     * The document with this between the markers.
     *
     * @throws IllegalArgumentException when it does not have both once, in their order
     */
    static String replace(String document, String section) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        boolean once = begin == document.lastIndexOf(BEGIN) && end == document.lastIndexOf(END);
        if (begin < 0 || end < begin || !once) {
            throw new IllegalArgumentException("markers: not found (expected: " + BEGIN + " before " + END + ", once)");
        }
        return document.substring(0, begin + BEGIN.length()) + "\n\n" + section.strip() + "\n\n"
                + document.substring(end);
    }

    /** Refuses a file that cannot be written to later, before hours of measuring. */
    static void check(Path file) {
        try {
            replace(Files.readString(file, UTF_8), "");
        } catch (IOException e) {
            throw new IllegalArgumentException("--docs: " + file + " (expected: a file that can be read)", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--docs: " + file + ": " + e.getMessage(), e);
        }
    }

    static void write(Path file, String section) {
        try {
            Files.writeString(file, replace(Files.readString(file, UTF_8), section), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
