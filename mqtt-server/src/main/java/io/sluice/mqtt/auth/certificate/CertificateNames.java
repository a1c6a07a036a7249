package io.sluice.mqtt.auth.certificate;

import io.sluice.mqtt.auth.shared.NameCheck;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.jspecify.annotations.Nullable;

/**
 * Takes the user name out of a certificate: the one that is there, as it is there, or none. Reads the encoding itself,
 * because printed names can be made to look like others: a comma in a value, a second name behind a NUL.
 */
final class CertificateNames {

    private CertificateNames() {}

    static String userName(X509Certificate certificate, UserNameSource source) throws NameProblem {
        try {
            return switch (source) {
                case COMMON_NAME -> checkedLevel(only(commonNames(certificate), "Common Names"));
                case DNS -> dns(only(alternatives(certificate, GeneralName.dNSName), "DNS names"));
                case EMAIL -> checkedLevel(only(alternatives(certificate, GeneralName.rfc822Name), "e-mail addresses"));
                case URI -> uri(only(alternatives(certificate, GeneralName.uniformResourceIdentifier), "URIs"));
                case SHA_256 -> fingerprint(certificate);
            };
        } catch (IllegalArgumentException | IllegalStateException | ClassCastException notAsEncoded) {
            // What BouncyCastle throws at bytes that are not what they should be.
            throw new NameProblem(CertificateFailure.MALFORMED, "a name that cannot be decoded");
        }
    }

    private static String only(List<String> names, String what) throws NameProblem {
        if (names.isEmpty()) {
            throw new NameProblem(CertificateFailure.NO_NAME, "none of " + what + " (expected: one)");
        }
        if (names.size() > 1) {
            throw new NameProblem(CertificateFailure.SEVERAL_NAMES, names.size() + " " + what + " (expected: one)");
        }
        return names.get(0);
    }

    private static List<String> commonNames(X509Certificate certificate) throws NameProblem {
        List<String> names = new ArrayList<>();
        for (RDN rdn : X500Name.getInstance(
                        certificate.getSubjectX500Principal().getEncoded())
                .getRDNs()) {
            for (AttributeTypeAndValue attribute : rdn.getTypesAndValues()) {
                if (attribute.getType().equals(BCStyle.CN)) {
                    names.add(text(attribute.getValue()));
                }
            }
        }
        return names;
    }

    private static List<String> alternatives(X509Certificate certificate, int kind) throws NameProblem {
        List<String> names = new ArrayList<>();
        byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
        if (extension != null) {
            byte[] value = ASN1OctetString.getInstance(extension).getOctets();
            for (GeneralName name : GeneralNames.getInstance(value).getNames()) {
                if (name.getTagNo() == kind) {
                    names.add(text(ASN1IA5String.getInstance(name.getName())));
                }
            }
        }
        return names;
    }

    /** The text of those kinds of strings that have one meaning only: what a T61String says is anybody's guess. */
    private static String text(ASN1Encodable value) throws NameProblem {
        if (value instanceof ASN1UTF8String || value instanceof ASN1BMPString) {
            return ((ASN1String) value).getString();
        }
        if (value instanceof ASN1PrintableString || value instanceof ASN1IA5String) {
            String text = ((ASN1String) value).getString();
            if (text.chars().allMatch(c -> c < 0x80)) {
                return text;
            }
        }
        throw new NameProblem(CertificateFailure.MALFORMED, "a name in an encoding that is not UTF-8 or ASCII");
    }

    private static String checkedLevel(String name) throws NameProblem {
        return checked(name, NameCheck.problemAsLevel(name));
    }

    private static String checked(String name, @Nullable String problem) throws NameProblem {
        if (problem != null) {
            throw new NameProblem(CertificateFailure.HOSTILE_NAME, "a name that " + problem);
        }
        return name;
    }

    private static String dns(String name) throws NameProblem {
        if (name.indexOf('*') >= 0) {
            throw new NameProblem(CertificateFailure.HOSTILE_NAME, "a DNS name that stands for many");
        }
        return checkedLevel(name.toLowerCase(Locale.ROOT));
    }

    /** Slashes are what URIs are made of; the wildcards of MQTT are not needed in them. */
    private static String uri(String name) throws NameProblem {
        if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
            throw new NameProblem(CertificateFailure.HOSTILE_NAME, "a URI that has one of + #");
        }
        return checked(name, NameCheck.problem(name));
    }

    private static String fingerprint(X509Certificate certificate) throws NameProblem {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (CertificateEncodingException notEncoded) {
            throw new NameProblem(CertificateFailure.MALFORMED, "a certificate that cannot be encoded");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
