package io.sluice.mqtt.auth.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

    private static final String SALT_16 = Base64.getEncoder().encodeToString(new byte[16]);
    private static final String HASH_64 = Base64.getEncoder().encodeToString(new byte[64]);
    private static final String HASH_32 = Base64.getEncoder().encodeToString(new byte[32]);

    private static PasswordHash parse(String encoded) {
        try {
            return PasswordHash.parse(encoded, HashLimits.DEFAULTS);
        } catch (HashProblem problem) {
            throw new AssertionError(problem);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** By the reference implementations: argon2, glibc's crypt, John the Ripper, mosquitto_passwd 2.0.11, passlib, RFC 7677. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "password $argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                "secret1 $2b$05$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.q",
                "U*U $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                "secret1 $7$101$qlSx291tZ4493ipy$RTSPj8GsIMo3KRM9QuAI/IO69YKvG21tg63Ee5xxiSIsxgb4wzHFBHkcNOqPnRJBCKLmY9Xjk089tMCpRDPoKQ==",
                "pässwörd $7$101$8URRDT1I96UIr3vv$8HwVaNbKbiUFXZilsQtxHiSFgINMkTkhoL+vTmFvXZV8RUSGoZBFdLfnyCcIqNJ8C2iteoAGQbqc49sPnkTI1g==",
                "secret1 $6$4wx1VYIW7uvQfqJk$v9OHQ0htmV0m6auz0yUT0P4q3AhIzm5EMTuZN/KMUap2SGZrKI+0KIc8alWuV7JMKvgbJC/PpZ/pIgP4eiq3pg==",
                "pencil $scram-sha-256$4096$W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=$wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
            })
    void whatOthersHaveHashedIsRead(String password, String encoded) {
        PasswordHash hash = parse(encoded);

        assertThat(hash.matches(bytes(password))).isTrue();
        assertThat(hash.matches(bytes(password + "x"))).isFalse();
        assertThat(hash.encoded()).isEqualTo(encoded);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHA512")
    void whatIsWrittenIsRead(Algorithm algorithm) {
        PasswordHasher hasher = new PasswordHasher(algorithm, 64, 1, 1, 4, 4_096);

        PasswordHash hash = parse(hasher.hash(bytes("geheim")).encoded());

        assertThat(hash.algorithm()).isEqualTo(algorithm);
        assertThat(hash.matches(bytes("geheim"))).isTrue();
        assertThat(hash.matches(bytes("Geheim"))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHA512")
    void aDecoyCostsAsMuchAndMatchesNothing(Algorithm algorithm) {
        PasswordHash hash = new PasswordHasher(algorithm, 64, 1, 1, 4, 4_096).hash(bytes("geheim"));

        PasswordHash decoy = hash.decoy();

        assertThat(decoy.cost()).isEqualTo(hash.cost());
        assertThat(parse(decoy.encoded()).cost()).isEqualTo(hash.cost());
        assertThat(decoy.matches(bytes("geheim"))).isFalse();
    }

    @Test
    void theDecoyOfMosquittosOldHashIsOneToo() {
        PasswordHash decoy = parse("$6$" + SALT_16 + "$" + HASH_64).decoy();

        assertThat(parse(decoy.encoded()).cost()).isEqualTo("sha512");
    }

    @Test
    void theDefaultIsArgon2idWithNineteenMebibytes() {
        assertThat(PasswordHasher.DEFAULT.hash(bytes("x")).encoded()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }

    @Test
    void mosquittoReadsWhatIsWrittenInItsForm() {
        String encoded = new PasswordHasher(Algorithm.PBKDF2_SHA512, 64, 1, 1, 4, 1_000)
                .hash(bytes("x"))
                .encoded();

        // Twelve bytes of salt, or mosquitto 2.0 drops the user.
        assertThat(encoded).matches("\\$7\\$1000\\$[A-Za-z0-9+/]{16}\\$[A-Za-z0-9+/]{86}==");
    }

    @Test
    void aPasswordNeedNotBeText() {
        byte[] password = {(byte) 0xFF, 0, (byte) 0xFE};
        for (Algorithm algorithm :
                new Algorithm[] {Algorithm.ARGON2ID, Algorithm.PBKDF2_SHA512, Algorithm.SCRAM_SHA_256}) {
            PasswordHash hash = new PasswordHasher(algorithm, 64, 1, 1, 4, 4_096).hash(password);

            assertThat(hash.matches(password)).isTrue();
            assertThat(hash.matches(new byte[] {(byte) 0xFF, 0, (byte) 0xFD})).isFalse();
        }
    }

    @Test
    void bcryptMatchesNoPasswordOfWhichItWouldReadTheBeginningOnly() {
        String first72 = "a".repeat(72);
        PasswordHash hash = new PasswordHasher(Algorithm.BCRYPT, 64, 1, 1, 4, 1).hash(bytes(first72));

        assertThat(hash.matches(bytes(first72))).isTrue();
        assertThat(hash.matches(bytes(first72 + "b"))).isFalse();
        assertThat(hash.matches(bytes(first72.substring(1) + "\0"))).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PasswordHasher(Algorithm.BCRYPT, 64, 1, 1, 4, 1).hash(bytes(first72 + "b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "geheim",
                "$",
                "$1$abc$def",
                "$5$abc$def",
                "$argon2i$v=19$m=64,t=1,p=1$S16$H32",
                "$argon2id$m=64,t=1,p=1$S16$H32",
                "$argon2id$v=16$m=64,t=1,p=1$S16$H32",
                "$argon2id$v=19$m=4194304,t=1,p=1$S16$H32",
                "$argon2id$v=19$m=99999999999,t=1,p=1$S16$H32",
                "$argon2id$v=19$m=262144,t=5,p=1$S16$H32",
                "$argon2id$v=19$m=64,t=100000,p=1$S16$H32",
                "$argon2id$v=19$m=64,t=0,p=1$S16$H32",
                "$argon2id$v=19$m=64,t=-1,p=1$S16$H32",
                "$argon2id$v=19$m=64,t=1,p=17$S16$H32",
                "$argon2id$v=19$m=8,t=1,p=2$S16$H32",
                "$argon2id$v=19$t=1,m=64,p=1$S16$H32",
                "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$H32",
                "$argon2id$v=19$m=64,t=1,p=1$S16$AAAA",
                "$argon2id$v=19$m=64,t=1,p=1$S16$!!!",
                "$argon2id$v=19$m=64,t=1,p=1$S16$H32$x",
                "$2b$31$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.q",
                "$2b$03$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.q",
                "$2b$5$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.q",
                "$2b$05$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0",
                "$2b$05$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.!",
                "$6$S16$H32",
                "$6$rounds=5000$S16$H64",
                "$7$0$S16$H64",
                "$7$2000001$S16$H64",
                "$7$2147483648$S16$H64",
                "$7$101$S16",
                "$7$ 101$S16$H64",
                "$pbkdf2-sha512$-5$S16$H64",
                "$scram-sha-256$1000$S16$H32$H32",
                "$scram-sha-256$4096$S16$H32",
                "$scram-sha-256$4096$S16$H64$H32",
            })
    void whatIsMalformedOrTooCostlyIsRefusedWithoutBeingQuoted(String text) {
        String encoded = text.replace("S16", SALT_16).replace("H32", HASH_32).replace("H64", HASH_64);

        HashProblem problem =
                catchThrowableOfType(HashProblem.class, () -> PasswordHash.parse(encoded, HashLimits.DEFAULTS));

        assertThat(problem).isNotNull();
        assertThat(problem.expected()).isNotEmpty();
        assertThat(problem).hasMessageNotContaining("geheim").hasMessageNotContaining("AAAA");
    }

    @Test
    void passlibsBase64IsRead() {
        String dotted = HASH_64.replace('A', '.').replace("=", "");

        assertThat(parse("$pbkdf2-sha512$25000$" + SALT_16.replace("=", "") + "$" + dotted)
                        .cost())
                .isEqualTo("pbkdf2-sha512 25000");
    }

    @Test
    void anEmptyPasswordIsNotHashed() {
        assertThatIllegalArgumentException().isThrownBy(() -> PasswordHasher.DEFAULT.hash(new byte[0]));
    }

    @Test
    void nothingIsWrittenThatIsCheapToGuess() {
        assertThatIllegalArgumentException().isThrownBy(() -> PasswordHasher.of(Algorithm.SHA512));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PasswordHasher(Algorithm.SCRAM_SHA_256, 64, 1, 1, 4, 100));
    }

    @Test
    void aHashPrintsItsKindAlone() {
        assertThat(parse("$6$" + SALT_16 + "$" + HASH_64)).hasToString("sha512");
        assertThat(new PasswordUser("alice", parse("$7$101$" + SALT_16 + "$" + HASH_64), Set.of()))
                .hasToString("PasswordUser(alice, pbkdf2-sha512 101)");
        assertThatExceptionOfType(HashProblem.class)
                .isThrownBy(() -> PasswordHash.parse("$7$x$" + SALT_16 + "$" + HASH_64, HashLimits.DEFAULTS))
                .withMessage("iterations that is not a number (expected: 1 to 2000000)");
    }
}
