package io.sluice.mqtt.auth.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates with subjects and alternative names that no authority should ever issue, signed by themselves. */
final class CraftedCertificates {

    static final Instant NOT_AFTER = Instant.parse("2030-01-01T00:00:00Z");

    private static final KeyPair KEYS = keys();

    private CraftedCertificates() {}

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new AssertionError(missing);
        }
    }

    static RDN rdn(ASN1ObjectIdentifier type, ASN1Encodable value) {
        return new RDN(type, value);
    }

    static RDN cn(String value) {
        return new RDN(BCStyle.CN, new DERUTF8String(value));
    }

    static AttributeTypeAndValue attribute(ASN1ObjectIdentifier type, String value) {
        return new AttributeTypeAndValue(type, new DERUTF8String(value));
    }

    static GeneralName name(int kind, String value) {
        return new GeneralName(kind, new DERIA5String(value));
    }

    static X509Certificate named(String commonName) {
        return subject(cn(commonName));
    }

    static X509Certificate subject(RDN... rdns) {
        return make(new X500Name(rdns));
    }

    /** With these alternative names, and a Common Name that must not matter. */
    static X509Certificate alternatives(GeneralName... names) {
        return make(new X500Name(new RDN[] {cn("common")}), names);
    }

    private static X509Certificate make(X500Name subject, GeneralName... names) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    new X500Name("CN=authority"),
                    BigInteger.ONE,
                    Date.from(Instant.parse("2020-01-01T00:00:00Z")),
                    Date.from(NOT_AFTER),
                    subject,
                    SubjectPublicKeyInfo.getInstance(KEYS.getPublic().getEncoded()));
            if (names.length > 0) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(KEYS.getPrivate());
            byte[] encoded = builder.build(signer).getEncoded();
            // As the JDK reads it: that is what a listener hands on.
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException | IOException | OperatorCreationException failed) {
            throw new AssertionError(failed);
        }
    }
}
