package io.sluice.app.conformance;

/**
 * A normative statement.
 *
 * @param version of MQTT: 3.1.1, 5.0 or 3.1
 * @param id its number in the standard, such as 3.3.1-2; for 3.1, which numbers nothing, our own
 */
record Statement(String version, String id) {

    /** The number as the standard prints it. */
    String label() {
        return version.equals("3.1") ? "LOCAL-3.1-" + id : "MQTT-" + id;
    }

    @Override
    public String toString() {
        return label() + " of " + version;
    }
}
