package io.sluice.mqtt.auth.password;

import java.util.Base64;
import java.util.List;

/** What stands between the dollar signs of a hash. Immutable. */
record HashFields(List<String> fields) {

    /** Longest salt, and longest hash, in bytes. */
    static final int PART_BYTES_MAX = 128;

    private static final int ENCODED_CHARACTERS_MAX = 1_024;

    static HashFields of(String encoded) throws HashProblem {
        if (encoded.length() > ENCODED_CHARACTERS_MAX) {
            throw new HashProblem("a hash of " + encoded.length() + " characters", "at most " + ENCODED_CHARACTERS_MAX);
        }
        if (!encoded.startsWith("$")) {
            throw new HashProblem(
                    encoded.isEmpty() ? "no hash" : "what is not a hash, perhaps a password", PasswordHash.KINDS);
        }
        return new HashFields(List.of(encoded.substring(1).split("\\$", -1)));
    }

    String kind() {
        return fields.get(0);
    }

    /** @param count of all fields, with the kind */
    void require(int count, String form) throws HashProblem {
        if (fields.size() != count) {
            throw new HashProblem("a hash of " + fields.size() + " parts between its $", form);
        }
    }

    String text(int index) {
        return fields.get(index);
    }

    /** A number in digits alone. */
    static int number(String text, String what, int min, int max) throws HashProblem {
        String expected = min + " to " + max;
        if (text.isEmpty() || text.length() > 10 || text.chars().anyMatch(c -> c < '0' || c > '9')) {
            throw new HashProblem(what + " that is not a number", expected);
        }
        long number = Long.parseLong(text);
        if (number < min || number > max) {
            throw new HashProblem(what + " of " + number, expected);
        }
        return (int) number;
    }

    byte[] base64(int index, String what, int bytesMin) throws HashProblem {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(fields.get(index));
        } catch (IllegalArgumentException notBase64) {
            throw new HashProblem("a " + what + " that is not Base64", "Base64");
        }
        if (bytes.length < bytesMin || bytes.length > PART_BYTES_MAX) {
            throw new HashProblem("a " + what + " of " + bytes.length + " bytes", bytesMin + " to " + PART_BYTES_MAX);
        }
        return bytes;
    }
}
