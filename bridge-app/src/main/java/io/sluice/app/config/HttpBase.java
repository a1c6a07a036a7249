package io.sluice.app.config;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where an HTTP service begins: {@code http://host:port}, maybe with a path.
 *
 * @param uri without credentials, query or fragment
 */
public record HttpBase(URI uri) {

    static final String EXPECTED = "the base of an HTTP service such as http://collector:4318";

    /**
     * The address that is written.
     *
     * @throws IllegalArgumentException with what was expected
     */
    public static HttpBase parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException notOne) {
            throw new IllegalArgumentException(EXPECTED, notOne);
        }
        boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!isHttp
                || uri.getHost() == null
                || uri.getUserInfo() != null
                || uri.getQuery() != null
                || uri.getFragment() != null) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return new HttpBase(uri);
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
