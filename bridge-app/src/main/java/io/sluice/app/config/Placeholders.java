package io.sluice.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * References to files and environment variables in values, so that secrets stay out of the configuration file. A doubled
 * dollar makes a literal one.
 */
final class Placeholders {

    private static final int FILE_BYTES_MAX = 64 << 10;
    private static final Pattern FORM = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)}?");

    private final Map<String, String> environment;

    Placeholders(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Whether the text stands for another. */
    static boolean isIn(String text) {
        return text.contains("${");
    }

    /**
     * The text with every placeholder replaced.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    String resolve(String text) {
        return resolve(text, false);
    }

    /**
     * The same for a login configuration of Java (JAAS): what comes into a text in quotes is written as such a text wants
     * it, so that a password may have any character.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    String resolveJaas(String text) {
        return resolve(text, true);
    }

    private String resolve(String text, boolean isJaas) {
        if (!isIn(text)) {
            return text;
        }
        Matcher matcher = FORM.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String replacement = matcher.group(1) == null ? "${" : one(matcher.group(), matcher.group(1));
            if (isJaas && isInQuotes(text, matcher.start())) {
                replacement = Jaas.escaped(replacement);
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(resolved).toString();
    }

    private static boolean isInQuotes(String text, int end) {
        boolean inQuotes = false;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '"') {
                inQuotes = !inQuotes;
            } else if (text.charAt(i) == '\\' && inQuotes) {
                i++;
            }
        }
        return inQuotes;
    }

    private String one(String whole, String inside) {
        if (inside.startsWith("file:") && whole.endsWith("}")) {
            return file(whole, inside.substring("file:".length()));
        }
        if (inside.startsWith("env:") && whole.endsWith("}")) {
            String name = inside.substring("env:".length());
            String value = environment.get(name);
            if (value == null) {
                throw new IllegalArgumentException(whole + ": no such environment variable");
            }
            return value;
        }
        throw new IllegalArgumentException(
                "\"" + whole + "\" (expected: ${file:PATH} or ${env:NAME}; $${ for a literal ${)");
    }

    private static String file(String whole, String name) {
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw new IllegalArgumentException(
                        whole + ": more than " + FILE_BYTES_MAX + " bytes (expected: fewer)");
            }
            // Editors and secret stores end a file with a newline that is not part of the secret.
            return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "");
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(whole + ": cannot be read: " + FileFailures.reason(e), e);
        }
    }
}
