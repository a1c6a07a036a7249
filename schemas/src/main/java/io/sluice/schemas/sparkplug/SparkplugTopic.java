package io.sluice.schemas.sparkplug;

import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.convert.Shown;
import org.jspecify.annotations.Nullable;

/**
 * What a topic of Sparkplug says: {@code spBv1.0/GROUP/TYPE/NODE[/DEVICE]}, or {@code spBv1.0/STATE/HOST}. Immutable.
 *
 * @param type of the message
 * @param source which edge node or device it is of, or null for STATE
 * @param host which host application a STATE is of, or null for all others
 */
public record SparkplugTopic(
        Type type, @Nullable Source source, @Nullable String host) {

    private static final String NAMESPACE = "spBv1.0";
    private static final String EXPECTED = "spBv1.0/GROUP/TYPE/NODE, for a device with /DEVICE, or spBv1.0/STATE/HOST";

    /** The messages, in the order of the Avro schema. */
    public enum Type {
        NBIRTH,
        NDEATH,
        DBIRTH,
        DDEATH,
        NDATA,
        DDATA,
        NCMD,
        DCMD,
        STATE;

        /** Its number in the Avro schema. */
        @SuppressWarnings("EnumOrdinal") // Both are in one order, which a test reads back.
        int symbol() {
            return ordinal();
        }

        /** Whether it is a birth or a death. */
        public boolean isOfLife() {
            return this == NBIRTH || this == NDEATH || this == DBIRTH || this == DDEATH;
        }

        private boolean isOfDevice() {
            return this == DBIRTH || this == DDEATH || this == DDATA || this == DCMD;
        }
    }

    /**
     * An edge node, or a device of one.
     *
     * @param device or null for the edge node itself
     */
    public record Source(
            String group, String node, @Nullable String device) {

        /** The edge node that it is, or is at. */
        public Source edgeNode() {
            return device == null ? this : new Source(group, node, null);
        }
    }

    /**
     * Reads a topic name.
     *
     * @throws MisfitException when it is none of Sparkplug B
     */
    public static SparkplugTopic parse(String topicName) throws MisfitException {
        String[] levels = topicName.split("/", 6);
        for (String level : levels) {
            if (level.isEmpty()) {
                throw misfit(topicName);
            }
        }
        if (!levels[0].equals(NAMESPACE) || levels.length < 3 || levels.length > 5) {
            throw misfit(topicName);
        }
        if (levels.length == 3) {
            if (!levels[1].equals(Type.STATE.name())) {
                throw misfit(topicName);
            }
            return new SparkplugTopic(Type.STATE, null, levels[2]);
        }
        String device = levels.length == 5 ? levels[4] : null;
        for (Type type : Type.values()) {
            if (type != Type.STATE && type.name().equals(levels[2]) && type.isOfDevice() == (device != null)) {
                return new SparkplugTopic(type, new Source(levels[1], levels[3], device), null);
            }
        }
        throw misfit(topicName);
    }

    private static MisfitException misfit(String topicName) {
        return MisfitException.malformed("topic", '"' + Shown.shortened(topicName, Shown.WORDS_MAX) + '"', EXPECTED);
    }
}
