package io.sluice.mqtt.auth.certificate;

/** What of a certificate is the user name. */
public enum UserNameSource {
    /** The Common Name of the subject. */
    COMMON_NAME("cn"),
    /** The DNS name among the Subject Alternative Names, in lower case: letters of DNS have none. */
    DNS("san-dns"),
    /** The URI among the Subject Alternative Names, e.g. of SPIFFE. It has slashes, so that it matches no {@code %u}. */
    URI("san-uri"),
    /** The e-mail address among the Subject Alternative Names. */
    EMAIL("san-email"),
    /** The SHA-256 fingerprint of the whole certificate, 64 digits in lower case: nobody else can have the same. */
    SHA_256("sha256");

    private final String id;

    UserNameSource(String id) {
        this.id = id;
    }

    /** As it is written in the configuration. */
    public String id() {
        return id;
    }
}
