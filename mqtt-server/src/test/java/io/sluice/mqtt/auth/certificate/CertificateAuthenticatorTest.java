package io.sluice.mqtt.auth.certificate;

import static io.sluice.mqtt.auth.certificate.CraftedCertificates.alternatives;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.attribute;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.cn;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.name;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.named;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.rdn;
import static io.sluice.mqtt.auth.certificate.CraftedCertificates.subject;
import static io.sluice.mqtt.auth.shared.Knock.as;
import static io.sluice.mqtt.auth.shared.Knock.ask;
import static io.sluice.mqtt.auth.shared.Knock.peer;
import static io.sluice.mqtt.auth.shared.Knock.principal;
import static io.sluice.mqtt.auth.shared.Knock.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.mqtt.auth.AuthOutcome;
import io.sluice.mqtt.auth.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CertificateAuthenticatorTest {

    private static final String HOSTILE = "0x87 hostile_name";
    private static final String SEVERAL = "0x87 several_names";
    private static final String NONE = "0x87 no_name";
    private static final String MALFORMED = "0x87 malformed_certificate";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private AuthOutcome show(X509Certificate certificate, UserNameSource source) {
        return ask(
                new CertificateAuthenticator("remote", new CertificateSettings(source, true), meters),
                as("ignored", "ignored", peer("192.0.2.1", List.of(certificate))));
    }

    private static Arguments row(String what, X509Certificate certificate, String expected) {
        return arguments(Named.of(what, certificate), expected);
    }

    static Stream<Arguments> commonNames() {
        return Stream.of(
                row("plain", named("device-1"), "device-1"),
                row("with spaces", named("Hugo Weber"), "Hugo Weber"),
                row("umlaut", named("Müller"), "Müller"),
                row("printable string", subject(rdn(BCStyle.CN, new DERPrintableString("device-1"))), "device-1"),
                row("IA5 string", subject(rdn(BCStyle.CN, new DERIA5String("a@b.example"))), "a@b.example"),
                row("BMP string", subject(rdn(BCStyle.CN, new DERBMPString("Müller"))), "Müller"),
                row("a comma and what looks like a second CN", named("a,CN=admin"), "a,CN=admin"),
                row("quotes and backslashes", named("\"a\\b\""), "\"a\\b\""),
                row("256 bytes", named("a".repeat(256)), "a".repeat(256)),
                row(
                        "an OU that looks like a CN",
                        subject(rdn(BCStyle.OU, new DERPrintableString("CN=admin")), cn("d")),
                        "d"),
                row(
                        "one of two attributes of an RDN",
                        subject(new RDN(new AttributeTypeAndValue[] {
                            attribute(BCStyle.CN, "device-1"), attribute(BCStyle.SERIALNUMBER, "7")
                        })),
                        "device-1"),
                row("empty", named(""), HOSTILE),
                row("no CN", subject(rdn(BCStyle.OU, new DERPrintableString("device-1"))), NONE),
                row("no subject", subject(), NONE),
                row("NUL", named("admin\0.evil.example"), HOSTILE),
                row("only NUL", named("\0"), HOSTILE),
                row("NUL in IA5", subject(rdn(BCStyle.CN, new DERIA5String("admin\0x"))), HOSTILE),
                row("line feed", named("admin\nlevel=error"), HOSTILE),
                row("carriage return", named("admin\r"), HOSTILE),
                row("escape", named("\u001B[31madmin"), HOSTILE),
                row("C1 control", named("a\u009Bb"), HOSTILE),
                row("delete", named("a\u007Fb"), HOSTILE),
                row("plus", named("+"), HOSTILE),
                row("plus inside", named("device+1"), HOSTILE),
                row("hash", named("#"), HOSTILE),
                row("filter", named("a/#"), HOSTILE),
                row("slash", named("a/b"), HOSTILE),
                row("two CNs", subject(cn("device-1"), cn("admin")), SEVERAL),
                row("the same CN twice", subject(cn("device-1"), cn("device-1")), SEVERAL),
                row(
                        "two CNs in one RDN",
                        subject(new RDN(
                                new AttributeTypeAndValue[] {attribute(BCStyle.CN, "a"), attribute(BCStyle.CN, "b")})),
                        SEVERAL),
                row("not composed", named("Mu\u0308ller"), HOSTILE),
                row("full width", named("\uFF41dmin"), HOSTILE),
                row("ligature", named("\uFB01le"), HOSTILE),
                row("right-to-left override", named("nimda\u202Eadmin"), HOSTILE),
                row("right-to-left mark", named("admin\u200F"), HOSTILE),
                row("isolate", named("\u2067admin"), HOSTILE),
                row("zero width space", named("ad\u200Bmin"), HOSTILE),
                row("zero width joiner", named("ad\u200Dmin"), HOSTILE),
                row("byte order mark", named("\uFEFFadmin"), HOSTILE),
                row("soft hyphen", named("ad\u00ADmin"), HOSTILE),
                row("tag characters", named("admin\uDB40\uDC41"), HOSTILE),
                row("filler", named("admin\u3164"), HOSTILE),
                row("no-break space", named("ad\u00A0min"), HOSTILE),
                row("space at the end", named("admin "), HOSTILE),
                row("mixed directions", named("admin\u05D0"), HOSTILE),
                row("cyrillic a", named("\u0430dmin"), HOSTILE),
                row("greek o", named("r\u03BF\u03BFt"), HOSTILE),
                row("private use", named("a\uE001"), HOSTILE),
                row("noncharacter", named("a\uFFFE"), HOSTILE),
                row("lone surrogate", subject(rdn(BCStyle.CN, new DERBMPString("a\uD800"))), HOSTILE),
                row("257 bytes", named("a".repeat(257)), HOSTILE),
                row("100,000 bytes", named("a".repeat(100_000)), HOSTILE),
                row("T61 string", subject(rdn(BCStyle.CN, new DERT61String("admin"))), MALFORMED),
                row(
                        "universal string",
                        subject(rdn(BCStyle.CN, new DERUniversalString(new byte[] {0, 0, 0, 'a'}))),
                        MALFORMED),
                row(
                        "printable string with a byte over 127",
                        subject(rdn(BCStyle.CN, new DERPrintableString("\u00E4dmin"))),
                        MALFORMED),
                row("no string", subject(rdn(BCStyle.CN, new DERSequence())), MALFORMED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commonNames")
    void aCommonNameIsTheUserNameIfItIsWhatItLooksLike(X509Certificate certificate, String expected) {
        AuthOutcome outcome = show(certificate, UserNameSource.COMMON_NAME);

        if (expected.startsWith("0x")) {
            assertThat(refusal(outcome)).isEqualTo(expected);
        } else {
            assertThat(principal(outcome).userName()).isEqualTo(expected);
            assertThat(principal(outcome).expiryEpochMillis()).isEqualTo(CraftedCertificates.NOT_AFTER.toEpochMilli());
        }
    }

    static Stream<Arguments> alternativeNames() {
        GeneralName dns = name(GeneralName.dNSName, "Device-1.Example");
        GeneralName uri = name(GeneralName.uniformResourceIdentifier, "spiffe://acme/device/1");
        GeneralName mail = name(GeneralName.rfc822Name, "device@acme.example");
        return Stream.of(
                arguments(UserNameSource.DNS, alternatives(dns), "device-1.example"),
                arguments(UserNameSource.DNS, alternatives(uri, dns, mail), "device-1.example"),
                arguments(UserNameSource.URI, alternatives(dns, uri, mail), "spiffe://acme/device/1"),
                arguments(UserNameSource.EMAIL, alternatives(dns, uri, mail), "device@acme.example"),
                arguments(UserNameSource.DNS, named("device-1"), NONE),
                arguments(UserNameSource.DNS, alternatives(uri, mail), NONE),
                arguments(UserNameSource.URI, alternatives(dns), NONE),
                arguments(UserNameSource.EMAIL, alternatives(dns), NONE),
                arguments(UserNameSource.DNS, alternatives(dns, name(GeneralName.dNSName, "b")), SEVERAL),
                arguments(UserNameSource.DNS, alternatives(dns, dns), SEVERAL),
                arguments(UserNameSource.DNS, alternatives(name(GeneralName.dNSName, "*.acme.example")), HOSTILE),
                arguments(
                        UserNameSource.EMAIL, alternatives(name(GeneralName.rfc822Name, "a+b@acme.example")), HOSTILE),
                arguments(
                        UserNameSource.EMAIL, alternatives(name(GeneralName.rfc822Name, "a\0@acme.example")), HOSTILE),
                arguments(
                        UserNameSource.URI,
                        alternatives(name(GeneralName.uniformResourceIdentifier, "spiffe://acme/+")),
                        HOSTILE),
                arguments(
                        UserNameSource.URI,
                        alternatives(name(GeneralName.uniformResourceIdentifier, "spiffe://acme/#")),
                        HOSTILE),
                arguments(
                        UserNameSource.URI,
                        alternatives(name(GeneralName.uniformResourceIdentifier, "spiffe://\u00E4cme/1")),
                        MALFORMED));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("alternativeNames")
    void anAlternativeNameIsTheUserNameIfItIsTheOnlyOneOfItsKind(
            UserNameSource source, X509Certificate certificate, String expected) {
        AuthOutcome outcome = show(certificate, source);

        if (expected.startsWith("0x")) {
            assertThat(refusal(outcome)).isEqualTo(expected);
        } else {
            assertThat(principal(outcome).userName()).isEqualTo(expected);
        }
    }

    @Test
    void aFingerprintNeedsNoName() {
        X509Certificate one = subject();
        X509Certificate other = named("a/#");

        assertThat(principal(show(one, UserNameSource.SHA_256)).userName()).matches("[0-9a-f]{64}");
        assertThat(principal(show(one, UserNameSource.SHA_256)))
                .isNotEqualTo(principal(show(other, UserNameSource.SHA_256)))
                .isEqualTo(principal(show(one, UserNameSource.SHA_256)));
    }

    @ParameterizedTest
    @EnumSource(UserNameSource.class)
    void withoutACertificateNobodyComesInWhateverTheyCallThemselves(UserNameSource source) {
        AuthOutcome outcome = ask(
                new CertificateAuthenticator("remote", new CertificateSettings(source, true), meters),
                as("admin", "admin"));

        assertThat(refusal(outcome)).isEqualTo("0x86 no_certificate");
        assertThat(meters.get("sluice.authentication.failures")
                        .tag("reason", "no_certificate")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theClientsOwnCertificateCountsAndNotItsAuthoritys() {
        CertificateAuthenticator authenticator =
                new CertificateAuthenticator("remote", CertificateSettings.DEFAULTS, meters);

        AuthOutcome outcome =
                ask(authenticator, as(null, null, peer("192.0.2.1", List.of(named("device-1"), named("authority")))));

        assertThat(principal(outcome).userName()).isEqualTo("device-1");
    }

    @Test
    void aConnectionMayOutliveTheCertificateIfTheSettingsSaySo() {
        CertificateAuthenticator authenticator = new CertificateAuthenticator(
                "remote", new CertificateSettings(UserNameSource.COMMON_NAME, false), meters);

        AuthOutcome outcome = ask(authenticator, as(null, null, peer("192.0.2.1", List.of(named("device-1")))));

        assertThat(principal(outcome).expiryEpochMillis()).isEqualTo(Principal.NEVER);
    }
}
