package io.sluice.kafka.fleet;

/**
 * Who a process is: an instance's name, which it keeps when it is started again, and an incarnation, which it does not.
 *
 * @param name unique among the instances that are alive
 * @param incarnation another one for each start
 */
public record Instance(String name, String incarnation) {

    private static final char SEPARATOR = '/';

    public Instance {
        if (name.isEmpty() || name.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException("instance: \"" + name + "\" (expected: a name without '/')");
        }
    }

    /** The id that stands in records. */
    public String id() {
        return name + SEPARATOR + incarnation;
    }

    public boolean isMine(String id) {
        return id.equals(id());
    }

    /** The name in the id of an instance. */
    static String nameOf(String id) {
        int separator = id.indexOf(SEPARATOR);
        return separator < 0 ? id : id.substring(0, separator);
    }
}
