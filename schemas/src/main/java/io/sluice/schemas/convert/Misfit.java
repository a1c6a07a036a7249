package io.sluice.schemas.convert;

/**
 * A place of a payload that is not as the schema wants it.
 *
 * @param path where, as in {@code $.readings[2].value}
 * @param found what is there, shortened
 * @param expected what the schema wants
 */
public record Misfit(String path, String found, String expected) {

    /** In one line: {@code $.temp: expected double, found "hot"}. */
    public String message() {
        return path + ": expected " + expected + ", found " + found;
    }
}
