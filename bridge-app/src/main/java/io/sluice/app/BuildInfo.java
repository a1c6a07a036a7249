package io.sluice.app;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version of Sluice
 * @param revision of its sources, or "unknown"
 */
public record BuildInfo(String version, String revision) {

    private static final String RESOURCE = "/io/sluice/app/build.properties";
    private static final String UNKNOWN = "unknown";

    /** That of the running program. */
    public static BuildInfo current() {
        Properties properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new IllegalStateException("resource " + RESOURCE, e);
        }
        return new BuildInfo(properties.getProperty("version", UNKNOWN), properties.getProperty("revision", UNKNOWN));
    }

    /** The Java that runs it. */
    public String java() {
        return Runtime.version().toString();
    }
}
