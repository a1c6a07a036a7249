package io.sluice.app.config;

import io.sluice.app.config.Section.Field;
import io.sluice.app.config.Section.Kind;
import org.jspecify.annotations.Nullable;

/** Writes docs/reference/configuration.md from the records: keys are described where they are declared. */
final class ConfigReference {

    private static final String INTRODUCTION = """
            # Configuration

            <!-- Generated from the configuration records; `ConfigReferenceTest` says how. Do not edit. -->

            Sluice runs without any configuration. What you set comes from, each over the one before:

            1. the defaults below,
            2. YAML files, in the order of their `-c FILE` options: maps merge by name, lists and values replace,
            3. environment variables,
            4. `--set key=value` on the command line.

            `sluice check` tells everything that is wrong, with file, line and column; `sluice config --effective`
            prints every value and who said it. An unknown key is an error.

            **Values.** Times are written `100ms`, `5s`, `10m`, `2h`, `7d`; sizes `512B`, `256KiB`, `64MiB`, `1GiB`;
            shares of the heap `25%`; addresses `127.0.0.1:1883` or `[::1]:1883`.
            `${file:/path}` stands for a file's content and `${env:NAME}` for a variable, inside any value;
            `$${` is a literal `${`. In quotes within `sasl.jaas.config` what a placeholder stands for may have any
            character. A list of words is written `[a, b]`, in variables and after `--set` as `a,b`; one word needs no
            brackets. Secrets are masked wherever Sluice prints values.

            **Environment.** A key's variable is `SLUICE_` and its path in upper case, with `_` for dots and dashes.
            `<NAME>` stands for the name of a listener, or of one of Kafka's own properties, where `_` becomes a dot:
            `SLUICE_KAFKA_PROPERTIES_SECURITY_PROTOCOL`. Rules are lists, and are written in files only.
            An empty variable counts as not set. An unknown `SLUICE_` variable is a warning (`sluice check --strict`: an
            error); the variables that Kubernetes sets for a Service named `sluice` are ignored.

            """;

    private final StringBuilder text = new StringBuilder(INTRODUCTION);

    private ConfigReference() {}

    /** The whole page. */
    static String markdown() {
        ConfigReference reference = new ConfigReference();
        for (Field field : ConfigLoader.ROOT.fields()) {
            reference.text.append("## `").append(field.name()).append("`\n\n");
            reference.text.append(field.key().value()).append("\n\n");
            reference.text.append("| key | type | default | what |\n|---|---|---|---|\n");
            reference.rows(field, field.name());
            reference.text.append('\n');
            if (isAddressable(field)) {
                reference.text.append("Environment: `").append(example(field)).append("`\n\n");
            }
        }
        return reference.text.toString().stripTrailing() + "\n";
    }

    private static boolean isAddressable(Field field) {
        return field.kind() != Kind.SECTIONS;
    }

    private static String example(Field field) {
        String inside = field.kind() == Kind.NAMED_SECTIONS ? ".<NAME>." : ".";
        String leaf = EnvironmentKeys.leaves(field.inside()).get(0);
        return EnvironmentKeys.PREFIX + EnvironmentKeys.form(field.name() + inside + leaf);
    }

    private void rows(Field parent, String path) {
        String inside =
                switch (parent.kind()) {
                    case NAMED_SECTIONS -> path + ".<name>";
                    case SECTIONS -> path + "[]";
                    case VALUE, WORDS, SECTION, TEXTS, HEADERS -> path;
                };
        for (Field field : parent.inside().fields()) {
            String full = inside + "." + field.name();
            switch (field.kind()) {
                case SECTION, SECTIONS, NAMED_SECTIONS -> rows(field, full);
                case VALUE -> row(field, full, type(field));
                case WORDS -> row(field, full, "word, or list of words");
                case TEXTS -> row(field, full + ".<name>", "text");
                case HEADERS -> row(field, full, "all, minimal, none, or a map");
            }
        }
    }

    private void row(Field field, String path, String type) {
        String unit = field.key().unit().isEmpty() ? "" : " (" + field.key().unit() + ")";
        text.append("| `")
                .append(path)
                .append("` | ")
                .append(type)
                .append(unit)
                .append(" | ")
                .append(byDefault(field))
                .append(" | ")
                .append(field.key().value())
                .append(" |\n");
    }

    private static String type(Field field) {
        String range = ValueType.range(field.key());
        return field.valueType().noun() + (range.isEmpty() ? "" : ", " + range);
    }

    private static String byDefault(Field field) {
        @Nullable String value = field.byDefault();
        if (value != null) {
            return "`" + value + "`";
        }
        return field.isRequired() ? "required" : "not set";
    }
}
