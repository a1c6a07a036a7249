package io.sluice.kafka.format;

import java.io.IOException;

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

    /**
     * As {@link #bySubject}, asked once and waited for: for commands. Blocks.
     *
     * @return found or missing
     * @throws IOException when there is no answer
     */
    default Lookup awaitSubject(String subject, int version) throws IOException {
        return bySubject(subject, version);
    }

    /**
     * What {@link #registered} will come to, without registering anything: for commands. Blocks.
     *
     * @throws IOException when there is no answer
     */
    default SubjectCheck.Finding awaitRegistered(String subject, KnownSchema schema) throws IOException {
        return new SubjectCheck.Finding(true, schema.name() + " by its fingerprint, since there are no ids");
    }

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
