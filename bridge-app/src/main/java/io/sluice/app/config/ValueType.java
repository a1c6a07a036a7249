package io.sluice.app.config;

import io.sluice.mqtt.message.Qos;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the text of a value becomes the value.
 *
 * @param noun what it is, for the reference
 * @param words the words it may be, or empty when it is not one of a few
 * @param parser from text; throws IllegalArgumentException with the whole message but the found value
 */
record ValueType(String noun, List<String> words, Function<String, Object> parser) {

    ValueType {
        words = List.copyOf(words);
    }

    /** The type of a component, or null when it is not one value. */
    static @Nullable ValueType of(RecordComponent component, Key key, List<String> later) {
        Class<?> type = component.getType();
        if (type == Qos.class) {
            return ofWords("0, 1 or 2", List.of("0", "1", "2"), List.of(), i -> Qos.of(i));
        }
        if (type.isEnum()) {
            return ofEnum(type, later);
        }
        if (type == boolean.class) {
            return ofWords("true or false", List.of("true", "false"), List.of(), i -> i == 0);
        }
        if (type == String.class) {
            return new ValueType("text", List.of(), ValueType::text);
        }
        if (type == Secret.class) {
            return new ValueType("text", List.of(), expected(Secret::new));
        }
        if (type == Path.class) {
            return new ValueType("path", List.of(), text -> Path.of((String) text(text)));
        }
        if (type == HostAndPort.class) {
            return new ValueType("address", List.of(), expected(HostAndPort::parse));
        }
        if (type == BootstrapServers.class) {
            return new ValueType("addresses", List.of(), expected(BootstrapServers::parse));
        }
        if (type == HeapShare.class) {
            return new ValueType("size or share", List.of(), expected(HeapShare::parse));
        }
        if (type == HttpBase.class) {
            return new ValueType("address", List.of(), expected(HttpBase::parse));
        }
        if (type == Ratio.class) {
            return new ValueType("share", List.of(), expected(Ratio::parse));
        }
        if (type == int.class) {
            return ranged("number", ValueType::number, key);
        }
        if (type == Duration.class) {
            return ranged("time", Durations::parse, key);
        }
        if (type == ByteRate.class) {
            return ranged("bytes in a second", ByteRate::parse, key);
        }
        if (type == Rate.class) {
            return ranged("rate", Rate::parse, key);
        }
        return type == Bytes.class ? ranged("size", Bytes::parse, key) : null;
    }

    /** The value, or throws with a message that says what is there and what is expected. */
    Object parse(String text, String shown) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + shown + "\"" + e.getMessage(), e);
        }
    }

    private static Object text(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(" is empty (expected: text)");
        }
        return text;
    }

    private static Integer number(String text) {
        if (!text.matches("-?\\d{1,9}")) {
            throw new IllegalArgumentException("a whole number");
        }
        return Integer.valueOf(text);
    }

    private static ValueType ofEnum(Class<?> type, List<String> later) {
        Object[] constants = type.getEnumConstants();
        List<String> words = Arrays.stream(constants)
                .map(constant ->
                        ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList();
        return ofWords(String.join(", ", words), words, later, i -> constants[i]);
    }

    private static ValueType ofWords(
            String noun, List<String> words, List<String> later, Function<Integer, Object> of) {
        return new ValueType(noun, words, text -> {
            int index = words.indexOf(text);
            if (index >= 0) {
                return of.apply(index);
            }
            if (later.contains(text)) {
                throw new IllegalArgumentException(
                        " is not supported yet (expected: " + String.join(" or ", words) + ")");
            }
            throw new IllegalArgumentException((words.size() == 1 ? " is not " : " is not one of ")
                    + String.join(", ", words)
                    + Nearest.hint(text, words));
        });
    }

    private static Function<String, Object> expected(Function<String, ?> parser) {
        return text -> {
            try {
                return parser.apply(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(" (expected: " + e.getMessage() + ")", e);
            }
        };
    }

    private static <T extends Comparable<T>> ValueType ranged(String noun, Function<String, T> parser, Key key) {
        T min = key.min().isEmpty() ? null : parser.apply(key.min());
        T max = key.max().isEmpty() ? null : parser.apply(key.max());
        return new ValueType(noun, List.of(), text -> {
            T value = parseOrExpected(parser, text);
            if (min != null && value.compareTo(min) < 0) {
                throw new IllegalArgumentException(" is too low (expected: " + range(key) + ")");
            }
            if (max != null && value.compareTo(max) > 0) {
                throw new IllegalArgumentException(" is too high (expected: " + range(key) + ")");
            }
            return value;
        });
    }

    private static <T> T parseOrExpected(Function<String, T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(" (expected: " + e.getMessage() + ")", e);
        }
    }

    /** The bounds of a key, for people. */
    static String range(Key key) {
        List<String> bounds = new ArrayList<>();
        if (!key.min().isEmpty()) {
            bounds.add(key.max().isEmpty() ? "at least " + key.min() : key.min());
        }
        if (!key.max().isEmpty()) {
            bounds.add(key.min().isEmpty() ? "at most " + key.max() : key.max());
        }
        return String.join(" to ", bounds);
    }
}
