package io.sluice.mqtt.auth.password;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PasswordFileTest {

    private static final String HASH = "$2b$05$abcdefghijklmnopqrstuu7xBdc3mx5nNlgVHYL28yCH.qGrgk0.q";

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("users"), text);
    }

    private static PasswordUsers read(Path path) throws IOException {
        return PasswordFile.read(path, HashLimits.DEFAULTS);
    }

    private PasswordFileException problem(String text) throws IOException {
        Path path = file(text);
        return Objects.requireNonNull(catchThrowableOfType(PasswordFileException.class, () -> read(path)));
    }

    private static PasswordUser user(String name, String password, String... groups) {
        PasswordHasher cheap = new PasswordHasher(Algorithm.ARGON2ID, 64, 1, 1, 4, 4_096);
        return new PasswordUser(name, cheap.hash(password.getBytes(UTF_8)), Set.of(groups));
    }

    @Test
    void usersHaveHashesAndGroups() throws Exception {
        PasswordUsers users = read(file("# devices\nalice:" + HASH + "\nbob:" + HASH + ":operators,plant a\r\n#end"));

        assertThat(users.size()).isEqualTo(2);
        assertThat(Objects.requireNonNull(users.find("alice")).principal().groups())
                .isEmpty();
        assertThat(Objects.requireNonNull(users.find("bob")).principal().groups())
                .containsExactlyInAnyOrder("operators", "plant a");
        assertThat(users.find("carol")).isNull();
    }

    @ParameterizedTest
    @CsvSource(value = {"''", "'# nobody'", "'# nobody\n'"})
    void aFileOfNoUsersIsAFile(String text) throws Exception {
        assertThat(read(file(text)).size()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'\n'|1|a blank line",
                "'alice:HASH\n\nbob:HASH'|2|a blank line",
                "'alice:HASH\n  \t\n'|2|a blank line",
                "'alice'|1|no colon",
                "'alice:HASH:g:h'|1|3 colons",
                "':HASH'|1|a user name that is empty",
                "' # comment:'|1|user \" # comment\" with no hash",
                "'alice:geheim'|1|user \"alice\" with what is not a hash, perhaps a password",
                "'alice:'|1|user \"alice\" with no hash",
                "'alice:HASH\nalice:HASH'|2|user \"alice\" again, who is in line 1",
                "'alice:HASH:'|1|a group that is empty",
                "'alice:HASH:a,a'|1|a group that is there twice",
                "'alice:HASH:a,,b'|1|a group that is empty",
                "'al\tice:HASH'|1|a user name that has a control character",
                "'alice:$7$5000000$AAAAAAAAAAAAAAAA$AAAA'|1|user \"alice\" with iterations of 5000000",
            })
    void aLineThatIsNotUnderstoodMakesTheFileUnusable(String text, int line, String found) throws Exception {
        PasswordFileException exception = problem(text.replace("HASH", HASH));

        assertThat(exception.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(line);
            assertThat(problem.found()).isEqualTo(found);
            assertThat(problem.expected()).isNotEmpty();
        });
        assertThat(exception)
                .hasMessageStartingWith(folder.resolve("users") + ":" + line + ": " + found)
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("abcdefghijklmnopqrstuu");
    }

    @Test
    void allProblemsAreToldAtOnceUpToALimit() throws Exception {
        assertThat(problem("a\nb\nc\n").problems()).hasSize(3);
        assertThat(problem("a\n".repeat(1_000)).problems()).hasSize(PasswordFile.PROBLEMS_MAX);
    }

    @Test
    void bytesThatAreNotUtf8AreAProblemOfTheirLine() throws Exception {
        Path path = folder.resolve("users");
        Files.write(path, new byte[] {'#', '\n', 'a', (byte) 0xC0, (byte) 0x80, ':', '$'});

        PasswordFileException exception =
                Objects.requireNonNull(catchThrowableOfType(PasswordFileException.class, () -> read(path)));

        assertThat(exception.problems().get(0).line()).isEqualTo(2);
    }

    @Test
    void nulAndAByteOrderMarkAreRefused() throws Exception {
        assertThat(problem("al\0ice:" + HASH)).hasMessageContaining("control character");
        assertThat(problem("\uFEFFalice:" + HASH)).hasMessageContaining("well-formed");
    }

    @Test
    void aFileThatIsMissingIsAnErrorAndNotAnEmptyOne() {
        assertThat(catchThrowableOfType(IOException.class, () -> read(folder.resolve("none"))))
                .isNotNull();
    }

    @Test
    void theDecoyIsOfTheKindThatMostUsersHave() throws Exception {
        PasswordUsers users = read(file("a:" + HASH + "\nb:" + HASH + "\nc:$7$101$qlSx291tZ4493ipy$"
                + "RTSPj8GsIMo3KRM9QuAI/IO69YKvG21tg63Ee5xxiSIsxgb4wzHFBHkcNOqPnRJBCKLmY9Xjk089tMCpRDPoKQ==\n"));

        assertThat(users.decoy().cost()).isEqualTo("bcrypt 5");
        assertThat(PasswordUsers.NONE.decoy().cost()).isEqualTo("argon2id m=19456 t=2 p=1");
    }

    @Test
    void anEditorAddsReplacesAndRemovesAndKeepsTheRest() throws Exception {
        Path path = file("# devices\nalice:" + HASH + "\n# operators\nbob:" + HASH);
        PasswordFileEditor editor = new PasswordFileEditor(path, HashLimits.DEFAULTS);

        assertThat(editor.put(user("carol", "c", "b", "a"))).isTrue();
        assertThat(editor.put(user("alice", "new"))).isFalse();
        assertThat(editor.remove("bob")).isTrue();
        assertThat(editor.remove("bob")).isFalse();

        assertThat(Files.readAllLines(path))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("# devices"),
                        line -> assertThat(line).startsWith("alice:$argon2id$"),
                        line -> assertThat(line).isEqualTo("# operators"),
                        line -> assertThat(line).startsWith("carol:$argon2id$").endsWith(":a,b"));
        assertThat(Objects.requireNonNull(read(path).find("alice")).hash().matches("new".getBytes(UTF_8)))
                .isTrue();
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void aNewFileIsItsOwnersAloneAndAnOldOneKeepsItsMode() throws Exception {
        Path path = folder.resolve("new");
        PasswordFileEditor editor = new PasswordFileEditor(path, HashLimits.DEFAULTS);

        editor.put(user("alice", "a"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        editor.put(user("bob", "b"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void aLinkStaysALink() throws Exception {
        Path path = file("alice:" + HASH + "\n");
        Path link = Files.createSymbolicLink(folder.resolve("link"), path);

        new PasswordFileEditor(link, HashLimits.DEFAULTS).put(user("bob", "b"));

        assertThat(link).isSymbolicLink();
        assertThat(read(path).size()).isEqualTo(2);
    }

    @Test
    void aFileThatCannotBeReadIsLeftAlone() throws Exception {
        Path path = file("alice\n");

        assertThat(catchThrowableOfType(
                        PasswordFileException.class,
                        () -> new PasswordFileEditor(path, HashLimits.DEFAULTS).put(user("bob", "b"))))
                .isNotNull();
        assertThat(path).hasContent("alice\n");
    }

    @Test
    void namesThatWouldBreakTheFileAreNotWritten() {
        PasswordFileEditor editor = new PasswordFileEditor(folder.resolve("users"), HashLimits.DEFAULTS);

        for (String name : new String[] {"", "a:b", "a\nb", "a\rb", "a\0b", "#a", "\uD800", "a".repeat(257)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> editor.put(user(name, "x")));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> editor.put(user("a", "x", "g,h")));
        assertThat(folder.resolve("users")).doesNotExist();
    }

    @Test
    void whatTheServerWouldNotReadIsNotWritten() {
        HashLimits strict = new HashLimits(32, 1 << 20, 1, 14, 1_000_000);
        PasswordFileEditor editor = new PasswordFileEditor(folder.resolve("users"), strict);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> editor.put(user("alice", "x")))
                .withMessageContaining("m (KiB) of 64");
        assertThat(folder.resolve("users")).doesNotExist();
    }
}
