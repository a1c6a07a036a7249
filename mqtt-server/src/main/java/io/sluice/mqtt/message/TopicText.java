package io.sluice.mqtt.message;

import org.jspecify.annotations.Nullable;

/** What topic names and topic filters have in common [MQTT-4.7.3-1, -2, -3], [MQTT-1.5.4-1, -2]. */
final class TopicText {

    private static final int UTF8_BYTES_MAX = 65_535;

    private TopicText() {}

    static @Nullable String problem(String what, String value) {
        if (value.isEmpty()) {
            return what + ": empty (expected: at least one character)";
        }
        int bytes = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                return what + ": U+0000 at character " + i + " (expected: none)";
            } else if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                return what + ": unpaired surrogate at character " + i + " (expected: well-formed text)";
            }
        }
        if (bytes > UTF8_BYTES_MAX) {
            return what + ": " + bytes + " bytes of UTF-8 (expected: at most " + UTF8_BYTES_MAX + ")";
        }
        return null;
    }
}
