package io.sluice.app.config;

/**
 * A value as it is in force.
 *
 * @param path of the key
 * @param text as it would be written; secrets masked, placeholders left as they are
 * @param place who said it
 */
public record ConfigEntry(String path, String text, Place place) {}
