package io.sluice.app.cli;

import io.sluice.mqtt.auth.password.Algorithm;
import io.sluice.mqtt.auth.password.HashLimits;
import io.sluice.mqtt.auth.password.PasswordFileEditor;
import io.sluice.mqtt.auth.password.PasswordFileException;
import io.sluice.mqtt.auth.password.PasswordHasher;
import io.sluice.mqtt.auth.password.PasswordUser;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice passwd}: writes a user into a password file, or takes one out. */
@Command(
        name = "passwd",
        description =
                "Writes a user of a password file, which it makes if there is none. The password is asked for, or "
                        + "read from the standard input; never an argument, which others could see.",
        mixinStandardHelpOptions = true,
        versionProvider = SluiceCommand.Version.class)
final class PasswdCommand implements Callable<Integer> {

    private static final int PASSWORD_BYTES_MAX = 1_024;

    private final InputStream in;

    @Parameters(index = "0", paramLabel = "FILE", description = "The password file.")
    private @Nullable Path file;

    @Parameters(index = "1", paramLabel = "USER", description = "The user's name.")
    private @Nullable String user;

    @Option(
            names = {"-D", "--delete"},
            description = "Takes the user out.")
    private boolean delete;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "A group of the user, for rules; may be given several times.")
    private Set<String> groups = new LinkedHashSet<>();

    @Option(
            names = "--hash",
            paramLabel = "ALGORITHM",
            defaultValue = "argon2id",
            description =
                    "argon2id (the default), bcrypt, pbkdf2-sha512, or scram-sha-256, by which MQTT 5 clients may "
                            + "prove their password without sending it.")
    private String algorithm = "argon2id";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** @param in the standard input */
    PasswdCommand(InputStream in) {
        this.in = in;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        PasswordFileEditor editor = new PasswordFileEditor(Path.of(String.valueOf(file)), HashLimits.DEFAULTS);
        String name = String.valueOf(user);
        try {
            if (delete) {
                if (!editor.remove(name)) {
                    return fail(err, "user \"" + name + "\" is not in " + file);
                }
                return ExitCode.OK;
            }
            byte[] password = password();
            if (password.length == 0) {
                return fail(err, "an empty password (expected: one byte at least)");
            }
            editor.put(new PasswordUser(name, PasswordHasher.of(hash()).hash(password), groups));
            Arrays.fill(password, (byte) 0);
            return ExitCode.OK;
        } catch (PasswordFileException | IllegalArgumentException e) {
            return fail(err, String.valueOf(e.getMessage()));
        }
    }

    private static int fail(PrintWriter err, String problem) {
        err.println("error: " + problem);
        err.flush();
        return ExitCode.SOFTWARE;
    }

    private Algorithm hash() {
        List<Algorithm> offered = Arrays.stream(Algorithm.values())
                .filter(each -> each != Algorithm.SHA512)
                .toList();
        return offered.stream()
                .filter(each -> each.id().equals(algorithm.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--hash: \"" + algorithm + "\" (expected: one of "
                        + offered.stream().map(Algorithm::id).collect(Collectors.joining(", ")) + ")"));
    }

    /** The terminal, or null when the input comes from somewhere else. */
    @SuppressWarnings("SystemConsoleNull")
    private static @Nullable Console terminal() {
        Console console = System.console();
        if (console == null) {
            return null;
        }
        try {
            // Since Java 22 there is always a console, and it says whether it is a terminal.
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console)) ? console : null;
        } catch (ReflectiveOperationException before22) {
            return console;
        }
    }

    /** One line: of the terminal twice, without an echo, or of the standard input. */
    private byte[] password() throws IOException {
        Console console = terminal();
        if (console == null) {
            byte[] line = in.readNBytes(PASSWORD_BYTES_MAX + 2);
            int end = 0;
            while (end < line.length && line[end] != '\n' && line[end] != '\r') {
                end++;
            }
            return Arrays.copyOf(line, end);
        }
        char[] first = console.readPassword("Password: ");
        char[] second = console.readPassword("Again: ");
        if (first == null || !Arrays.equals(first, second)) {
            throw new IllegalArgumentException("the passwords differ");
        }
        var bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(first));
        byte[] password = new byte[bytes.remaining()];
        bytes.get(password);
        return password;
    }
}
