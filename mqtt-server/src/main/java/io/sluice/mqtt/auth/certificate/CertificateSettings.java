package io.sluice.mqtt.auth.certificate;

/**
 * How certificates become users. A name has {@link io.sluice.mqtt.auth.shared.NameCheck#BYTES_MAX} bytes at most.
 *
 * @param userName what is the user name
 * @param endsWithCertificate whether a connection ends when the certificate expires by which it came in
 */
public record CertificateSettings(UserNameSource userName, boolean endsWithCertificate) {

    /** The Common Name, for as long as the certificate is valid. */
    public static final CertificateSettings DEFAULTS = new CertificateSettings(UserNameSource.COMMON_NAME, true);
}
