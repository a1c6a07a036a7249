package io.sluice.app.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.BuildInfo;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What `sluice passwd` writes; whether it lets in is AuthenticationIT's. */
final class PasswdCommandTest {

    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    private int passwd(String input, String... arguments) {
        CommandLine command = new CommandLine(new PasswdCommand(new ByteArrayInputStream(input.getBytes(UTF_8))));
        command.setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }

    private String file() {
        return folder.resolve("users").toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"argon2id", "bcrypt", "pbkdf2-sha512", "scram-sha-256"})
    void aUserIsWrittenAndReplacedAndTakenOut(String hash) throws Exception {
        assertThat(passwd("secret\n", file(), "alice", "--hash", hash, "--group", "operators"))
                .isZero();
        assertThat(passwd("other", file(), "bob")).isZero();
        String first = Files.readString(folder.resolve("users"));
        assertThat(first)
                .contains("alice:$")
                .contains(":operators")
                .contains("bob:$argon2id$")
                .doesNotContain("secret");

        assertThat(passwd("another", file(), "alice", "--hash", hash)).isZero();
        assertThat(Files.readString(folder.resolve("users")))
                .isNotEqualTo(first)
                .doesNotContain("operators");

        assertThat(passwd("", file(), "-D", "alice")).isZero();
        assertThat(Files.readString(folder.resolve("users"))).startsWith("bob:").doesNotContain("alice");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        assertThat(passwd("\n", file(), "alice")).isEqualTo(1);
        assertThat(err.toString()).contains("an empty password");
        assertThat(passwd("x", file(), "al:ice")).isEqualTo(1);
        assertThat(passwd("x", file(), "alice", "--hash", "md5")).isEqualTo(1);
        assertThat(err.toString())
                .contains("\"md5\" (expected: one of argon2id, bcrypt, pbkdf2-sha512, scram-sha-256)");
        assertThat(passwd("", file(), "-D", "alice")).isEqualTo(1);
        Files.writeString(folder.resolve("users"), "alice\n");
        assertThat(passwd("x", file(), "bob")).isEqualTo(1);
        assertThat(err.toString()).contains("users:1: no colon");
        assertThat(Files.readString(folder.resolve("users"))).isEqualTo("alice\n");
    }

    @Test
    void itIsOneOfTheCommands() {
        assertThat(SluiceCommand.commandLine(java.util.Map.of(), (config, sources) -> 0)
                        .getSubcommands())
                .containsKey("passwd");
        assertThat(BuildInfo.current().version()).isNotEmpty();
    }
}
