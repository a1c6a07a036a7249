package io.sluice.mqtt.auth.password;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.mqtt.auth.password.PasswordFileException.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a password file: {@code user:hash} or {@code user:hash:group,group} in each line, comments after {@code #} at a
 * line's beginning. A line that is anything else, and be it blank, makes the whole file unusable: what cannot be
 * understood must not let anybody in. Blocks.
 */
public final class PasswordFile {

    /** Largest file, in bytes: 100,000 users of Argon2 have 13 MB. */
    public static final int FILE_BYTES_MAX = 64 << 20;

    /** Most problems that are told at once. */
    static final int PROBLEMS_MAX = 20;

    private static final String LINE = "user:hash or user:hash:group,group";

    private final Path path;
    private final HashLimits limits;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Integer> lineOfUser = new HashMap<>();
    private final List<PasswordUser> users = new ArrayList<>();

    private PasswordFile(Path path, HashLimits limits) {
        this.path = path;
        this.limits = limits;
    }

    /**
     * Reads the users.
     *
     * @throws PasswordFileException if anything in it is not as it must be: the message is for the operator
     * @throws IOException if it cannot be read
     */
    public static PasswordUsers read(Path path, HashLimits limits) throws IOException {
        PasswordFile file = new PasswordFile(path, limits);
        List<String> lines = file.lines();
        for (int i = 0; i < lines.size() && file.problems.size() < PROBLEMS_MAX; i++) {
            file.readLine(i + 1, lines.get(i));
        }
        file.throwProblems();
        return PasswordUsers.of(file.users);
    }

    private void throwProblems() throws PasswordFileException {
        if (!problems.isEmpty()) {
            throw new PasswordFileException(problems);
        }
    }

    private void problem(int line, String found, String expected) {
        problems.add(new Problem(path, line, found, expected));
    }

    private List<String> lines() throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(path)) {
            bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        }
        if (bytes.length > FILE_BYTES_MAX) {
            problem(1, "more than " + FILE_BYTES_MAX + " bytes", "a password file");
            throwProblems();
        }
        return split(bytes);
    }

    /** By line feeds, with or without a carriage return before; the last line may go without. */
    private List<String> split(byte[] bytes) throws PasswordFileException {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < bytes.length) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            int textEnd = end > start && end < bytes.length && bytes[end - 1] == '\r' ? end - 1 : end;
            String line = decode(bytes, start, textEnd);
            if (line == null) {
                problem(lines.size() + 1, "bytes that are not UTF-8", "UTF-8");
                throwProblems();
            } else {
                lines.add(line);
            }
            start = end + 1;
        }
        return lines;
    }

    private static @Nullable String decode(byte[] bytes, int start, int end) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, end - start))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
    }

    private void readLine(int line, String text) {
        if (text.startsWith("#")) {
            return;
        }
        if (text.isBlank()) {
            problem(line, "a blank line", LINE + ", or a comment after #");
            return;
        }
        String[] fields = text.split(":", -1);
        if (fields.length < 2 || fields.length > 3) {
            problem(line, fields.length == 1 ? "no colon" : fields.length - 1 + " colons", LINE);
            return;
        }
        String wrongName = nameProblem(fields[0]);
        if (wrongName != null) {
            problem(line, "a user name that " + wrongName, "a name of 1 to " + PasswordUser.NAME_BYTES_MAX + " bytes");
            return;
        }
        Integer before = lineOfUser.putIfAbsent(fields[0], line);
        if (before != null) {
            problem(line, "user \"" + fields[0] + "\" again, who is in line " + before, "each user once");
            return;
        }
        readUser(line, fields);
    }

    private void readUser(int line, String[] fields) {
        Set<String> groups = new LinkedHashSet<>();
        if (fields.length == 3) {
            for (String group : fields[2].split(",", -1)) {
                String wrong = nameProblem(group);
                if (wrong != null || !groups.add(group)) {
                    problem(line, "a group that " + (wrong == null ? "is there twice" : wrong), "group,group");
                    return;
                }
            }
        }
        try {
            users.add(new PasswordUser(fields[0], PasswordHash.parse(fields[1], limits), groups));
        } catch (HashProblem wrong) {
            problem(line, "user \"" + fields[0] + "\" with " + wrong.found(), wrong.expected());
        }
    }

    /** What is wrong with the name of a user or a group, without quoting it; null if nothing is. */
    static @Nullable String nameProblem(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        if (name.length() > PasswordUser.NAME_BYTES_MAX || name.getBytes(UTF_8).length > PasswordUser.NAME_BYTES_MAX) {
            return "is longer than " + PasswordUser.NAME_BYTES_MAX + " bytes";
        }
        if (name.startsWith("#")) {
            return "begins with #";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c)) {
                return "has a control character";
            }
            if (c == ':') {
                return "has a colon";
            }
        }
        if (name.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE || c == 0xFEFF)) {
            return "is not well-formed text";
        }
        return null;
    }
}
