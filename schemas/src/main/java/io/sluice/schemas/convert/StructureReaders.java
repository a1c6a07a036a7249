package io.sluice.schemas.convert;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Readers of what has others inside. */
final class StructureReaders {

    private StructureReaders() {}

    /** A field of a record. */
    record Field(String name, ValueReader reader) {}

    static final class RecordReader implements ValueReader {
        private List<Field> fields = List.of();

        /** A record may be inside of itself, so that its fields come later. */
        void complete(List<Field> newFields) {
            fields = List.copyOf(newFields);
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            in.enter();
            out.writeStartObject();
            for (Field field : fields) {
                in.path.push(field.name());
                out.writeFieldName(field.name());
                field.reader().read(in, out);
                in.path.pop();
            }
            out.writeEndObject();
        }

        @Override
        public void check(AvroInput in) {
            in.enter();
            for (Field field : fields) {
                in.path.push(field.name());
                field.reader().check(in);
                in.path.pop();
            }
        }
    }

    static final class ArrayReader implements ValueReader {
        private final ValueReader items;

        ArrayReader(ValueReader items) {
            this.items = items;
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            in.enter();
            out.writeStartArray();
            int index = 0;
            for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (long i = 0; i < count; i++) {
                    in.path.push(index++);
                    items.read(in, out);
                    in.path.pop();
                }
            }
            out.writeEndArray();
        }

        @Override
        public void check(AvroInput in) {
            in.enter();
            int index = 0;
            for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (long i = 0; i < count; i++) {
                    in.path.push(index++);
                    items.check(in);
                    in.path.pop();
                }
            }
        }
    }

    static final class MapReader implements ValueReader {
        private final ValueReader values;

        MapReader(ValueReader values) {
            this.values = values;
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            in.enter();
            out.writeStartObject();
            for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (long i = 0; i < count; i++) {
                    String name = in.readString();
                    in.path.push(name);
                    out.writeFieldName(name);
                    values.read(in, out);
                    in.path.pop();
                }
            }
            out.writeEndObject();
        }

        @Override
        public void check(AvroInput in) {
            in.enter();
            for (long count = in.readBlock(); count > 0; count = in.readBlock()) {
                for (long i = 0; i < count; i++) {
                    in.path.push(in.readString());
                    values.check(in);
                    in.path.pop();
                }
            }
        }
    }

    /** The plain value, without the name of its branch. */
    static final class UnionReader implements ValueReader {
        private final List<ValueReader> branches;

        UnionReader(List<ValueReader> branches) {
            this.branches = List.copyOf(branches);
        }

        @Override
        public void read(AvroInput in, JsonGenerator out) throws IOException {
            branch(in).read(in, out);
        }

        @Override
        public void check(AvroInput in) {
            branch(in).check(in);
        }

        private ValueReader branch(AvroInput in) {
            return branches.get(in.readIndex(branches.size(), "branches of the union"));
        }
    }
}
