package io.sluice.app.config;

import io.sluice.app.config.Section.Field;
import io.sluice.app.config.Section.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which path a {@code --set} key means: the dots separate, except in the names of Kafka's own properties. */
final class CommandLineKeys {

    private CommandLineKeys() {}

    /**
     * The path; what is unknown in it is left for the binder to refuse.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static List<String> path(Section root, String key) {
        List<String> path = new ArrayList<>();
        @Nullable Section section = root;
        String rest = key;
        while (true) {
            int dot = rest.indexOf('.');
            String head = dot < 0 ? rest : rest.substring(0, dot);
            if (head.isEmpty()) {
                throw new IllegalArgumentException(
                        "\"" + key + "\" (expected: the path of a key, e.g. listeners.mqtt.bind)");
            }
            path.add(head);
            if (dot < 0) {
                return path;
            }
            rest = rest.substring(dot + 1);
            Field field = section == null ? null : section.field(head);
            if (field == null) {
                section = null;
                continue;
            }
            if (field.kind() == Kind.SECTIONS) {
                throw new IllegalArgumentException("inside a list (expected: rules are written in a file)");
            }
            if (field.kind() == Kind.TEXTS) {
                path.add(rest);
                return path;
            }
            section = field.section();
            int nameEnd = rest.indexOf('.');
            if (field.kind() == Kind.NAMED_SECTIONS && nameEnd > 0) {
                path.add(rest.substring(0, nameEnd));
                rest = rest.substring(nameEnd + 1);
            }
        }
    }
}
