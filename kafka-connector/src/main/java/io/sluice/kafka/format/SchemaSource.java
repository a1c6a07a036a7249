package io.sluice.kafka.format;

/** Where schemas come from. Safe for all threads; nothing here waits, so that event loops may ask. */
public interface SchemaSource extends AutoCloseable {

    /** The version that stands for the newest. */
    int LATEST = 0;

    /** The schema of a subject, in this version or the newest. */
    Lookup bySubject(String subject, int version);

    /** The schema with this id. */
    Lookup byId(int id);

    /** The schema with this fingerprint (CRC-64-AVRO, as it stands in single-object encoding). */
    Lookup byFingerprint(long fingerprint);

    /** The same schema as it is known under the subject: with its id where there are ids. */
    Lookup registered(String subject, KnownSchema schema);

    @Override
    void close();

    /** No schemas at all. */
    SchemaSource NONE = new SchemaSource() {
        @Override
        public Lookup bySubject(String subject, int version) {
            return new Lookup.Missing("no schema-registry is configured");
        }

        @Override
        public Lookup byId(int id) {
            return new Lookup.Missing("no schema-registry is configured");
        }

        @Override
        public Lookup byFingerprint(long fingerprint) {
            return new Lookup.Missing("no schema-registry is configured");
        }

        @Override
        public Lookup registered(String subject, KnownSchema schema) {
            return new Lookup.Found(schema);
        }

        @Override
        public void close() {}
    };
}
