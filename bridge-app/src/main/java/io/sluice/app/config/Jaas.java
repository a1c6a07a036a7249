package io.sluice.app.config;

/** Texts within a login configuration of Java (JAAS), as Kafka reads it. Stateless. */
final class Jaas {

    private Jaas() {}

    /** The text, of any characters, as a value. */
    static String quoted(String text) {
        return '"' + escaped(text) + '"';
    }

    /** What stands between quotes for the text. */
    static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}
