package io.sluice.app.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a YAML object, taken from its record: the only place where the configuration is looked at by reflection.
 *
 * @param type the record
 * @param fields its keys, in their order
 * @param later keys that are planned
 */
record Section(Class<?> type, List<Field> fields, List<String> later) {

    /** What stands at a key. */
    enum Kind {
        VALUE,
        /** A word or a list of them: {@link Words}. */
        WORDS,
        SECTION,
        /** A map of sections by name. */
        NAMED_SECTIONS,
        /** A list of sections. */
        SECTIONS,
        /** A map of names that are not ours to text. */
        TEXTS,
        /** A word or a map: {@link RuleHeaders}. */
        HEADERS
    }

    /**
     * A key of a section.
     *
     * @param name with dashes
     * @param kind what stands there
     * @param value how its text is read, for VALUE
     * @param section what is inside, for the sections
     * @param nullable whether it is null, and not made of defaults, when it is absent
     */
    record Field(
            String name,
            Key key,
            Kind kind,
            @Nullable ValueType value,
            @Nullable Section section,
            boolean nullable) {

        ValueType valueType() {
            return Objects.requireNonNull(value);
        }

        Section inside() {
            return Objects.requireNonNull(section);
        }

        boolean isRequired() {
            return key.byDefault().equals(Key.REQUIRED);
        }

        /** The default as it would be written, or null when there is none. */
        @Nullable
        String byDefault() {
            return isRequired() || key.byDefault().equals(Key.ABSENT) ? null : key.byDefault();
        }
    }

    Section {
        fields = List.copyOf(fields);
        later = List.copyOf(later);
    }

    static Section of(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            fields.add(field(component));
        }
        return new Section(type, fields, words(type.getAnnotation(Later.class)));
    }

    private static List<String> words(@Nullable Later later) {
        return later == null ? List.of() : List.of(later.value());
    }

    private static Field field(RecordComponent component) {
        Key key = Objects.requireNonNull(component.getAnnotation(Key.class), component::toString);
        String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        Class<?> type = component.getType();
        ValueType value = ValueType.of(component, key, words(component.getAnnotation(Later.class)));
        if (value != null) {
            return new Field(name, key, Kind.VALUE, value, null, true);
        }
        if (type == Words.class) {
            return new Field(name, key, Kind.WORDS, null, null, true);
        }
        if (type == KafkaProperties.class) {
            return new Field(name, key, Kind.TEXTS, null, null, false);
        }
        if (type == RuleHeaders.class) {
            return new Field(name, key, Kind.HEADERS, null, null, false);
        }
        if (type == Map.class || type == List.class) {
            Section inside = of(lastArgument(component));
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            Kind kind = type == Map.class ? Kind.NAMED_SECTIONS : Kind.SECTIONS;
            return new Field(name, key, kind, null, inside, nullable);
        }
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return new Field(name, key, Kind.SECTION, null, of(type), nullable);
    }

    private static Class<?> lastArgument(RecordComponent component) {
        var arguments = ((ParameterizedType) component.getGenericType()).getActualTypeArguments();
        return (Class<?>) arguments[arguments.length - 1];
    }

    List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    @Nullable
    Field field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst().orElse(null);
    }

    /**
     * The record with these components.
     *
     * @throws IllegalArgumentException when the record refuses them
     */
    Object create(List<@Nullable Object> components) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(components.toArray());
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("configuration record " + type, e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("configuration record " + type, e);
        }
    }
}
