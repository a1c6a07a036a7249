package io.sluice.mqtt.auth.password;

import io.sluice.mqtt.auth.scram.ScramCredential;
import io.sluice.mqtt.auth.scram.ScramUsers;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Those users of a password file that can use SCRAM. Safe for all threads. */
final class FileScramUsers implements ScramUsers {

    private static final int SALT_BYTES = 16;

    /** What most credentials look like. */
    private record Shape(int iterations, int saltBytes) {}

    /** The shape of these users, found when they are first asked for. */
    private record Known(PasswordUsers users, Shape shape) {}

    private final Supplier<PasswordUsers> current;
    private volatile @Nullable Known known;

    FileScramUsers(Supplier<PasswordUsers> current) {
        this.current = current;
    }

    @Override
    public @Nullable User find(String userName) {
        PasswordUser user = current.get().find(userName);
        return user != null && user.hash() instanceof ScramHash scram
                ? new User(user.principal(), scram.credential())
                : null;
    }

    @Override
    public int iterationsOfUnknown() {
        return shape().iterations();
    }

    @Override
    public int saltBytesOfUnknown() {
        return shape().saltBytes();
    }

    private Shape shape() {
        PasswordUsers users = current.get();
        Known before = known;
        if (before != null && before.users.equals(users)) {
            return before.shape;
        }
        Map<Shape, Integer> counts = new HashMap<>();
        for (PasswordUser user : users.all()) {
            if (user.hash() instanceof ScramHash scram) {
                ScramCredential credential = scram.credential();
                counts.merge(new Shape(credential.iterations(), credential.salt().length), 1, Integer::sum);
            }
        }
        Shape shape = counts.entrySet().stream()
                .max(Comparator.comparingInt(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(new Shape(PasswordHasher.of(Algorithm.SCRAM_SHA_256).iterations(), SALT_BYTES));
        known = new Known(users, shape);
        return shape;
    }
}
