package io.sluice.mqtt.auth.password;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Changes a password file: whoever reads it meanwhile reads the old one or the new one, and so does whoever reads it after
 * a crash. Comments and the order of users are kept. Two editors at once do not see one another. Blocks.
 */
public final class PasswordFileEditor {

    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final HashLimits limits;

    public PasswordFileEditor(Path path, HashLimits limits) {
        this.path = path;
        this.limits = limits;
    }

    /**
     * Adds the user, or replaces it with all that it had. Makes the file if there is none, for its owner alone.
     *
     * @return whether the user is new
     * @throws IllegalArgumentException if such a name, group or hash cannot be in the file
     * @throws PasswordFileException if the file as it is cannot be read: it is left alone
     */
    public boolean put(PasswordUser user) throws IOException {
        check("user", user.name());
        user.principal().groups().forEach(group -> check("group", group));
        check(user.hash());
        String line = user.name() + ":" + user.hash().encoded();
        if (!user.principal().groups().isEmpty()) {
            line += ":"
                    + String.join(
                            ",", user.principal().groups().stream().sorted().toList());
        }
        List<String> lines = lines();
        int at = indexOf(lines, user.name());
        if (at < 0) {
            lines.add(line);
        } else {
            lines.set(at, line);
        }
        replace(lines);
        return at < 0;
    }

    /**
     * Removes the user.
     *
     * @return whether it was there
     */
    public boolean remove(String userName) throws IOException {
        List<String> lines = lines();
        int at = indexOf(lines, userName);
        if (at < 0) {
            return false;
        }
        lines.remove(at);
        replace(lines);
        return true;
    }

    private static void check(String what, String name) {
        String wrong = PasswordFile.nameProblem(name);
        if (wrong == null && what.equals("group") && name.indexOf(',') >= 0) {
            wrong = "has a comma";
        }
        if (wrong != null) {
            throw new IllegalArgumentException("a " + what + " name that " + wrong);
        }
    }

    /** What the server would refuse to read is not written. */
    private void check(PasswordHash hash) {
        try {
            PasswordHash.parse(hash.encoded(), limits);
        } catch (HashProblem problem) {
            throw new IllegalArgumentException(problem.getMessage(), problem);
        }
    }

    private List<String> lines() throws IOException {
        if (!Files.exists(path)) {
            return new ArrayList<>();
        }
        PasswordFile.read(path, limits);
        return new ArrayList<>(Files.readAllLines(path, UTF_8));
    }

    private static int indexOf(List<String> lines, String userName) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(userName + ":")) {
                return i;
            }
        }
        return -1;
    }

    private void replace(List<String> lines) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new IOException(path + " is a folder (expected: a file)");
        }
        // Made for its owner alone, and only then as the old one was.
        Path next = Files.createTempFile(
                folder, "." + target.getFileName(), ".tmp", PosixFilePermissions.asFileAttribute(OWNER_ALONE));
        try {
            write(next, lines);
            if (Files.exists(target)) {
                keepOwnerAndMode(target, next);
            }
            Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static void write(Path next, List<String> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        try (FileChannel file = FileChannel.open(next, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
    }

    private static void keepOwnerAndMode(Path target, Path next) throws IOException {
        if (!Files.getOwner(target).equals(Files.getOwner(next))) {
            Files.setOwner(next, Files.getOwner(target));
        }
        Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(target));
    }
}
