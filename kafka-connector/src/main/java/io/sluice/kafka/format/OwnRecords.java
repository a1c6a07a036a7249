package io.sluice.kafka.format;

/** The records whose schemas are Sluice's own. Immutable; safe for all threads. */
record OwnRecords(Envelopes envelopes, SparkplugRecords sparkplug) {

    /** The schema with this fingerprint: one of ours, which are in no folder, or one of the source. */
    Lookup known(long fingerprint, SchemaSource source) {
        return sparkplug.known(fingerprint, envelopes.known(fingerprint, source));
    }
}
