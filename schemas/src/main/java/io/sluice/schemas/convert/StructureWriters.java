package io.sluice.schemas.convert;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writers of what has others inside: records, arrays, maps, unions. */
final class StructureWriters {

    private StructureWriters() {}

    /**
     * A field of a record.
     *
     * @param byDefault what is written when the document has none, or null when it must
     */
    @SuppressWarnings("ArrayRecordComponent") // Written as it is; nobody compares fields.
    record Field(String name, ValueWriter writer, byte @Nullable [] byDefault) {}

    static final class RecordWriter extends ValueWriter {
        private final String name;
        private final Set<String> names = new HashSet<>();
        private List<Field> fields = List.of();

        RecordWriter(String name) {
            this.name = name;
        }

        /** A record may be inside of itself, so that its fields come later. */
        void complete(List<Field> newFields) {
            fields = List.copyOf(newFields);
            newFields.forEach(field -> names.add(field.name()));
        }

        @Override
        String expected() {
            return "an object for record " + name;
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isObject();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (!value.isObject()) {
                to.misfit(value, expected());
                return;
            }
            int found = 0;
            for (Field field : fields) {
                JsonNode member = value.get(field.name());
                if (member != null) {
                    found++;
                    to.path.push(field.name());
                    field.writer().write(member, to);
                    to.path.pop();
                } else if (field.byDefault() != null) {
                    to.out.writeRaw(field.byDefault());
                } else {
                    to.path.push(field.name());
                    to.missing(field.writer().expected());
                    to.path.pop();
                }
            }
            if (found < value.size() && to.rejectsUnknown()) {
                tellUnknown(value, to);
            }
        }

        private void tellUnknown(JsonNode value, Conversion to) {
            for (Map.Entry<String, JsonNode> member : value.properties()) {
                if (!names.contains(member.getKey())) {
                    to.path.push(member.getKey());
                    to.misfit(member.getValue(), "no such field in record " + name);
                    to.path.pop();
                }
            }
        }
    }

    static final class ArrayWriter extends ValueWriter {
        private final ValueWriter items;

        ArrayWriter(ValueWriter items) {
            this.items = items;
        }

        @Override
        String expected() {
            return "an array";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isArray();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (!value.isArray()) {
                to.misfit(value, expected());
                return;
            }
            if (!value.isEmpty()) {
                to.out.writeLong(value.size());
                for (int i = 0; i < value.size(); i++) {
                    to.path.push(i);
                    items.write(value.get(i), to);
                    to.path.pop();
                }
            }
            to.out.writeByte(0);
        }
    }

    static final class MapWriter extends ValueWriter {
        private final ValueWriter values;

        MapWriter(ValueWriter values) {
            this.values = values;
        }

        @Override
        String expected() {
            return "an object, for a map";
        }

        @Override
        boolean mayFit(JsonNode value) {
            return value.isObject();
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            if (!value.isObject()) {
                to.misfit(value, expected());
                return;
            }
            if (!value.isEmpty()) {
                to.out.writeLong(value.size());
                for (Map.Entry<String, JsonNode> member : value.properties()) {
                    to.path.push(member.getKey());
                    if (TextWriters.isWellFormed(member.getKey())) {
                        to.out.writeString(member.getKey());
                        values.write(member.getValue(), to);
                    } else {
                        to.misfit(member.getValue(), "a name of whole characters");
                    }
                    to.path.pop();
                }
            }
            to.out.writeByte(0);
        }
    }

    /** Plain values, without the name of their branch: the first branch that fits, in the schema's order. */
    static final class UnionWriter extends ValueWriter {
        private final List<ValueWriter> branches;
        /** The order in which branches are tried. */
        private final List<Integer> order = new ArrayList<>();

        UnionWriter(List<ValueWriter> branches) {
            this.branches = List.copyOf(branches);
            for (boolean greedy : new boolean[] {false, true}) {
                for (int i = 0; i < branches.size(); i++) {
                    if (branches.get(i).isGreedy() == greedy) {
                        order.add(i);
                    }
                }
            }
        }

        @Override
        String expected() {
            return branches.stream().map(ValueWriter::expected).collect(Collectors.joining(" or "));
        }

        @Override
        boolean mayFit(JsonNode value) {
            return branches.stream().anyMatch(branch -> branch.mayFit(value));
        }

        @Override
        void write(JsonNode value, Conversion to) {
            to.step();
            int only = -1;
            int possible = 0;
            for (int i = 0; i < branches.size(); i++) {
                if (branches.get(i).mayFit(value)) {
                    possible++;
                    only = i;
                }
            }
            if (possible == 0) {
                to.misfit(value, expectedOf(value));
            } else if (possible == 1) {
                to.out.writeLong(only);
                branches.get(only).write(value, to);
            } else if (!attempt(value, to, true) && !attempt(value, to, false)) {
                to.misfit(value, expected());
            }
        }

        /** Of an optional value it is enough to say what it is when it is there. */
        private String expectedOf(JsonNode value) {
            List<ValueWriter> there = branches.stream()
                    .filter(branch -> !(branch instanceof ScalarWriters.NullWriter))
                    .toList();
            return there.size() == 1 && !value.isNull() ? there.get(0).expected() : expected();
        }

        private boolean attempt(JsonNode value, Conversion to, boolean strictly) {
            for (int index : order) {
                ValueWriter branch = branches.get(index);
                if (branch.mayFit(value) && to.attempt(index, branch, value, strictly)) {
                    return true;
                }
            }
            return false;
        }
    }
}
